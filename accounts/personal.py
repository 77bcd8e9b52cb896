"""What this floor's tables say of a learner: how it is told, erased and merged, and how long it is kept."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.db.models import CharField, DateField, Exists, JSONField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncYear

from accounts.actions.receipts import move_receipts
from accounts.models import (
    Attendance,
    Characteristics,
    Consent,
    DataCopy,
    Erasure,
    Learner,
    LearnerContact,
    LearnerDoubt,
    LearnerSearch,
    LetterRun,
    MergedLearner,
    Receipt,
    Recovery,
    Registration,
    RollEntry,
    RollImage,
    SchoolGrade,
    Session,
    SignInLink,
    Supporter,
    UnlockCode,
    UnlockFailure,
    User,
)
from accounts.workflow import OPEN_DOUBTS
from activity.models import OutboxMessage
from core import clock, personal
from core.personal import Blank, Erase
from providers.models import StaffRole, UploadChange, UploadIssue


def register() -> None:
    """The list of this floor. Tables that others point to come first."""
    personal.register(
        User,
        path="learner",
        title="How you sign in",
        shows={"username": "Sign-in name", "name": "Name", "email": "E-mail address", "last_login": "Last signed in"},
        erase=Blank(
            username=Concat(Value("erased-"), Cast("pk", CharField())),
            name="",
            email="",
            password="!",  # noqa: S106 - Django's own sign for a password that nothing matches
            is_active=False,
            last_login=None,
            display=Value({}, JSONField()),
            language="",
        ),
        because="The number of the account stays, so that history still says that one person did several things.",
        merge=_nothing,
    )
    personal.register(
        Session,
        path="user__learner",
        title="Where you are signed in",
        shows={"device": "Device", "started_at": "Since", "seen_at": "Last used"},
        erase=Erase.DELETE,
        merge=_nothing,
    )
    personal.register(
        Authenticator,
        path="user__learner",
        title="Passkeys you sign in with",
        shows={"type": "Kind", "created_at": "Added", "last_used_at": "Last used"},
        erase=Erase.DELETE,
        merge=_nothing,
    )
    personal.register(
        Learner,
        path="",
        title="Your record",
        shows={
            "given_name": "Given name",
            "family_name": "Family name",
            "preferred_name": "Name you are called",
            "birth_on": "Date of birth",
            "upn": "Unique pupil number (UPN)",
            "uln": "Unique learner number (ULN)",
            "area__name": "Area",
            "residence_authority__name": "Authority you live in",
            "created_at": "Here since",
        },
        erase=Blank(
            given_name="",
            family_name="",
            preferred_name="",
            birth_on=TruncYear("birth_on", output_field=DateField()),
            upn=None,
            uln="",
        ),
        because="A record without a name stays, with the year of birth, so that figures of past years do not change.",
        merge=_nothing,
    )
    personal.register(
        LearnerContact,
        path="learner",
        title="How to reach you",
        shows={"email": "E-mail address", "phone": "Telephone", "address": "Address", "postcode": "Postcode"},
        erase=Erase.DELETE,
        merge=_merge_contacts,
    )
    personal.register(
        RollEntry,
        path="learner",
        title="Schools you are or were at",
        shows={
            "school__name": "School",
            "year_group": "Year group",
            "tutor_group": "Tutor group",
            "local_id": "The school's own number for you",
            "started_on": "From",
            "ended_on": "Until",
        },
        erase=Blank(local_id="", tutor_group=""),
        because="How many were in each school and year is part of the figures.",
        merge=_merge_roll,
    )
    personal.register(
        Consent,
        path="learner",
        title="What you agreed to, or not",
        shows={"kind": "About", "is_given": "Agreed", "words": "What you were asked", "at": "When"},
        erase=Erase.KEEP,
        because="It proves that you were asked, and has no name in it.",
    )
    personal.register(
        LetterRun,
        path="learner",
        title="Letters printed for you alone",
        shows={"school__name": "School", "created_at": "Asked for", "fetched_at": "Fetched"},
        erase=Blank(pdf=None),
        because="How many letters a school printed is part of its figures.",
    )
    personal.register(
        UnlockCode,
        path="learner",
        title="Unlock codes made for you",
        shows={"issued_at": "Made", "expires_on": "Good until", "used_at": "Used", "ended_at": "Replaced"},
        erase=Erase.DELETE,
        merge=_merge_codes,
    )
    personal.register(
        UnlockFailure,
        path="unlock_code__learner",
        title="Wrong tries to unlock your record today",
        shows={"at": "When"},
        erase=Erase.DELETE,
    )
    personal.register(
        Recovery,
        path="learner",
        title="When staff helped you to sign in",
        shows={
            "asked_at": "When",
            "identity_check__words": "How they made sure that it was you",
            "used_at": "Used",
            "ended_at": "Ended",
        },
        erase=Blank(code_hash=None, unlock_code=None),
        because="How often staff helped somebody in is watched, by numbers.",
        merge=_merge_recoveries,
    )
    personal.register(
        LearnerSearch,
        path="learner",
        title="When the help desk looked you up",
        shows={"at": "When"},
        erase=Erase.KEEP,
        because="It is kept of the one who looked, and has no name in it.",
    )
    personal.register(
        Receipt,
        path="learner",
        title="Who looked at your record",
        shows={
            "on": "Day",
            "reader__name": "Who",
            "role__kind": "Role",
            "role__organisation__name": "Of",
            "section": "What they looked at",
            "times": "How often",
        },
        erase=Erase.KEEP,
        because="It is kept of the one who looked, and has no name of yours in it.",
        merge=_merge_receipts,
    )
    personal.register(
        Registration,
        path="learner",
        title="How you registered without a letter",
        shows={
            "created_at": "When",
            "attends": "Where you said you learn",
            "school__name": "School",
            "elsewhere": "School, in your words",
            "given_name": "First name you typed",
            "family_name": "Last name you typed",
            "birth_on": "Date of birth you typed",
            "postcode": "Postcode you typed",
            "joined_at": "Found as a school's record",
        },
        erase=Erase.DELETE,
        merge=_merge_registrations,
    )
    personal.register(
        Supporter,
        path="learner",
        title="People you let in",
        shows={
            "known_as": "What you call them",
            "user__name": "Name",
            "sections": "What they may see",
            "accepted_at": "Since",
            "until_on": "Until",
            "ended_at": "Ended",
        },
        erase=Erase.DELETE,
        once_by=("user",),
    )
    personal.register(
        SignInLink,
        path="user__learner",
        title="Links sent to you by e-mail",
        shows={"kind": "What for", "email": "Sent to", "created_at": "Sent", "used_at": "Used"},
        erase=Erase.DELETE,
    )
    personal.register(
        DataCopy,
        path="learner",
        title="Copies of your data that you asked for",
        shows={"created_at": "Asked for", "fetched_at": "Fetched"},
        erase=Erase.DELETE,
    )
    personal.register(
        Erasure,
        path="learner",
        title="Requests to erase your record",
        shows={"asked_at": "Asked", "is_own": "By you", "due_on": "To be carried out from", "ended_at": "Ended"},
        erase=Blank(reason=""),
        because="It proves that you were erased because somebody who may asked for it.",
    )
    personal.register(
        MergedLearner,
        path="learner",
        title="Second records of yours that were joined with this one",
        shows={"reference": "Reference", "at": "When"},
        erase=Erase.DELETE,
    )
    personal.register(
        EmailAddress,
        path="user__learner",
        title="E-mail addresses you sign in with",
        shows={"email": "E-mail address", "verified": "Confirmed"},
        erase=Erase.DELETE,
        once_by=("email",),
    )
    personal.register(
        EmailConfirmation,
        path="email_address__user__learner",
        title="Requests to confirm an e-mail address",
        shows={"created": "Asked", "sent": "Sent"},
        erase=Erase.DELETE,
    )
    personal.register(
        Characteristics,
        path="learner",
        title="Facts your school gave for figures",
        shows={
            "sex": "Sex",
            "ethnicity": "Ethnicity (code)",
            "sen_provision": "Special educational needs",
            "sen_needs": "Kinds of need (codes)",
            "has_free_meals": "Free school meals",
            "is_looked_after": "In the care of an authority",
            "said_on": "Said on",
        },
        erase=Erase.DELETE,
        merge=_merge_characteristics,
    )
    personal.register(
        SchoolGrade,
        path="learner",
        title="Results and predicted grades from your school",
        shows={
            "kind": "Kind",
            "stage": "Stage",
            "subject": "Subject",
            "value": "Grade",
            "school__name": "School",
            "said_on": "Said on",
        },
        erase=Erase.DELETE,
        once_by=("school", "kind", "stage", "subject"),
    )
    personal.register(
        Attendance,
        path="learner",
        title="Your attendance at school",
        shows={
            "school_year": "School year from",
            "possible": "Sessions",
            "attended": "Attended",
            "school__name": "School",
            "said_on": "Said on",
        },
        erase=Erase.DELETE,
        once_by=("school", "school_year"),
    )
    personal.register(
        LearnerDoubt,
        path=("learner", "other"),
        title="Whether two records were both yours",
        shows={"created_at": "Asked", "state": "Answer", "school__name": "Who was asked"},
        erase=Erase.DELETE,
        merge=_merge_doubts,
    )
    personal.register_sweep("roll uploads", _sweep_roll_uploads)
    personal.register_apart(StaffRole, because="A learner's account never holds a role at work.")
    personal.register_merge_hold("erasure", _is_being_erased)
    personal.register_retention(
        personal.Retention(
            name="outbox",
            title="Notes of which messages were sent (no words of them)",
            days=90,
            least_days=30,
            source="Long enough to answer a complaint that a message did not come.",
            due=lambda before: OutboxMessage.objects.filter(
                Q(sent_at__date__lt=before) | Q(given_up_at__date__lt=before)
            ),
            remove=_delete,
        )
    )
    personal.register_retention(
        personal.Retention(
            name="left",
            title="Records of learners who have left every roll",
            days=8 * 365,
            least_days=365,
            # A plan may go on to 25 with a learning-difficulty assessment (SPEC I1).
            source="Until 25 for a learner who leaves at 17: a plan may go on that long.",
            due=_left_before,
            remove=_erase,
        )
    )


def _nothing(keep: Any, other: Any) -> None:
    """The merge itself decides about the record and the account."""


def _merge_registrations(keep: Learner, other: Learner) -> None:
    """A learner has registered once; two registrations of one person are the one of the record that is kept."""
    if Registration.objects.filter(learner=keep).exists():
        Registration.objects.filter(learner=other).delete()
    Registration.objects.filter(learner=other).update(learner=keep)


def _merge_receipts(keep: Learner, other: Learner) -> None:
    move_receipts(other, into=keep)


def _merge_contacts(keep: Learner, other: Learner) -> None:
    """What is known of ``keep`` stays; what is not is taken from ``other``."""
    theirs = LearnerContact.objects.filter(learner=other).first()
    if theirs is None:
        return
    ours = LearnerContact.objects.filter(learner=keep).first() or LearnerContact(learner=keep)
    for name in ("email", "phone"):
        setattr(ours, name, getattr(ours, name) or getattr(theirs, name))
    if not ours.postcode and not ours.address:  # a street of one and a postcode of the other would be nowhere
        ours.address, ours.postcode = theirs.address, theirs.postcode
    ours.save()
    theirs.delete()


def _merge_roll(keep: Learner, other: Learner) -> None:
    """Of two entries that still hold, the newer goes on."""
    open_ones = list(RollEntry.objects.filter(learner__in=[keep, other], ended_on=None).order_by("-started_on", "-pk"))
    for entry in open_ones[1:]:
        entry.ended_on = max(entry.started_on, min(clock.today(), open_ones[0].started_on))
        entry.save(update_fields=["ended_on"])
    RollEntry.objects.filter(learner=other).update(learner=keep)


def _merge_codes(keep: Learner, other: Learner) -> None:
    """Codes of the record that goes unlock nothing any more."""
    UnlockCode.objects.unused().filter(learner=other).update(ended_at=clock.now())
    UnlockCode.objects.filter(learner=other).update(learner=keep)


def _merge_characteristics(keep: Learner, other: Learner) -> None:
    """The newer facts hold, all of them: half of one school's and half of another's would be nobody's."""
    known = list(Characteristics.objects.filter(learner__in=[keep, other]).order_by("-said_on", "-pk"))
    for older in known[1:]:
        older.delete()
    if known and known[0].learner_id == other.pk:
        known[0].learner = keep
        known[0].save(update_fields=["learner"])


def _merge_doubts(keep: Learner, other: Learner) -> None:
    """Questions about the record that goes are not asked any more. What was answered stays."""
    LearnerDoubt.objects.filter(Q(learner=other) | Q(other=other), state__in=OPEN_DOUBTS).delete()


def _sweep_roll_uploads(learner: Learner) -> None:
    """What schools' files said of the learner goes too: values in issues, lines of changes, how things were before."""
    RollImage.objects.filter(learner_key=learner.pk).delete()
    schools = RollEntry.objects.filter(learner=learner).values("school")
    contact = LearnerContact.objects.filter(learner=learner).first() or LearnerContact()
    known = [learner.upn, learner.uln, learner.given_name, learner.family_name, learner.preferred_name]
    known += [contact.email, contact.phone, contact.address, contact.postcode, f"{learner.birth_on}"]
    of_rolls = Q(upload__kind="roll", upload__organisation__in=schools)
    said = reduce(or_, (Q(value__icontains=text) for text in known if text))
    UploadIssue.objects.filter(of_rolls & said).update(value="")
    UploadChange.objects.filter(of_rolls, title__icontains=learner.family_name).delete()


def _merge_recoveries(keep: Learner, other: Learner) -> None:
    """A code made to help with the record that goes works no more."""
    Recovery.objects.filter(learner=other, used_at=None, ended_at=None).update(ended_at=clock.now())
    Recovery.objects.filter(learner=other).update(learner=keep)


def _is_being_erased(keep: Learner, other: Learner) -> str:
    if Erasure.objects.open().filter(learner__in=[keep, other]).exists():
        return "One of the two records is to be erased. That has to be carried out or withdrawn first."
    return ""


def _delete(rows: QuerySet) -> int:
    return rows.delete()[0]


def _left_before(before: dt.date) -> QuerySet:
    """Learners here since before this day who have been on no roll and have not signed in since then."""
    lately = RollEntry.objects.filter(learner=OuterRef("pk")).filter(Q(ended_on=None) | Q(ended_on__gte=before))
    return Learner.objects.filter(~Exists(lately), erased_at=None, created_at__date__lt=before).exclude(
        user__last_login__date__gte=before
    )


def _erase(learners: QuerySet) -> int:
    """Those that nothing holds back are erased, each in its own transaction."""
    from accounts.actions.erasure import erase_held_back

    return sum(not erase_held_back(learner) for learner in learners)

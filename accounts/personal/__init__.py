"""What this floor's tables say of a learner: how it is told, erased and merged, and how long it is kept."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.db.models import CharField, DateField, JSONField, Value
from django.db.models.functions import Cast, Concat, TruncYear

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
    SchoolGrade,
    Session,
    SignInLink,
    SignOnIdentity,
    Supporter,
    UnlockCode,
    UnlockFailure,
    User,
)
from accounts.personal import joining, keeping
from core import personal
from core.personal import Blank, Erase
from providers.models import StaffRole


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
        merge=joining.nothing,
    )
    personal.register(
        Session,
        path="user__learner",
        title="Where you are signed in",
        shows={"device": "Device", "started_at": "Since", "seen_at": "Last used"},
        erase=Erase.DELETE,
        merge=joining.sessions,
    )
    personal.register(
        Authenticator,
        path="user__learner",
        title="Passkeys you sign in with",
        shows={"type": "Kind", "created_at": "Added", "last_used_at": "Last used"},
        erase=Erase.DELETE,
        merge=joining.authenticators,
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
        merge=joining.nothing,
    )
    personal.register(
        LearnerContact,
        path="learner",
        title="How to reach you",
        shows={"email": "E-mail address", "phone": "Telephone", "address": "Address", "postcode": "Postcode"},
        erase=Erase.DELETE,
        merge=joining.contacts,
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
        merge=joining.roll,
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
        merge=joining.codes,
    )
    personal.register(
        UnlockFailure,
        path=("unlock_code__learner", "recovery__learner"),
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
        merge=joining.recoveries,
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
        merge=joining.receipts,
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
        merge=joining.registrations,
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
        merge=joining.links,
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
        merge=joining.addresses,
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
        merge=joining.characteristics,
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
        merge=joining.doubts,
    )
    personal.register_apart(SignOnIdentity, because="Only staff are signed on by an organisation.")
    personal.register_apart(StaffRole, because="A learner's account never holds a role at work.")
    keeping.register()

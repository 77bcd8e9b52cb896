"""What holds an erasure or a merge back, what goes by itself, and what no foreign key leads to."""

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actions.copies import remove_expired_copies
from accounts.actions.emails import ASKS_KEPT, remove_old_links
from accounts.actions.erasure import erase_held_back
from accounts.actions.letters import remove_expired_letters
from accounts.actions.mailing import KEPT as DAILY_KEPT
from accounts.actions.mailing import remove_old_daily_mails
from accounts.actions.registering import tidy_registrations
from accounts.actions.unlocking import FAILURES_KEPT, remove_old_failures
from accounts.imports.kind import KEEP_DAYS as ROLLS_KEPT_DAYS
from accounts.models import (
    DataCopy,
    Erasure,
    Learner,
    LearnerContact,
    LetterRun,
    Recovery,
    Registration,
    RollEntry,
    RollImage,
    UnlockCode,
)
from accounts.sessions import SessionStore
from activity.models import OutboxMessage
from core import personal
from core.personal import Tidying
from providers.actions import forget_files, tidy_staff
from providers.actions.staff import KEPT_FOR as INVITATIONS_KEPT
from providers.models import UploadChange, UploadIssue, UploadReversal
from providers.uploads import KINDS


def register() -> None:
    """The list of this floor."""
    personal.register_sweep("uploads about learners", _sweep_uploads)
    personal.register_merge_hold("erasure", _is_being_erased)
    personal.register_retention(
        personal.Retention(
            name="outbox",
            title=_("Notes of which messages were sent (no words of them)"),
            days=90,
            least_days=30,
            source=_("Long enough to answer a complaint that a message did not come."),
            due=lambda before: OutboxMessage.objects.filter(
                Q(sent_at__date__lt=before) | Q(given_up_at__date__lt=before) | Q(cancelled_at__date__lt=before)
            ),
            remove=_delete,
        )
    )
    personal.register_retention(
        personal.Retention(
            name="left",
            title=_("Records of learners who have left every roll"),
            days=8 * 365,
            least_days=365,
            # A plan may go on to 25 with a learning-difficulty assessment (SPEC I1).
            source=_("Until 25 for a learner who leaves at 17: a plan may go on that long."),
            due=_left_before,
            remove=_erase,
        )
    )
    personal.register_retention(
        personal.Retention(
            name="codes",
            title=_("Unlock codes that were used or replaced, or are out of date"),
            days=2 * 365,
            least_days=180,
            source=_("Until the next year's letters are over, so that a school can say which letter was used."),
            due=_codes_over,
            remove=_delete_codes,
        )
    )
    for tidying in _fixed():
        personal.register_tidying(tidying)


def _fixed() -> list[Tidying]:
    """What goes after a time that is part of how it works."""
    week, day = LetterRun.KEPT_FOR.days, FAILURES_KEPT.days
    return [
        Tidying("sessions", "Sign-ins whose time is over", 0, "the end of the sign-in", SessionStore.clear_expired),
        Tidying("letters", "Unlock letters nobody downloaded", week, "printing", remove_expired_letters),
        Tidying("failures", "Wrong tries to unlock a record", day, "the try", remove_old_failures),
        Tidying("links", "Addresses that asked for a sign-in link", ASKS_KEPT.days, "the question", remove_old_links),
        Tidying("daily", "What stood in e-mails of the day", DAILY_KEPT.days, "the e-mail", remove_old_daily_mails),
        Tidying("copies", "Copies of somebody's data", DataCopy.KEPT_FOR.days, "making it", remove_expired_copies),
        Tidying(
            "registrations",
            "What somebody typed when registering",
            Registration.UNDO_DAYS,
            "becoming one with a school's record",
            tidy_registrations,
        ),
        Tidying(
            "invitations",
            "Invitations to staff nobody accepted",
            INVITATIONS_KEPT.days,
            "the end of the invitation",
            tidy_staff,
        ),
        Tidying(
            "rolls",
            "Files of school rolls, and what they changed",
            ROLLS_KEPT_DAYS,
            "publishing",
            forget_files,
        ),
    ]


def _codes_over(before: dt.date) -> QuerySet:
    is_unused = Q(used_at=None, ended_at=None, expires_on__lt=before)
    return UnlockCode.objects.filter(is_unused | Q(used_at__date__lt=before) | Q(ended_at__date__lt=before))


def _delete_codes(codes: QuerySet) -> int:
    Recovery.objects.filter(unlock_code__in=codes).update(unlock_code=None)
    return _delete(codes)


def _sweep_uploads(learner: Learner) -> None:
    """What schools' files said of the learner goes too: values in issues, lines of changes, how things were before."""
    keys = [learner.pk, *learner.merged.values_list("key", flat=True)]
    RollImage.objects.filter(learner_key__in=keys).delete()
    schools = RollEntry.objects.filter(learner=learner).values("school")
    contact = LearnerContact.objects.filter(learner=learner).first() or LearnerContact()
    known = [learner.upn, learner.uln, learner.given_name, learner.family_name, learner.preferred_name]
    known += [contact.email, contact.phone, contact.address, contact.postcode, f"{learner.birth_on}"]
    about_people = [kind.name for kind in KINDS.values() if kind.keep_days]
    of_school = Q(upload__kind__in=about_people, upload__organisation__in=schools)
    said = reduce(or_, (Q(value__icontains=text) for text in known if text))
    UploadIssue.objects.filter(of_school & said).update(value="")
    for told in (UploadChange, UploadReversal):
        told.objects.filter(of_school, title__icontains=learner.family_name).delete()
    # Colleges' lists say of nobody which school they are from: there a line is found by the whole name, or the number.
    for who in filter(None, (f"{learner.given_name} {learner.family_name}", learner.upn, learner.uln)):
        UploadIssue.objects.filter(upload__kind__in=about_people, value__iexact=who).update(value="")
        for told in (UploadChange, UploadReversal):
            told.objects.filter(upload__kind__in=about_people, title__istartswith=f"{who}, ").delete()


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
    return sum(not erase_held_back(learner) for learner in learners)

"""What holds an erasure or a merge back, what goes by itself, and what no foreign key leads to."""

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actions.erasure import erase_held_back
from accounts.models import (
    Erasure,
    Learner,
    LearnerContact,
    RollEntry,
    RollImage,
)
from activity.models import OutboxMessage
from core import personal
from providers.models import UploadChange, UploadIssue


def register() -> None:
    """The list of this floor."""
    personal.register_sweep("roll uploads", _sweep_roll_uploads)
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


def _sweep_roll_uploads(learner: Learner) -> None:
    """What schools' files said of the learner goes too: values in issues, lines of changes, how things were before."""
    keys = [learner.pk, *learner.merged.values_list("key", flat=True)]
    RollImage.objects.filter(learner_key__in=keys).delete()
    schools = RollEntry.objects.filter(learner=learner).values("school")
    contact = LearnerContact.objects.filter(learner=learner).first() or LearnerContact()
    known = [learner.upn, learner.uln, learner.given_name, learner.family_name, learner.preferred_name]
    known += [contact.email, contact.phone, contact.address, contact.postcode, f"{learner.birth_on}"]
    of_rolls = Q(upload__kind="roll", upload__organisation__in=schools)
    said = reduce(or_, (Q(value__icontains=text) for text in known if text))
    UploadIssue.objects.filter(of_rolls & said).update(value="")
    UploadChange.objects.filter(of_rolls, title__icontains=learner.family_name).delete()


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

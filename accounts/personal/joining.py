"""How rows of two records of one learner become one's, where pointing them to the other is not enough."""

from typing import Any

from django.db.models import Q

from accounts.actions.receipts import move_receipts
from accounts.models import (
    Characteristics,
    Learner,
    LearnerContact,
    LearnerDoubt,
    Recovery,
    Registration,
    RollEntry,
    UnlockCode,
)
from accounts.workflow import OPEN_DOUBTS
from core import clock


def nothing(keep: Any, other: Any) -> None:
    """The merge itself decides about the record and the account."""


def registrations(keep: Learner, other: Learner) -> None:
    """A learner has registered once; two registrations of one person are the one of the record that is kept."""
    if Registration.objects.filter(learner=keep).exists():
        Registration.objects.filter(learner=other).delete()
    Registration.objects.filter(learner=other).update(learner=keep)


def receipts(keep: Learner, other: Learner) -> None:
    move_receipts(other, into=keep)


def contacts(keep: Learner, other: Learner) -> None:
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


def roll(keep: Learner, other: Learner) -> None:
    """Of two entries that still hold, the newer goes on."""
    open_ones = list(RollEntry.objects.filter(learner__in=[keep, other], ended_on=None).order_by("-started_on", "-pk"))
    for entry in open_ones[1:]:
        entry.ended_on = max(entry.started_on, min(clock.today(), open_ones[0].started_on))
        entry.save(update_fields=["ended_on"])
    RollEntry.objects.filter(learner=other).update(learner=keep)


def codes(keep: Learner, other: Learner) -> None:
    """Codes of the record that goes unlock nothing any more."""
    UnlockCode.objects.unused().filter(learner=other).update(ended_at=clock.now())
    UnlockCode.objects.filter(learner=other).update(learner=keep)


def characteristics(keep: Learner, other: Learner) -> None:
    """The newer facts hold, all of them: half of one school's and half of another's would be nobody's."""
    known = list(Characteristics.objects.filter(learner__in=[keep, other]).order_by("-said_on", "-pk"))
    for older in known[1:]:
        older.delete()
    if known and known[0].learner_id == other.pk:
        known[0].learner = keep
        known[0].save(update_fields=["learner"])


def doubts(keep: Learner, other: Learner) -> None:
    """Questions about the record that goes are not asked any more. What was answered stays."""
    LearnerDoubt.objects.filter(Q(learner=other) | Q(other=other), state__in=OPEN_DOUBTS).delete()


def recoveries(keep: Learner, other: Learner) -> None:
    """A code made to help with the record that goes works no more."""
    Recovery.objects.filter(learner=other, used_at=None, ended_at=None).update(ended_at=clock.now())
    Recovery.objects.filter(learner=other).update(learner=keep)

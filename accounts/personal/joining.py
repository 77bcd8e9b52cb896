"""How rows of two records of one learner become one's, where pointing them to the other is not enough."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Q

from accounts.actions.receipts import move_receipts
from accounts.models import (
    CaseloadLearner,
    Characteristics,
    Learner,
    LearnerContact,
    LearnerDoubt,
    Recovery,
    Registration,
    RollEntry,
    Session,
    SignInLink,
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
    for name in ("email", "phone", "bounced_email"):
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


def caseload(keep: Learner, other: Learner) -> None:
    """One adviser the learner was given to holds: the newer. Both histories stay."""
    open_ones = list(
        CaseloadLearner.objects.filter(learner__in=[keep, other], ended_on=None).order_by("-started_on", "-pk")
    )
    for row in open_ones[1:]:
        row.ended_on = max(row.started_on, clock.today())
        row.save(update_fields=["ended_on"])
    CaseloadLearner.objects.filter(learner=other).update(learner=keep)


def codes(keep: Learner, other: Learner) -> None:
    """Letters printed for the record that goes stop working. That one was used is known of the record that stays."""
    unused = UnlockCode.objects.unused().filter(learner=other)
    Recovery.objects.filter(unlock_code__in=unused).update(unlock_code=None)
    unused.delete()
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
    """Questions about the record that goes are not asked any more. What was answered of it and a third one holds for
    the record that stays; of these two there is nothing left to say."""
    about = LearnerDoubt.objects.order_by()
    about.filter(Q(learner=other) | Q(other=other), state__in=OPEN_DOUBTS).delete()
    about.filter(learner=other, other=keep).update(learner=None)
    about.filter(learner=keep, other=other).update(other=None)
    for column, third in (("learner", "other"), ("other", "learner")):
        theirs = about.filter(**{column: other})
        answered = about.filter(**{column: keep}).exclude(**{third: None}).values(third)
        theirs.filter(**{f"{third}__in": answered}).update(**{column: None})
        theirs.update(**{column: keep})


def recoveries(keep: Learner, other: Learner) -> None:
    """A code made to help with the record that goes works no more."""
    Recovery.objects.filter(learner=other, used_at=None, ended_at=None).update(ended_at=clock.now())
    Recovery.objects.filter(learner=other).update(learner=keep)


# --- what belongs to accounts: where both had one, that of the record that goes is ended


def sessions(keep: Learner, other: Learner) -> None:
    Session.objects.filter(user=_ended(keep, other)).delete()


def authenticators(keep: Learner, other: Learner) -> None:
    """A passkey opens the account it was made for and no other."""
    Authenticator.objects.filter(user=_ended(keep, other)).delete()


def addresses(keep: Learner, other: Learner) -> None:
    """Addresses of the account that ended are further ones of the other, and the first where it had none."""
    theirs = EmailAddress.objects.filter(user=_ended(keep, other))
    ours = EmailAddress.objects.filter(user=keep.user_id)
    theirs.filter(email__in=ours.values("email")).delete()
    if ours.filter(primary=True).exists():
        theirs.update(primary=False)
    theirs.update(user=keep.user_id)


def links(keep: Learner, other: Learner) -> None:
    """A link that was sent for the account that ended opens nothing."""
    theirs = SignInLink.objects.filter(user=_ended(keep, other))
    theirs.filter(used_at=None, ended_at=None).update(ended_at=clock.now(), email="", token_hash="")
    theirs.update(user=keep.user_id)


def _ended(keep: Learner, other: Learner) -> int | None:
    """The account nobody uses any more; None where there was one account or none."""
    return other.user_id if other.user_id != keep.user_id else None

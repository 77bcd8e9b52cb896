"""What an adult records of a learner's Guarantee that no choice can tell, and the words it is recorded in."""

import csv
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from reporting.models import Category, GuaranteeStatus, RecordedStatus
from reporting.policies import STATUS_POLICY, WORDS_POLICY
from reporting.returns.codes import STATUSES


@transaction.atomic
def record_status(*, learner: Learner, entry_year: int, status: GuaranteeStatus, by: Any) -> RecordedStatus:
    """This is how the Guarantee of that September stands for the learner, as far as no offer says otherwise. What was
    recorded before stays readable. The same twice is once.

    Raises: NotAllowed, RuleBroken ``wrong_status`` (an offer is recorded as an offer).
    """
    learner = _locked(learner)
    STATUS_POLICY.require(by, "record", learner)
    if not GuaranteeStatus.objects.recordable().filter(pk=status.pk).exists():
        raise RuleBroken(_("Choose one of the list. An offer is recorded as an offer."), code="wrong_status")
    former = RecordedStatus.objects.standing().filter(learner=learner, entry_year=entry_year).first()
    if former is not None:
        if former.status_id == status.pk:
            return former
        _end(former)
    recorded = RecordedStatus.objects.create(learner=learner, entry_year=entry_year, status=status, by=by)
    record("guarantee_status.record", subject=recorded, by=by, code=status.code, entry_year=entry_year)
    return recorded


@transaction.atomic
def take_back_status(*, recorded: RecordedStatus, by: Any) -> RecordedStatus:
    """It does not hold any more; that it did stays readable.

    Raises: NotAllowed, StaleState (another has taken its place, or it is taken back already).
    """
    learner = _locked(recorded.learner)
    recorded = RecordedStatus.objects.for_list().get(pk=recorded.pk)
    STATUS_POLICY.require(by, "take_back", learner)
    if recorded.ended_at is not None:
        raise StaleState("This status has ended already.")
    _end(recorded)
    record("guarantee_status.take_back", subject=recorded, by=by)
    return recorded


@transaction.atomic
def change_status_words(*, status: GuaranteeStatus, meaning: str, category: str, by: Any) -> GuaranteeStatus:
    """The code means this and is published in this group, as somebody who knows the return has confirmed.

    What was recorded with it counts in the group from now on, for past days too: the words were wrong then.
    Raises: NotAllowed, RuleBroken ``meaning_missing``, ``category_unknown``, ``status_in_use``.
    """
    status = GuaranteeStatus.objects.select_for_update(no_key=True).get(pk=status.pk)
    WORDS_POLICY.require(by, "change", status)
    if not meaning.strip():
        raise RuleBroken(_("Say what the code means."), code="meaning_missing")
    if category not in Category.values:
        raise RuleBroken(_("Choose a group."), code="category_unknown")
    is_offer = category == Category.OFFER_MADE
    if is_offer and RecordedStatus.objects.standing().filter(status=status).exists():
        raise RuleBroken(
            _("Learners are recorded with this code and have no offer. Take that back first."), code="status_in_use"
        )
    was = status.category
    status.meaning, status.category, status.is_verified = meaning.strip(), category, True
    status.save(update_fields=["meaning", "category", "is_verified"])
    record("guarantee_status.reword", subject=status, by=by, was=was, category=category)
    return status


def load_statuses() -> int:
    """The codes of the client return are there. Words that somebody has put right stay."""
    with (settings.BASE_DIR / STATUSES).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    flags = ("for_year_11", "for_year_12", "is_verified")
    GuaranteeStatus.objects.bulk_create(
        [GuaranteeStatus(**{name: row[name] == "Y" if name in flags else row[name] for name in row}) for row in rows],
        ignore_conflicts=True,
    )
    return len(rows)


def _locked(learner: Learner) -> Learner:
    """The learner is the lock: two adults who record something at once queue up here."""
    return Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)


def _end(recorded: RecordedStatus) -> None:
    recorded.ended_at = clock.now()
    recorded.save(update_fields=["ended_at"])

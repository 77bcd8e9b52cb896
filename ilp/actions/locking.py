"""The lock of everything a learner has on this floor."""

from collections.abc import Iterable

from accounts.models import Learner
from core.errors import StaleState


def lock_learners(learner_ids: Iterable[int]) -> dict[int, Learner]:
    """These learners by key, locked in the order of keys; without those that became one with another or were erased."""
    found = Learner.objects.select_for_update(no_key=True).filter(pk__in=list(learner_ids), erased_at=None)
    return {learner.pk: learner for learner in found.order_by("pk")}


def lock_learner(learner_id: int) -> Learner:
    """The learner, locked: consent, joining two records, erasure and two devices at once queue up here.

    Raises: StaleState (the record has become one with another, or was erased).
    """
    found = Learner.objects.select_for_update(no_key=True).filter(pk=learner_id, erased_at=None).first()
    if found is None:
        raise StaleState("The record has become one with another, or was erased.")
    return found

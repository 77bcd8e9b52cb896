"""The lock of everything a learner has on this floor."""

from collections.abc import Iterable

from django.db import connection

from accounts.models import Learner
from core.errors import StaleState


def lock_learners(learner_ids: Iterable[int]) -> dict[int, Learner]:
    """These learners by key, locked in the order of keys; without those that became one with another or were erased."""
    found = Learner.objects.select_for_update(no_key=True).filter(pk__in=list(learner_ids), erased_at=None)
    return {learner.pk: learner for learner in found.order_by("pk")}


def hold_learners(learner_ids: Iterable[int]) -> set[int]:
    """The keys of those of these learners who are here, of whom none is erased or becomes one with another until the
    end of this transaction.

    A shared lock, as a row that points to the learner takes it: everybody goes on recording meanwhile.
    """
    keys = list(learner_ids)
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {Learner._meta.db_table} WHERE id = ANY(%s::bigint[]) AND erased_at IS NULL "
            "ORDER BY id FOR KEY SHARE",
            [keys],
        )
        return {key for (key,) in cursor.fetchall()}


def lock_learner(learner_id: int) -> Learner:
    """The learner, locked: consent, joining two records, erasure and two devices at once queue up here.

    Raises: StaleState (the record has become one with another, or was erased).
    """
    found = Learner.objects.select_for_update(no_key=True).filter(pk=learner_id, erased_at=None).first()
    if found is None:
        raise StaleState("The record has become one with another, or was erased.")
    return found

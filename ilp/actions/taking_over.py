"""What another system says of a learner becomes the client record: thing by thing, and back again.

Whoever calls holds the learners' locks: a file is of thousands, who are locked in the order of their keys.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from accounts.models import Learner
from accounts.policies import EXCHANGE_POLICY
from activity.actions import record
from core import clock
from ilp.actions.record import begin_spell, correct_spell, place_fact, replace_spell
from ilp.models import CurrentActivity, RecordCode, RecordFact, RecordKind
from providers.models import Organisation


def take_over_activity(*, learner: Learner, of: Organisation, by: Any, **answers: Any) -> CurrentActivity:
    """The learner does this, as the system of ``of`` has it. The spell that is open ends with it, is confirmed by it,
    or is put right by it where it began later.

    ``answers`` as for ``start_current_activity``, and ascertained_on. Raises: NotAllowed, RuleBroken of a spell and
    ``before_former``.
    """
    EXCHANGE_POLICY.require(by, "take_over", of)
    held = CurrentActivity.objects.open().for_list().filter(learner=learner).first()
    if held is None or answers["started_on"] > held.started_on:
        return begin_spell(learner, by, **answers)
    if (answers["started_on"], answers["code"]) == (held.started_on, held.code):
        return replace_spell(held, "current_activity.confirm", by, **answers)
    return correct_spell(held, by, **answers)


def take_over_fact(
    *, learner: Learner, of: Organisation, kind: str, code: RecordCode, on: dt.date, by: Any
) -> RecordFact:
    """The level of need, or where the learner means to go, is this, as the system of ``of`` has it.

    Raises: NotAllowed, RuleBroken as ``set_fact``, but ``before_former``: it holds from the day of the one before then.
    """
    EXCHANGE_POLICY.require(by, "take_over", of)
    held = RecordFact.objects.open().filter(learner=learner, kind=kind).first()
    return place_fact(learner, kind, code, max(on, held.started_on) if held else on, by)


def take_over_characteristics(
    *, learner: Learner, of: Organisation, codes: Collection[RecordCode], on: dt.date, by: Any
) -> None:
    """These characteristics hold of the learner, and no other. Raises: NotAllowed."""
    EXCHANGE_POLICY.require(by, "take_over", of)
    held = {fact.code_id: fact for fact in _characteristics(learner)}
    for fact in held.values():
        if fact.code_id not in {code.pk for code in codes}:
            fact.ended_on = max(on, fact.started_on)
            fact.save(update_fields=["ended_on"])
    for code in codes:
        if code.pk not in held:
            RecordFact.objects.create(learner=learner, kind=RecordKind.CHARACTERISTIC, code=code, started_on=on, by=by)
    record("characteristics.take_over", subject=learner, by=by)


def give_back_activity(*, learner: Learner, of: Organisation, before: int | None, by: Any) -> None:
    """The open spell was never said, and the one with the key ``before`` is open again. Raises: NotAllowed."""
    EXCHANGE_POLICY.require(by, "take_over", of)
    now = CurrentActivity.objects.open().get(learner=learner)
    old = CurrentActivity.objects.filter(learner=learner, pk=before).first() if before else None
    former = CurrentActivity.objects.standing().filter(learner=learner, ended_on=now.started_on).exclude(pk=now.pk)
    if old is not None and old.replaced_at is not None:  # it had been put right, with the end of the one before it
        former.update(ended_on=old.started_on)
    _withdraw(now)
    _hold_again(old)
    record("current_activity.give_back", subject=learner, by=by)


def give_back_fact(*, learner: Learner, of: Organisation, kind: str, before: int | None, by: Any) -> None:
    """The open fact of this kind was never said; the one with the key ``before`` holds again. Raises: NotAllowed."""
    EXCHANGE_POLICY.require(by, "take_over", of)
    _withdraw(RecordFact.objects.open().get(learner=learner, kind=kind))
    if before:
        _hold_again(RecordFact.objects.filter(learner=learner, kind=kind, pk=before).first())
    record("record_fact.give_back", subject=learner, by=by, kind=str(kind))


def give_back_characteristics(*, learner: Learner, of: Organisation, codes: Collection[str], by: Any) -> None:
    """These characteristics hold of the learner again, and no other. Raises: NotAllowed."""
    EXCHANGE_POLICY.require(by, "take_over", of)
    held = {fact.code.code: fact for fact in _characteristics(learner).select_related("code")}
    for code, fact in held.items():
        if code not in codes:
            _withdraw(fact)
    standing = RecordFact.objects.standing().filter(learner=learner, kind=RecordKind.CHARACTERISTIC)
    ended = standing.exclude(ended_on=None)
    for code in set(codes) - set(held):
        _hold_again(ended.filter(code__code=code).order_by("-ended_on", "-pk").first())
    record("characteristics.give_back", subject=learner, by=by)


def _characteristics(learner: Learner) -> Any:
    return RecordFact.objects.open().filter(learner=learner, kind=RecordKind.CHARACTERISTIC)


def _withdraw(row: Any) -> None:
    row.replaced_at = clock.now()
    row.save(update_fields=["replaced_at"])


def _hold_again(row: Any) -> None:
    """A row that only ended is open again; of one that was replaced a copy is."""
    if row is None:
        return
    if row.replaced_at is None:
        row.ended_on = None
        row.save(update_fields=["ended_on"])
        return
    fields = [field for field in row._meta.concrete_fields if field.name not in LEFT_OUT]
    type(row).objects.create(**{field.attname: getattr(row, field.attname) for field in fields})


LEFT_OUT = {"id", "reference", "ended_on", "recorded_at", "replaced_at"}

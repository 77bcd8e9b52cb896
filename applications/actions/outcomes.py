"""What becomes of an accepted place: conditions met or not, started or not."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from applications.actions.moving import Move, moving, offer_of
from applications.models import Choice, ConditionState
from applications.queries.answers import competing_choices
from applications.workflow import ChoiceState
from core import clock
from core.errors import RuleBroken


def confirm_place(*, choice: Choice, by: Any) -> Choice:
    """The conditions are met and the place is certain.

    A back-up becomes certain only once the place it backs up has fallen.

    Raises: NotAllowed, StaleState, RuleBroken ``still_a_back_up``, ``condition_not_met``.
    Tells: the learner, ``place-confirmed``.
    """
    with moving(choice, "confirm", by=by) as move:
        settle_and_confirm(move)
    return move.choice


def settle_and_confirm(move: Move) -> None:
    """What confirming a place brings about, inside its move.

    Raises: RuleBroken ``still_a_back_up``, ``condition_not_met``. Tells: the learner, ``place-confirmed``.
    """
    if move.choice.status == ChoiceState.HELD and competing_choices(move.choice).that("is_firm").exists():
        raise RuleBroken(
            _("The learner keeps this offer as a back-up. It can be confirmed once they accept it."),
            code="still_a_back_up",
        )
    _settle(move)
    move.tell("place-confirmed")


def fail_conditions(*, choice: Choice, by: Any, not_met: Collection[int] = ()) -> Choice:
    """Conditions were not met: those named by key, those said to be not met before, or all that are open.

    The place is free again.

    Raises: NotAllowed, StaleState, RuleBroken ``conditions_settled``. Tells: the learner, ``conditions-not-met``.
    """
    with moving(choice, "fail_conditions", by=by) as move:
        offer = offer_of(move.choice)
        was_said = offer.conditions.filter(state=ConditionState.NOT_MET).exists()
        conditions = offer.conditions.filter(state=ConditionState.OPEN)
        if not_met:
            conditions = conditions.filter(pk__in=not_met)
        elif was_said:
            conditions = conditions.none()
        failed = conditions.update(state=ConditionState.NOT_MET, decided_by=by, decided_at=clock.now())
        if not failed and not was_said and offer.conditions.exists():
            raise RuleBroken(
                _("All conditions are met or no longer asked for. Confirm the place, or say which was not met."),
                code="conditions_settled",
            )
        move.tell("conditions-not-met")
    return move.choice


def enrol(*, choice: Choice, by: Any) -> Choice:
    """The learner has started. Conditions still open are settled by it.

    Raises: NotAllowed, StaleState, RuleBroken ``condition_not_met``.
    """
    with moving(choice, "enrol", by=by) as move:
        _settle(move)
    return move.choice


def record_no_show(*, choice: Choice, by: Any) -> Choice:
    """The learner did not start, and the place is free again.

    Raises: NotAllowed, StaleState. Tells: the learner, ``choice-not-started``.
    """
    with moving(choice, "no_show", by=by) as move:
        move.tell("choice-not-started")
    return move.choice


def _settle(move: Move) -> None:
    """Conditions still open are met. One said to be not met has to be taken back or waived by a person first.

    Raises: RuleBroken ``condition_not_met``.
    """
    conditions = offer_of(move.choice).conditions
    if conditions.filter(state=ConditionState.NOT_MET).exists():
        raise RuleBroken(
            _("A condition is marked as not met. Say first that it is met, or no longer asked for."),
            code="condition_not_met",
        )
    conditions.filter(state=ConditionState.OPEN).update(
        state=ConditionState.MET, decided_by=move.by, decided_at=clock.now()
    )

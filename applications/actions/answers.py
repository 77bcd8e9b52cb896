"""The learner's answer to an offer."""

from typing import Any

from django.utils.translation import gettext as _

from applications.actions.endings import withdraw_choice
from applications.actions.moving import Move, moving, offer_of, require_seen
from applications.models import SETTLED, Choice, ChoiceRun, WithdrawalReason
from applications.queries.answers import choices_released_by, competing_choices
from applications.workflow import CHOICE_FLOW, PROPERTIES, ChoiceState
from core.errors import RuleBroken
from prospectus.actions.places import lock_runs


def accept_offer(*, choice: Choice, by: Any, seen: str = "") -> Choice:
    """The learner has taken this place, and their competing choices are turned down or withdrawn.

    One kept as a back-up stays, and so do companion choices. A full course is no reason to say no.
    ``seen`` is the mark of the consequences the learner has read; empty where nobody showed any.

    Raises: NotAllowed, StaleState, RuleBroken ``offer_expired``, ``already_started``, ``changed_since``.
    Tells: the provider, ``offer-accepted``; the providers of the released choices.
    """
    with moving(choice, "accept", by=by) as move:
        require_seen(move, seen)
        _require_in_time(move)
        if competing_choices(move.choice).filter(status=ChoiceState.ENROLLED).exists():
            raise RuleBroken(
                _("You have already started somewhere else. Talk to your adviser first."), code="already_started"
            )
        _release(choices_released_by(move.choice), by=by)
        conditions = offer_of(move.choice).conditions.all()
        is_open = any(condition.state not in SETTLED for condition in conditions)
        move.to = ChoiceState.ACCEPTED if is_open else ChoiceState.CONFIRMED
        move.tell("offer-accepted")
    return move.choice


def hold_offer(*, choice: Choice, by: Any, seen: str = "") -> Choice:
    """The learner keeps this offer as their back-up. One at a time, where the area allows it.

    Raises: NotAllowed, StaleState, RuleBroken ``hold_not_allowed``, ``holding_another``, ``offer_expired``,
    ``changed_since``.
    Tells: the provider, ``offer-held``.
    """
    with moving(choice, "hold", by=by) as move:
        require_seen(move, seen)
        if not move.choice.application.cycle.can_hold:
            raise RuleBroken(
                _("In your area you say yes or no to an offer; you cannot keep one back."), code="hold_not_allowed"
            )
        if move.choice.application.choices.filter(status=ChoiceState.HELD).exists():
            raise RuleBroken(
                _("You already keep another offer as your back-up. You can keep one."), code="holding_another"
            )
        _require_in_time(move)
        move.tell("offer-held")
    return move.choice


def turn_down_offer(*, choice: Choice, by: Any, seen: str = "") -> Choice:
    """The learner has said no, and the place is free again.

    Raises: NotAllowed, StaleState, RuleBroken ``changed_since``. Tells: the provider, ``offer-turned-down``.
    """
    with moving(choice, "turn_down", by=by) as move:
        require_seen(move, seen)
        move.tell("offer-turned-down")
    return move.choice


def _require_in_time(move: Move) -> None:
    # The date is for a first answer: an offer kept as a back-up has been answered.
    if move.choice.status == ChoiceState.OFFERED and offer_of(move.choice).answer_by_on < move.today:
        raise RuleBroken(_("This offer has run out. Ask the provider to make it again."), code="offer_expired")


def _release(choices: list[Choice], *, by: Any) -> None:
    # All their runs at once and in key order: two learners who release each other's runs must not wait for each other.
    taken = [choice.pk for choice in choices if choice.status in PROPERTIES["is_place_taken"]]
    lock_runs(run_ids=ChoiceRun.objects.filter(choice__in=taken).values_list("run_id", flat=True))
    for choice in choices:
        if CHOICE_FLOW.targets(choice.status, "turn_down"):
            turn_down_offer(choice=choice, by=by)
        else:
            withdraw_choice(choice=choice, by=by, reason=WithdrawalReason.OTHER_PLACE)

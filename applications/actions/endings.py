"""Choices that end without an answer: the learner leaves, or the cycle does."""

from typing import Any

from django.utils.translation import gettext as _

from applications.actions.moving import moving, require_seen
from applications.actions.worrying import flag_form
from applications.models import Choice, WithdrawalReason
from core.errors import RuleBroken


def withdraw_choice(*, choice: Choice, by: Any, reason: str, words: str = "", seen: str = "") -> Choice:
    """The learner no longer wants this choice. A provider's admissions may say so at the learner's word.

    A draft goes quietly; whoever had the choice is told.

    Raises: NotAllowed, StaleState, RuleBroken ``reason_unknown``, ``changed_since``.
    Tells: the provider, ``choice-withdrawn``; or the learner, ``choice-withdrawn-for-you``, when somebody else did it.
    ``message-flagged``, where the learner's words worry.
    """
    if reason not in WithdrawalReason.values:
        raise RuleBroken(_("Choose a reason."), code="reason_unknown")
    with moving(choice, "withdraw", by=by) as move:
        require_seen(move, seen)
        choice = move.choice
        choice.withdrawal_reason, choice.reason_words = reason, words
        if by.pk != choice.application.learner.user_id:
            move.tell("choice-withdrawn-for-you")
        else:
            flag_form(choice, application=choice.application, said=[words], by=by)
            if choice.sent_at:
                move.tell("choice-withdrawn")
    return choice


def close_choice(*, choice: Choice, by: None = None) -> Choice:
    """The cycle has ended and the choice with it, marked as closed by the service.

    Raises: NotAllowed (a person), StaleState, RuleBroken ``cycle_running``. Tells: the learner, ``choice-closed``.
    """
    with moving(choice, "close", by=by) as move:
        if move.choice.application.cycle.ends_on >= move.today:
            raise RuleBroken(_("The cycle is still running."), code="cycle_running")
        move.choice.is_closed_by_service = True
        move.tell("choice-closed")
    return move.choice

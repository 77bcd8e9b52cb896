"""Places confirmed on results day: where results meet the conditions, and where a provider takes a learner anyway."""

from typing import Any

from django.utils.translation import gettext as _

from activity.actions import record
from applications.actions.moving import Move, moving, offer_of, require_same
from applications.actions.outcomes import settle_and_confirm
from applications.models import Choice, ConditionState
from applications.queries.results_day import Source, Verdict, outcome_of, results_of
from core import clock
from core.errors import RuleBroken


def confirm_by_results(*, choice: Choice, by: Any) -> Choice:
    """The conditions are met by the results as they stand this moment, and the place is certain.

    Raises: NotAllowed, StaleState, RuleBroken ``results_say_otherwise``, and those of ``confirm_place``.
    Tells: the learner, ``place-confirmed``.
    """
    return confirm_by(results_of, choice=choice, by=by)


def confirm_by(source: Source, *, choice: Choice, by: Any) -> Choice:
    """The same by the results of ``source``: on the day those there are, in a rehearsal invented ones."""
    with moving(choice, "confirm", by=by) as move:
        outcome = outcome_of(move.choice, source=source)
        if outcome is None or outcome.verdict != Verdict.MET:
            raise RuleBroken(
                _("The results no longer say that every condition is met. Look at it by itself."),
                code="results_say_otherwise",
            )
        settle_and_confirm(move)
    return move.choice


def confirm_anyway(*, choice: Choice, by: Any, seen: str = "") -> Choice:
    """The place is certain although grades were missed: conditions that are not met are no longer asked for. ``seen``
    is the mark of what the person read of it, where they were shown anything.

    Raises: NotAllowed, StaleState, RuleBroken ``nothing_missed``, ``changed_since``, ``still_a_back_up``.
    Tells: the learner, ``place-confirmed``.
    """
    with moving(choice, "confirm", by=by) as move:
        if not _waive_what_is_missed(move, seen=seen):
            raise RuleBroken(_("Nothing is missed any more. Confirm the place with the others."), code="nothing_missed")
        settle_and_confirm(move)
    return move.choice


def _waive_what_is_missed(move: Move, *, seen: str) -> bool:
    """Whether there was any such condition. Each is a line of history, like one that somebody marks by itself.

    Raises: RuleBroken ``changed_since``.
    """
    outcome = outcome_of(move.choice)
    conditions = list(offer_of(move.choice).conditions.order_by("pk"))
    missed = [
        condition
        for condition, found in zip(conditions, outcome.found if outcome else [], strict=False)
        if found.verdict == Verdict.MISSED
    ]
    if missed and outcome is not None:
        require_same(seen, outcome.seen)
    for condition in missed:
        condition.state, condition.decided_by, condition.decided_at = ConditionState.WAIVED, move.by, clock.now()
        condition.save(update_fields=["state", "decided_by", "decided_at"])
        provider = move.choice.provider.name
        record("condition.waived", subject=move.choice, by=move.by, provider=provider, conditions=[condition.text])
    return bool(missed)

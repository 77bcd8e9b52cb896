"""What is agreed in a review: targets and actions, set while it is open, and what came of them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import RuleBroken
from ilp.actions.locking import lock_learner
from ilp.actions.reviews import flag_in_review, moving
from ilp.actions.roles import role_towards
from ilp.models import AgreedAction, Review, Target, TargetChange, TargetChangeKind
from ilp.policies import AGREED_ACTION_POLICY, TARGET_POLICY
from ilp.queries.reviews import owners_for, targets_to_carry
from ilp.workflow import AGREED_ACTION_FLOW, REVIEW_FLOW, TARGET_FLOW
from providers.models import StaffRole

MOST_OPEN = 20  # targets or actions of one learner; more are not a plan
NEEDS_REASON = {"miss", "drop", "move"}


def set_target(*, review: Review, what: str, how_known: str, due_on: dt.date, by: Any, helped_by: str = "") -> Target:
    """The learner has a target more, agreed in this review. Sent twice, it is set once.

    Raises: NotAllowed, StaleState, RuleBroken ``words_missing``, ``due_in_past``, ``too_many``.
    """
    with moving(review, "agree", by=by, what="target") as held:
        if not (what.strip() and how_known.strip()):
            raise RuleBroken(_("Say what the target is and how people will know."), code="words_missing")
        if known := held.targets.filter(what=what.strip(), due_on=due_on).first():
            return known
        _require_later(due_on)
        _require_room(Target.objects.open().filter(learner=held.learner_id).count())
        is_own = held.learner.user_id == by.pk
        target = Target.objects.create(
            learner=held.learner,
            review=held,
            what=what.strip(),
            how_known=how_known.strip(),
            helped_by=helped_by.strip(),
            due_on=due_on,
            is_from_learner=is_own,
            by=by,
            role=None if is_own else role_towards(held.learner, by),
        )
        flag_in_review(target, held, said=[target.what, target.how_known, target.helped_by], by=by)
        return target


def carry_targets(*, review: Review, targets: Iterable[Target], by: Any) -> list[Target]:
    """Open targets of earlier reviews stand in this one, too, and are shown as carried. Carrying twice is once.

    Raises: NotAllowed, StaleState.
    """
    with moving(review, "agree", by=by, what="carry") as held:
        fresh = list(targets_to_carry(held).filter(pk__in=[one.pk for one in targets]))
        role = None if held.learner.user_id == by.pk else role_towards(held.learner, by)
        TargetChange.objects.bulk_create(
            TargetChange(target=target, kind=TargetChangeKind.CARRY, review=held, by=by, role=role) for target in fresh
        )
    return fresh


@contextmanager
def moving_target(target: Target, verb: str, *, by: Any, reason: str = "", **change: Any) -> Iterator[Target]:
    """Lock the learner, read the target again, ask who and whether, run the body, write state, what happened and
    history. The only writer of ``Target.state``.

    Raises: NotAllowed, StaleState, RuleBroken ``reason_missing``.
    """
    with transaction.atomic():
        lock_learner(Target.objects.values_list("learner", flat=True).get(pk=target.pk))
        target = Target.objects.for_list().get(pk=target.pk)
        TARGET_POLICY.require(by, verb, target)
        state = TARGET_FLOW.target(target.state, verb)
        if verb in NEEDS_REASON and not reason.strip():
            raise RuleBroken(_("Say why."), code="reason_missing")
        before = target.due_on
        yield target
        target.state = state
        target.save()
        is_own = target.learner.user_id == by.pk
        change_made = TargetChange.objects.create(
            target=target,
            kind=TargetChangeKind(verb),
            reason=reason.strip(),
            from_on=before if target.due_on != before else None,
            to_on=target.due_on if target.due_on != before else None,
            by=by,
            role=None if is_own else role_towards(target.learner, by),
        )
        flag_in_review(change_made, target.review, said=[change_made.reason], by=by)
        record(f"target.{verb}", subject=target, by=by)


def move_target(*, target: Target, due_on: dt.date, reason: str, by: Any, seen: dt.date | None = None) -> Target:
    """It is due on another day, for a reason; the day before stays in its history. ``seen`` is the day somebody
    looked at.

    Raises: NotAllowed, StaleState, RuleBroken ``reason_missing``, ``due_in_past``, ``same_day``,
    ``changed_meanwhile``.
    """
    with moving_target(target, "move", by=by, reason=reason) as held:
        if seen is not None and seen != held.due_on:
            raise RuleBroken(_("Somebody has moved it since you looked. Look again."), code="changed_meanwhile")
        if due_on == held.due_on:
            raise RuleBroken(_("This is the day it is due already."), code="same_day")
        _require_later(due_on)
        held.due_on = due_on
    return held


def close_target(*, target: Target, verb: str, by: Any, reason: str = "") -> Target:
    """It is met ("meet"), not met ("miss") or dropped ("drop").

    Raises: NotAllowed, StaleState, RuleBroken ``reason_missing`` (but for a target that is met).
    """
    if verb not in ("meet", "miss", "drop"):
        raise ValueError(verb)
    with moving_target(target, verb, by=by, reason=reason) as held:
        pass
    return held


def reopen_target(*, target: Target, by: Any, reason: str = "") -> Target:
    """Somebody goes on with it after all. Raises: NotAllowed, StaleState, RuleBroken ``too_many``."""
    with moving_target(target, "reopen", by=by, reason=reason) as held:
        _require_room(Target.objects.open().filter(learner=held.learner_id).count())
    return held


def agree_action(
    *, review: Review, what: str, due_on: dt.date, by: Any, owner_role: StaffRole | None = None
) -> AgreedAction:
    """Somebody does this until then: the learner, or the adult in that role. Sent twice, it is agreed once.

    Raises: NotAllowed, StaleState, RuleBroken ``words_missing``, ``due_in_past``, ``too_many``, ``owner_unknown``
    (somebody who does not look after the learner, or, where a learner writes it down, anybody but themselves).
    """
    with moving(review, "agree", by=by, what="action") as held:
        if not what.strip():
            raise RuleBroken(_("Say what will be done."), code="words_missing")
        if known := held.agreed_actions.filter(what=what.strip(), due_on=due_on, owner_role=owner_role).first():
            return known
        _require_later(due_on)
        _require_owner(held, owner_role, by)
        _require_room(AgreedAction.objects.open().filter(learner=held.learner_id).count())
        action = AgreedAction.objects.create(
            learner=held.learner, review=held, what=what.strip(), due_on=due_on, owner_role=owner_role, by=by
        )
        flag_in_review(action, held, said=[action.what], by=by)
        return action


@contextmanager
def moving_action(action: AgreedAction, verb: str, *, by: Any) -> Iterator[AgreedAction]:
    """As ``moving_target``. The only writer of ``AgreedAction.state``. Raises: NotAllowed, StaleState."""
    with transaction.atomic():
        lock_learner(AgreedAction.objects.values_list("learner", flat=True).get(pk=action.pk))
        action = AgreedAction.objects.for_list().get(pk=action.pk)
        AGREED_ACTION_POLICY.require(by, verb, action)
        state = AGREED_ACTION_FLOW.target(action.state, verb)
        before = action.note
        yield action
        action.state = state
        action.save()
        if action.note != before:
            flag_in_review(action, action.review, said=[action.note], by=by)
        record(f"agreed_action.{verb}", subject=action, by=by)


def do_action(*, action: AgreedAction, by: Any, note: str = "") -> AgreedAction:
    """It is done. Raises: NotAllowed, StaleState."""
    with moving_action(action, "do", by=by) as held:
        held.closed_by, held.closed_at, held.note = by, clock.now(), note.strip()
    return held


def drop_action(*, action: AgreedAction, by: Any, note: str) -> AgreedAction:
    """It will not be done, for a reason. Raises: NotAllowed, StaleState, RuleBroken ``reason_missing``."""
    with moving_action(action, "drop", by=by) as held:
        if not note.strip():
            raise RuleBroken(_("Say why."), code="reason_missing")
        held.closed_by, held.closed_at, held.note = by, clock.now(), note.strip()
    return held


def reopen_action(*, action: AgreedAction, by: Any) -> AgreedAction:
    """It is to be done after all. Raises: NotAllowed, StaleState, RuleBroken ``too_many``."""
    with moving_action(action, "reopen", by=by) as held:
        _require_room(AgreedAction.objects.open().filter(learner=held.learner_id).count())
        held.closed_by, held.closed_at, held.note = None, None, ""
    return held


def pass_on_action(
    *, action: AgreedAction, owner_role: StaffRole | None, due_on: dt.date, by: Any, seen: str = ""
) -> AgreedAction:
    """Somebody else does it, until that day: whoever had it has left, or cannot. ``seen`` is the ``mark`` of what
    somebody looked at.

    Raises: NotAllowed, StaleState, RuleBroken ``due_in_past``, ``owner_unknown``, ``changed_meanwhile``.
    """
    with moving_action(action, "pass_on", by=by) as held:
        if seen and seen != held.mark:
            raise RuleBroken(_("Somebody has passed it on since you looked. Look again."), code="changed_meanwhile")
        _require_later(due_on)
        _require_owner(held.review, owner_role, by)
        held.owner_role, held.due_on = owner_role, due_on
    return held


def can_be_agreed(review: Review) -> bool:
    """Targets and actions can still be written down in it."""
    return bool(REVIEW_FLOW.targets(review.state, "agree"))


def _require_owner(review: Review, owner_role: StaffRole | None, by: Any) -> None:
    if owner_role is None:
        return
    is_own = review.learner.user_id == by.pk
    owners = owners_for(review.learner, needs=review.is_about_needs)
    if is_own or not owners.filter(pk=owner_role.pk).exists():
        raise RuleBroken(_("Choose somebody who looks after this learner today."), code="owner_unknown")


def _require_later(due_on: dt.date) -> None:
    if due_on < clock.today():
        raise RuleBroken(_("The day is past. Choose one that is to come."), code="due_in_past")


def _require_room(number: int) -> None:
    if number >= MOST_OPEN:
        raise RuleBroken(_("There are %(most)s open already. Close some first.") % {"most": MOST_OPEN}, code="too_many")

"""A learner who started and left early may look for another place in the same year."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.actions.moving import moving
from applications.models import Choice, LeftHow
from applications.policies import admissions, own_learner
from core.errors import RuleBroken, StaleState


def leave_course(*, choice: Choice, left_on: dt.date, by: Any, how: str = LeftHow.SAID) -> Choice:
    """The learner started and left on this day: the place is free again and another may be accepted. That they started
    stays true.

    Raises: NotAllowed, StaleState (not started, or left already), RuleBroken ``left_in_future``,
    ``left_before_start``, ``reason_unknown``.
    Tells: the school, ``course-left-school``, and the adviser, ``course-left-adviser``; the provider, ``course-left``,
    and the learner, ``course-left-for-you``, where they did not say so themselves.
    """
    if how not in LeftHow.values:
        raise RuleBroken(_("Choose how you know."), code="reason_unknown")
    with moving(choice, "leave", by=by) as move:
        choice = move.choice
        if choice.left_on is not None:
            raise StaleState("A course is left once.")
        if left_on > move.today:
            raise RuleBroken(_("The day is still to come. Say it when it is over."), code="left_in_future")
        if left_on < timezone.localdate(choice.status_at):
            raise RuleBroken(_("That is before the start was recorded. Choose a later day."), code="left_before_start")
        choice.left_on, choice.left_how = left_on, how
        move.facts |= {"left_on": left_on.isoformat(), "how": str(how)}
        if not admissions(by, choice):
            move.tell("course-left")
        if not own_learner(by, choice):
            move.tell("course-left-for-you")
        move.tell("course-left-school")
        move.tell("course-left-adviser")
    return Choice.objects.for_list().get(pk=choice.pk)

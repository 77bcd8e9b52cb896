"""A learner who started and left early may look for another place in the same year."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from applications.actions.moving import lock_application
from applications.models import Choice
from applications.policies import LEAVING_POLICY
from applications.workflow import ChoiceState
from core import clock
from core.errors import RuleBroken, StaleState


@transaction.atomic
def leave_course(*, choice: Choice, left_on: dt.date, by: Any) -> Choice:
    """The learner started and left on this day: another place may be accepted. That they started stays true.

    Raises: NotAllowed, StaleState (not started, or left already), RuleBroken ``left_in_future``, ``left_before_start``.
    """
    lock_application(choice.application_id)
    choice = Choice.objects.with_parties().get(pk=choice.pk)
    LEAVING_POLICY.require(by, "leave", choice)
    if choice.status != ChoiceState.ENROLLED or choice.left_on is not None:
        raise StaleState("Only a course that was started can be left, once.")
    if left_on > clock.today():
        raise RuleBroken(_("The day is still to come. Say it when you have left."), code="left_in_future")
    if left_on < choice.status_at.date():
        raise RuleBroken(_("That is before the start was recorded. Choose a later day."), code="left_before_start")
    choice.left_on = left_on
    choice.save(update_fields=["left_on"])
    record("choice.leave", subject=choice, by=by, left_on=left_on.isoformat())
    return Choice.objects.for_list().get(pk=choice.pk)

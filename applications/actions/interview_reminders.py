"""Learners are reminded of an interview that is near, and of times that they have not chosen from."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from activity.actions import post
from applications.actions.moving import lock_application
from applications.models import ChooseReminder, Interview, InterviewReminder, InterviewState
from applications.queries.interviews import free_slots, planned_interview
from core import clock
from ilp.queries.people import rules_of
from providers.queries import is_working_day, working_days_between

LOOKED_AHEAD = dt.timedelta(days=7)  # no area is quiet for longer
CHOOSE_AFTER_DAYS = 3  # working days that a learner is left in peace to choose a time
CHOOSE_REMINDERS = 2


def remind_of_interviews() -> int:
    """Learners have been told once the day before, or on the last day before it with an hour that is not quiet: of a
    Monday on Friday. At another time they are told again; cancelled or given back, not at all. Returns how many.

    Safe to call twice. Tells: them, ``interview-reminder``.
    """
    told, until, tomorrow = 0, {}, clock.today() + dt.timedelta(days=1)
    now = clock.now()
    soon = Interview.objects.filter(
        state=InterviewState.PLANNED,
        starts_at__date__range=(tomorrow, tomorrow + LOOKED_AHEAD),
        choice__application__learner__erased_at=None,
    )
    for interview in soon.select_related("choice__application__learner__area").order_by("starts_at", "pk"):
        area = interview.choice.application.learner.area
        if area.pk not in until:
            rules, midnight = rules_of(area), timezone.make_aware(dt.datetime.combine(tomorrow, dt.time()))
            is_quiet = rules.open_from(now) > now
            until[area.pk] = clock.today() if is_quiet else timezone.localdate(rules.open_from(midnight))
        if timezone.localdate(interview.starts_at) <= until[area.pk]:
            told += _remind(interview)
    return told


@transaction.atomic
def _remind(interview: Interview) -> bool:
    lock_application(interview.choice.application_id)
    planned = planned_interview(interview.choice)
    if planned is None or planned.starts_at is None or planned.starts_at != interview.starts_at:
        return False  # moved meanwhile
    _row, is_new = InterviewReminder.objects.get_or_create(interview=planned, for_at=planned.starts_at)
    if is_new:
        key = f"interview-reminder:{planned.pk}:{planned.starts_at:%Y%m%d%H%M}"
        post("interview-reminder", key=key, choice_id=planned.choice_id)
    return is_new


def remind_to_choose() -> int:
    """Learners who were asked to choose a time and have not are reminded after three working days, and once more after
    another three: on working days, in no quiet hour, and while there is a time to choose. Returns how many were.

    Safe to call twice. Tells: them, ``interview-choose-reminder``.
    """
    told, today, now = 0, clock.today(), clock.now()
    open_areas: dict[int, bool] = {}
    waiting = Interview.objects.filter(
        state=InterviewState.PLANNED, starts_at=None, choice__application__learner__erased_at=None
    )
    for interview in waiting.select_related("choice__application__learner__area").order_by("pk"):
        area = interview.choice.application.learner.area
        if area.pk not in open_areas:
            open_areas[area.pk] = is_working_day(today, area=area) and rules_of(area).open_from(now) <= now
        if open_areas[area.pk]:
            told += _remind_to_choose(interview)
    return told


@transaction.atomic
def _remind_to_choose(interview: Interview) -> bool:
    lock_application(interview.choice.application_id)
    planned = planned_interview(interview.choice)
    if planned is None or planned.pk != interview.pk or planned.starts_at is not None:
        return False  # chosen or cancelled meanwhile
    given = list(planned.choose_reminders.order_by("number"))
    since = given[-1].made_at if given else planned.asked_at
    area = interview.choice.application.learner.area
    waited = working_days_between(timezone.localdate(since), clock.today(), area=area)
    if len(given) >= CHOOSE_REMINDERS or waited < CHOOSE_AFTER_DAYS or not free_slots(interview.choice).exists():
        return False
    reminder = ChooseReminder.objects.create(interview=planned, number=len(given) + 1)
    key = f"interview-choose-reminder:{planned.pk}:{reminder.number}"
    post("interview-choose-reminder", key=key, choice_id=planned.choice_id)
    return True

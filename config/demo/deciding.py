"""How the colleges of the invented town come to their answers: times for interviews and who comes, by the real actions."""

import datetime as dt
import random
from typing import Any

from django.utils import timezone

from accounts.models import User
from applications import actions as apply
from applications.models import Choice, InterviewSession
from applications.queries.interviews import free_slots
from applications.workflow import ChoiceState
from core import clock
from providers.models import Organisation, Site

# (days from today, first hour, hours, minutes each, learners at a time, who, room)
TIMES = (
    (-2, 13, 3, 20, 2, "Mr Hale and Ms Dunn", "Room 12"),
    (3, 9, 3, 20, 2, "Ms Dunn", "Room 12"),
    (6, 16, 2, 15, 1, "Mrs Okoro", ""),
    (9, 13, 3, 30, 6, "The workshop team", "Motor vehicle workshop"),
)
NOTE = "Ask for admissions at reception. Bring something you have made, if you like."


def hold_interviews(people: dict[str, User], *, day: dt.date, pick: random.Random) -> None:
    """Northfield College has set times up; some whom it asked have chosen one, one gave it back, some came."""
    provider, by = Organisation.objects.get(name="Northfield College"), people["admissions"]
    with _on(day, -9):
        made = [_times(provider, facts, by=by, day=day) for facts in TIMES]
    sent = Choice.objects.filter(
        provider=provider, status=ChoiceState.SENT, sent_at__date__lt=day - dt.timedelta(days=9)
    )
    waiting = list(sent.for_list().order_by("pk"))
    asked = [one for one in waiting if str(one.application.learner) != "Amina Yusuf"]
    asked = pick.sample(asked, k=min(len(asked) // 2, 24))
    with _on(day, -8):
        for choice in asked:
            if free_slots(choice).exists():
                apply.invite_to_interview(choice=choice, by=by)
                if pick.random() < 0.75:
                    _choose(choice, pick)
    with _on(day, -1):
        for interview in _held(made[0]):
            apply.record_attendance(choice=interview.choice, by=by, came=pick.random() < 0.85)
        _one_cannot_come(made[1])


def _times(provider: Organisation, facts: tuple, *, by: User, day: dt.date) -> InterviewSession:
    after, hour, hours, minutes, places, who, room = facts
    starts_at = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=after), dt.time(hour)))
    site = Site.objects.filter(organisation=provider, ended_on=None).order_by("pk").first() if room else None
    return apply.add_session(
        provider=provider, by=by, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=hours),
        slot_minutes=minutes, places=places, room=room or "https://meet.example.org/northfield", site=site,
        interviewers=who, note=NOTE, is_closed_day_meant=True,
    )  # fmt: skip


def _choose(choice: Choice, pick: random.Random) -> None:
    slots = list(free_slots(choice))
    apply.book_interview(choice=choice, slot=pick.choice(slots), by=choice.application.learner.user)


def _held(session: InterviewSession) -> list:
    found = session.slots.filter(starts_at__lte=clock.now(), interviews__state="planned")
    return [
        one for slot in found.distinct() for one in slot.interviews.filter(state="planned").select_related("choice")
    ]


def _one_cannot_come(session: InterviewSession) -> None:
    slot = session.slots.filter(starts_at__gt=clock.now(), interviews__state="planned").first()
    if slot is not None:
        interview = slot.interviews.filter(state="planned").first()
        learner = interview.choice.application.learner
        apply.give_back_interview(choice=interview.choice, by=learner.user, words="I have a mock exam that morning.")


def _on(day: dt.date, days: int) -> Any:
    return clock.at(day + dt.timedelta(days=days))

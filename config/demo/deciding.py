"""How the colleges of the invented town come to their answers: times for interviews and who comes, by the real actions."""

import datetime as dt
import random
from typing import Any

from django.db.models import Count
from django.utils import timezone

from accounts.models import Learner, User
from activity.actions import is_held
from applications import actions as apply
from applications.models import Choice, InterviewSession
from applications.queries.interviews import free_slots
from applications.workflow import ChoiceState
from config.demo.plans import coordinator_of
from core import clock
from prospectus.actions.opening import open_from, set_opening
from prospectus.models import CourseRun
from prospectus.queries.opening import Route, openable_runs
from providers.models import Organisation, Site
from providers.queries import add_working_days

# (days from today, first hour, hours, minutes each, learners at a time, who, room)
TIMES = (
    (-2, 13, 3, 20, 2, "Mr Hale and Ms Dunn", "Room 12"),
    (3, 9, 3, 20, 2, "Ms Dunn", "Room 12"),
    (6, 16, 2, 15, 1, "Mrs Okoro", ""),
    (9, 13, 3, 30, 6, "The workshop team", "Motor vehicle workshop"),
)
MEANT: dict[str, dict[str, Any]] = {
    "offer": {
        "conditions": [apply.Condition("results", "Grade 4 or above in English and maths")],
        "message": "We look forward to meeting you.",
    },
    "refuse": {"reason": "full", "words": "Ask us again in August: places often come free."},
    "put_on_reserve": {},
}
ANSWERED_TOGETHER = 30
NOTE = "Ask for admissions at reception. Bring something you have made, if you like."


def hold_interviews(people: dict[str, User], *, day: dt.date, pick: random.Random) -> None:
    """Northfield College has set times up; some whom it asked have chosen one, one gave it back, some came."""
    provider, by = Organisation.objects.get(name="Northfield College"), people["admissions"]
    with _on(day, -6):
        made = [_times(provider, facts, by=by, day=day) for facts in TIMES]
    sent = Choice.objects.filter(
        provider=provider, status=ChoiceState.SENT, sent_at__date__lt=day - dt.timedelta(days=5)
    )
    waiting = list(sent.for_list().order_by("pk"))
    asked = [one for one in waiting if str(one.application.learner) != "Amina Yusuf"]
    asked = pick.sample(asked, k=min(len(asked) // 2, 24))
    with _on(day, -5):
        for choice in asked:
            if free_slots(choice).exists():
                apply.invite_to_interview(choice=choice, by=by)
                if pick.random() < 0.75:
                    _choose(choice, pick)
    with _on(day, -1):
        for interview in _held(made[0]):
            apply.record_attendance(choice=interview.choice, by=by, came=pick.random() < 0.85)
        _one_cannot_come(made[1])


def decide_in_peace(people: dict[str, User], *, day: dt.date, pick: random.Random) -> None:
    """Southbank Sixth Form has decided on a dozen, and tells them at noon of the next working day. One application of
    Northfield College waits for the learner to say yes to another course, and of one offer a condition is met."""
    provider, by = Organisation.objects.select_related("area").get(name="Southbank Sixth Form"), people["sixthform"]
    to_decide = _waiting_at(provider)[:12]
    noon = dt.datetime.combine(add_working_days(day, 1, area=provider.area), dt.time(12))
    with _on(day, -1):
        release = apply.open_release(provider=provider, name="First offers", by=by)
        for choice in to_decide:
            verb = pick.choice(("offer", "offer", "offer", "refuse", "put_on_reserve"))
            apply.stage_decision(release=release, choice=choice, verb=verb, by=by, **MEANT[verb])
        if to_decide:
            apply.set_release(release=release, by=by, release_at=timezone.make_aware(noon), number=len(to_decide))
    with _on(day, -2):
        _suggest_another(Organisation.objects.get(name="Northfield College"), by=people["admissions"])
    with _on(day, -1):
        _mark_conditions(people["admissions"])


def answer_many(people: dict[str, User], *, day: dt.date) -> None:
    """Southbank Sixth Form has put learners on its reserve list with one press. So many e-mails wait for a second one, on
    the page of the press and under Messages sent."""
    provider, by = Organisation.objects.get(name="Southbank Sixth Form"), people["sixthform"]
    with _on(day, -1):
        waiting = [one for one in _waiting_at(provider) if not one.staged_decisions.exists()][:ANSWERED_TOGETHER]
        if is_held(len(waiting)):
            run = apply.pick_choices(verb="put_on_reserve", choices=waiting, by=by)
            apply.work_off(run=apply.confirm_bulk(run=run, answers={}, by=by))


def _waiting_at(provider: Organisation) -> list[Choice]:
    """Sent, with nothing else planned. Amina's stays as her sign-in promises."""
    sent = Choice.objects.filter(provider=provider, status=ChoiceState.SENT).exclude(referrals__state="open")
    return [one for one in sent.for_list().order_by("pk") if str(one.application.learner) != "Amina Yusuf"]


def _suggest_another(provider: Organisation, *, by: User) -> None:
    for choice in _waiting_at(provider):
        asked = {each.run.course_id: each.run.course.subject_id for each in choice.choice_runs.all()}
        others = CourseRun.objects.on_offer().to_come().filter(course__provider=provider)
        others = others.filter(course__subject__in=[subject for subject in asked.values() if subject])
        run = others.exclude(course__in=asked).select_related("course").order_by("pk").first()
        if run is not None:
            words = "This one starts where you are now, and leads to the same work."
            apply.refer_choice(choice=choice, runs=[run], message=words, by=by)
            return


def _mark_conditions(by: User) -> None:
    offered = Choice.objects.received_by(by).filter(status__in=[ChoiceState.OFFERED, ChoiceState.ACCEPTED])
    waiting = [one for one in offered.for_list().order_by("pk") if str(one.application.learner) != "Amina Yusuf"]
    for choice, state in zip(waiting, ("met", "not_met"), strict=False):
        for condition in choice.standing_offer.conditions.all()[:1]:
            apply.mark_condition(choice=choice, condition=condition, state=state, by=by)


def one_leaves_early(people: dict[str, User], *, day: dt.date) -> None:
    """Somebody began a course that starts on any day, and has left it: first on the adviser's list, and a free place."""
    runs = CourseRun.objects.open_for_applications().filter(is_flexible_start=True, course__stage="post_16")
    with _on(day, -4):
        run = runs.filter(course__provider__area__name="Northmoor").select_related("course__provider").first()
    learners = Learner.objects.filter(user__isnull=False, area__name="Northmoor", applications__isnull=False)
    learners = learners.exclude(given_name__in=["Amina", "Ben"]).exclude(
        pk__in=Choice.objects.filter(sent_at__isnull=False).values("application__learner")
    )
    learner = learners.select_related("user").order_by("-pk").first()
    if run is None or learner is None:
        return
    by = people[run.course.provider.name]
    with _on(day, -4):
        choice = apply.add_run(learner=learner, run=run, by=learner.user)
        choice = apply.send_choice(choice=choice, by=learner.user)
        if choice.status == ChoiceState.WITH_SCHOOL:
            choice = apply.endorse_choice(choice=choice, by=coordinator_of(learner))
        apply.make_offer(choice=choice, by=by)
    with _on(day, -3):
        apply.enrol(choice=apply.accept_offer(choice=choice, by=learner.user), by=by)
    with _on(day, -1):
        apply.leave_course(choice=choice, left_on=clock.today(), by=by)


def one_opens_later(people: dict[str, User], *, day: dt.date) -> None:
    """A provider of Northmoor that has few applications takes more of them from a day to come only."""
    found = Organisation.objects.providers().filter(area__name="Northmoor")
    found = found.exclude(name__in=["Northfield College", "Southbank Sixth Form"])
    provider = found.alias(asked=Count("choices")).order_by("asked", "pk").first()
    if provider is None:
        return
    by, from_on = people[provider.name], day + dt.timedelta(days=21)
    with _on(day, -3):
        runs = list(openable_runs(provider).values_list("pk", flat=True))
        set_opening(provider=provider, runs=runs, route=Route.ASK, by=by)
        open_from(provider=provider, from_on=from_on, by=people["help_desk"])
        set_opening(provider=provider, runs=runs, route=Route.HERE, by=by)


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

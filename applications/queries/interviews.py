"""Interviews: which times are free, what clashes with them, and who comes on a day."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from applications.models import Choice, Interview, InterviewSession, InterviewSlot, InterviewState
from applications.querysets import ChoiceQuerySet, InterviewSlotQuerySet

FIXED = dt.timedelta(hours=1)  # how long an interview at a time of its own is taken to be


def planned_interview(choice: Choice) -> Interview | None:
    """The interview that is planned, whether it has a time yet or not."""
    found = Interview.objects.filter(choice=choice, state=InterviewState.PLANNED)
    return found.select_related("slot__session__site").first()


def free_slots(choice: Choice) -> InterviewSlotQuerySet:
    """Times that the learner of this choice can still book, soonest first; each with how many are ``taken``."""
    return InterviewSlot.objects.free_for(choice).order_by("starts_at", "pk")


class TimesForMany(NamedTuple):
    """What learners who are asked together find to choose from."""

    places: int  # free, at times that at least one of them may book
    without: int  # learners for whose courses no time is free
    choosing: int  # learners of the same desks who were asked before and have not chosen yet


def times_for(choices: ChoiceQuerySet) -> TimesForMany:
    """In five queries, however many choices and times."""
    desks: dict[int, set[int]] = {}
    courses: dict[int, set[int]] = {}
    for pk, provider, partner, course in choices.order_by().values_list(
        "pk", "provider", "placed_with", "choice_runs__run__course"
    ):
        desks[pk] = {key for key in (provider, partner) if key is not None}
        courses.setdefault(pk, set()).add(course)
    providers = set().union(*desks.values())
    free: dict[int, int] = {}
    slots = InterviewSlot.objects.filter(session__provider__in=providers, session__ended_at=None).to_book()
    for session, places, taken in slots.values_list("session", "session__places", "taken"):
        free[session] = free.get(session, 0) + places - taken
    about: dict[int, set[int]] = {}
    for session, course in InterviewSession.courses.through.objects.filter(interviewsession__in=free).values_list(
        "interviewsession", "course"
    ):
        about.setdefault(session, set()).add(course)
    of_provider = dict(InterviewSession.objects.filter(pk__in=free).values_list("pk", "provider"))
    suits = {
        pk: {
            session
            for session, provider in of_provider.items()
            if provider in desks[pk] and (session not in about or about[session] & courses[pk])
        }
        for pk in desks
    }
    here = Q(choice__provider__in=providers) | Q(choice__placed_with__in=providers)
    asked = Interview.objects.filter(here, state=InterviewState.PLANNED, starts_at=None)
    return TimesForMany(
        places=sum(free[session] for session in set().union(*suits.values())),
        without=sum(not found for found in suits.values()),
        choosing=asked.count(),
    )


def ends_at(interview: Interview) -> dt.datetime:
    """When an interview with a time is over."""
    if interview.slot:
        return interview.slot.ends_at
    return interview.starts_at + FIXED  # type: ignore[operator]


def other_interviews(choice: Choice) -> list[Interview]:
    """The learner's interviews for other choices, wherever: for the learner's eyes only."""
    others = Interview.objects.filter(
        choice__application__learner=choice.application.learner_id,
        state=InterviewState.PLANNED,
        starts_at__isnull=False,
    )
    return list(others.exclude(choice=choice).select_related("slot__session", "choice__provider"))


def clashing(others: Iterable[Interview], *, starts: dt.datetime, ends: dt.datetime) -> Interview | None:
    """The first of these that goes on at the same time."""
    return next((one for one in others if one.starts_at < ends and ends_at(one) > starts), None)  # type: ignore[operator]


class TimeToBook(NamedTuple):
    """One free time as its learner sees it."""

    slot: InterviewSlot
    clash: Interview | None  # the learner is somewhere else then
    left: int


class DayToBook(NamedTuple):
    on: dt.date
    times: list[TimeToBook]


def days_to_book(choice: Choice, *, most: int = 200) -> list[DayToBook]:
    """Free times by day, each with what of the learner's own clashes with it."""
    others = other_interviews(choice)
    times = [
        TimeToBook(
            slot,
            clashing(others, starts=slot.starts_at, ends=slot.ends_at),
            slot.session.places - slot.taken,  # type: ignore[attr-defined]
        )
        for slot in free_slots(choice)[:most]
    ]
    by_day = groupby(times, key=lambda time: timezone.localdate(time.slot.starts_at))
    return [DayToBook(on, list(found)) for on, found in by_day]


def interviews_on(user: Any, day: dt.date) -> QuerySet[Interview]:
    """Who comes on this day to the providers whose applications this person answers, in the order of the day."""
    starts = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    return (
        Interview.objects.filter(
            choice__in=Choice.objects.received_by(user).values("pk"),
            starts_at__gte=starts,
            starts_at__lt=timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time())),
            state__in=[InterviewState.PLANNED, InterviewState.DONE, InterviewState.MISSED],
        )
        .select_related("choice__snapshot", "choice__provider", "choice__application__learner", "slot__session")
        .prefetch_related("choice__choice_runs__run__course")
        .order_by("starts_at", "choice__reference", "pk")
    )


def sessions_to_come(user: Any, *, today: dt.date) -> QuerySet[InterviewSession]:
    """Sessions of this person's providers from today on, soonest first."""
    starts = timezone.make_aware(dt.datetime.combine(today, dt.time()))
    return (
        InterviewSession.objects.visible_to(user).standing().filter(starts_at__gte=starts).order_by("starts_at", "pk")
    )

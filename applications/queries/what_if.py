"""What would be so on another day if nobody did anything: asked with the nights' own questions, written nowhere."""

import datetime as dt
from collections import Counter
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import RollEntry
from applications.models import AnswerReminder, Offer
from applications.queries import nights
from applications.words import date_words
from core import clock
from providers.models import Area, Cycle
from providers.queries.calendar import working_day_counter

FARTHEST = dt.timedelta(days=500)


class CycleThen(NamedTuple):
    """One cycle on a day."""

    cycle: Cycle
    state: str  # "to_come", "open", "late", "over"
    words: str


class Done(NamedTuple):
    """What the nights would do at one provider, or for one school, until then."""

    name: str
    unendorsed: int = 0
    reminded: int = 0
    lapsed: int = 0
    closed: int = 0


class Preview(NamedTuple):
    """An area as it would stand on a day."""

    on: dt.date
    cycles: list[CycleThen]
    total: Done
    providers: list[Done]
    schools: list[Done]


def cycle_then(cycle: Cycle, on: dt.date) -> CycleThen:
    """Where the cycle stands on this day, in the words that learners read."""
    if on < cycle.opens_on:
        words = _("Applications open on %(day)s. Until then you can get everything ready.")
        return CycleThen(cycle, "to_come", words % {"day": date_words(cycle.opens_on)})
    if on <= cycle.closes_on:
        words = _("Applications are open. Send your choices by %(day)s.")
        return CycleThen(cycle, "open", words % {"day": date_words(cycle.closes_on)})
    if on <= cycle.ends_on:
        words = _("The date to apply by has passed. You can still apply where there are places, until %(day)s.")
        return CycleThen(cycle, "late", words % {"day": date_words(cycle.ends_on)})
    words = _("Applications for this year ended on %(day)s.")
    return CycleThen(cycle, "over", words % {"day": date_words(cycle.ends_on)})


def preview(area: Area, on: dt.date) -> Preview:
    """The area's cycles on this day, and what the nights would have done until its morning if nobody acted."""
    cycles = list(Cycle.objects.filter(area=area).order_by("entry_year", "phase"))
    unendorsed = nights.unendorsed(on).filter(application__cycle__area=area)
    closed = nights.over(on).filter(application__cycle__area=area)
    counted = _offers(area, on, {cycle.pk: cycle for cycle in cycles})
    for what, found in (("unendorsed", unendorsed), ("closed", closed)):
        rows = found.order_by().values_list("provider__name").annotate(number=Count("pk"))
        counted.update({(name, what): number for name, number in rows})
    total: Counter[str] = Counter()
    for (_name, what), number in counted.items():
        total[what] += number
    return Preview(
        on=on,
        cycles=[cycle_then(cycle, on) for cycle in cycles],
        total=Done("", **total),
        providers=_rows(counted),
        schools=_schools(unendorsed),
    )


def _rows(counted: Counter[tuple[str, str]]) -> list[Done]:
    numbers: dict[str, dict[str, int]] = {}
    for (name, what), number in counted.items():
        numbers.setdefault(name, {})[what] = number
    return [Done(name, **numbers[name]) for name in sorted(numbers)]


def _schools(unendorsed: QuerySet) -> list[Done]:
    """Whose time to endorse would run out, by the school whose roll the learner is on."""
    choices = "learner__applications__choices"
    of_them = Q(**{f"{choices}__in": unendorsed.order_by().values("pk")})
    rows = (
        RollEntry.objects.current()
        .filter(learner__in=unendorsed.order_by().values("application__learner"))
        .order_by("school__name")
        .values_list("school__name")
        .annotate(number=Count(choices, filter=of_them))
    )
    return [Done(name, unendorsed=number) for name, number in rows]


def _offers(area: Area, on: dt.date, cycles: dict[int, Cycle]) -> Counter[tuple[str, str]]:
    """Reminders and lapses. Offers with one date and as many reminders are one row, so that this grows with the days
    and not with the offers."""
    waiting = nights.with_offers().filter(application__cycle__area=area).order_by().values("pk")
    sent = AnswerReminder.objects.filter(offer=OuterRef("pk")).order_by().values("offer").annotate(number=Count("pk"))
    rows = (
        Offer.objects.filter(ended_at=None, choice__in=waiting)
        .annotate(sent=Coalesce(Subquery(sent.values("number")), 0))
        .order_by()
        .values_list("choice__provider__name", "choice__application__cycle", "answer_by_on", "sent")
        .annotate(number=Count("pk"))
    )
    add, counted = working_day_counter(area), Counter[tuple[str, str]]()
    lives: dict[tuple[int, dt.date, int], tuple[int, bool]] = {}
    for name, cycle, answer_by_on, reminders, number in rows:
        key = (cycle, answer_by_on, reminders)
        if key not in lives:
            lives[key] = _life_of_an_offer(answer_by_on, reminders, cycles[cycle], on, add)
        reminded, has_lapsed = lives[key]
        counted[name, "reminded"] += reminded * number
        counted[name, "lapsed"] += has_lapsed * number
    return +counted


def _life_of_an_offer(
    answer_by_on: dt.date, reminders: int, cycle: Cycle, on: dt.date, add: nights.AddDays
) -> tuple[int, bool]:
    """How many reminders until this day, and whether the offer has run out by then."""
    sent, day = 0, clock.today()
    while day < on:
        day += dt.timedelta(days=1)
        if reminders >= nights.REMINDERS and answer_by_on < day:
            return sent, True
        if nights.is_reminder_due(on=day, answer_by_on=answer_by_on, reminders=reminders, cycle=cycle, add=add):
            sent, reminders = sent + 1, reminders + 1
            if reminders == nights.REMINDERS:
                answer_by_on = max(answer_by_on, add(day, cycle.last_chance_days))
    return sent, False

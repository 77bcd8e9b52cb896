"""Take-up: how much of a year group has unlocked, planned and applied, against the same date a year before."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, RollEntry, UnlockCode, User
from applications.models import Application, Choice
from core import clock
from core.suppression import rounded, suppressed
from ilp.models import Entry, Plan
from ilp.querysets.plan import SENSITIVE
from providers.models import Cycle

MEASURES = {
    "eligible": _("On the roll"),
    "unlocked": _("Unlocked"),
    "planned": _("Plan begun"),
    "applied": _("Applied"),
}
YEAR_GROUPS = (11, 12, 13)


class Numbers(NamedTuple):
    """How many learners. None: not shown."""

    eligible: int | None = 0
    unlocked: int | None = 0
    planned: int | None = 0
    applied: int | None = 0

    def percent(self, measure: str) -> int | None:
        """Of those on the roll."""
        number = getattr(self, measure)
        return round(100 * number / self.eligible) if number is not None and self.eligible else None


class Line(NamedTuple):
    """A school, or all of them: on the day, and a year before."""

    reference: str
    name: str
    now: Numbers
    before: Numbers


class Week(NamedTuple):
    on: dt.date
    now: Numbers
    before: Numbers


class TakeUp(NamedTuple):
    on: dt.date
    before_on: dt.date
    whole: Line
    schools: list[Line]
    weeks: list[Week]


def a_year_before(day: dt.date) -> dt.date:
    """The same date; 28 February for 29 February."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def school_year_of(day: dt.date) -> int:
    """The year in which the school year of this day began, on 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def take_up_of(schools: QuerySet, *, year_group: int, is_exact: bool, shares_only: bool = False) -> TakeUp:
    """Each school's and everybody's numbers today and on the same date of the year before, and week by week since
    1 September. One query for the numbers, one for the names of the schools.

    ``is_exact``: for who may read the names of these learners. For others numbers from 1 to 4, and those from which
    they would follow, are not shown, and those of weeks are rounded to 5. ``shares_only``: plans of those only
    who let the advice service see them, as in a cohort.
    """
    on = clock.today()
    first = dt.date(school_year_of(on), 9, 1)
    days = [on - dt.timedelta(weeks=back) for back in range((on - first).days // 7 + 1)]
    before = {day: a_year_before(day) for day in days}
    found = _counted([*days, *before.values()], schools, year_group=year_group, shares_only=shares_only)
    names = {pk: (reference, name) for pk, reference, name in schools.values_list("pk", "reference", "name")}

    def everybody(day: dt.date) -> Numbers:
        return _sum([each for (counted_on, _school), each in found.items() if counted_on == day])

    keys = sorted({school for day, school in found if day in (on, before[on])}, key=lambda key: names[key][1])
    columns = [[found.get((day, key), Numbers()) for key in keys] for day in (on, before[on])]
    now, then = columns if is_exact else [_suppressed(column) for column in columns]
    whole = [everybody(on), everybody(before[on])]
    rest: Callable[[Numbers], Numbers] = _as_it_is
    if not is_exact:
        whole, rest = [_suppressed([numbers])[0] for numbers in whole], _rounded
    return TakeUp(
        on,
        before[on],
        Line("", "", *whole),
        [Line(*names[key], *numbers) for key, *numbers in zip(keys, now, then, strict=True)],
        [Week(day, rest(everybody(day)), rest(everybody(before[day]))) for day in reversed(days)],
    )


def _sum(many: Sequence[Numbers]) -> Numbers:
    return Numbers(*(sum(column) for column in zip(*many, strict=True))) if many else Numbers()


def _suppressed(column: list[Numbers]) -> list[Numbers]:
    """Numbers of several schools under their sum, without what says something of few."""
    wholes = [numbers.eligible or 0 for numbers in column]
    shown = [
        suppressed([getattr(numbers, measure) or 0 for numbers in column], of=wholes) for measure in list(MEASURES)[1:]
    ]
    return [Numbers(*each) for each in zip(wholes, *shown, strict=True)]


def _as_it_is(numbers: Numbers) -> Numbers:
    return numbers


def _rounded(numbers: Numbers) -> Numbers:
    return Numbers(*(rounded(number or 0) for number in numbers))


def _counted(
    days: list[dt.date], schools: QuerySet, *, year_group: int, shares_only: bool
) -> dict[tuple[dt.date, int], Numbers]:
    """By day and school: who was in this year group of its roll then, and of them who had unlocked, had written
    something in a plan, and had sent an application for the September after that school year, by the end of that day.
    """
    schools_sql, schools_params = schools.order_by().values("pk").query.sql_with_params()
    seen = Learner.objects.sharing_with_advisers() if shares_only else Learner.objects.all()
    seen_sql, seen_params = seen.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH entry AS MATERIALIZED (
                SELECT roll.learner_id, roll.school_id, roll.started_on, roll.ended_on
                FROM {_table(RollEntry)} roll
                WHERE roll.school_id IN ({schools_sql}) AND roll.year_group = %s
            ), mine AS MATERIALIZED (SELECT DISTINCT learner_id FROM entry),
            unlocked AS (
                SELECT learner.id AS learner_id,
                       ({_day("coalesce(min(code.used_at), min(account.date_joined))")}) AS unlocked_on
                FROM mine JOIN {_table(Learner)} learner ON learner.id = mine.learner_id
                JOIN {_table(User)} account ON account.id = learner.user_id
                LEFT JOIN {_table(UnlockCode)} code ON code.learner_id = learner.id AND code.used_at IS NOT NULL
                GROUP BY learner.id
            ), planned AS (
                SELECT plan.learner_id, ({_day("min(entry.created_at)")}) AS planned_on
                FROM mine JOIN {_table(Plan)} plan USING (learner_id)
                JOIN {_table(Entry)} entry ON entry.plan_id = plan.id
                WHERE entry.kind <> ALL (%s) AND plan.learner_id IN ({seen_sql})
                GROUP BY plan.learner_id
            ), applied AS (
                SELECT application.learner_id, cycle.entry_year,
                       ({_day("min(least(choice.sent_at, choice.with_school_at))")}) AS applied_on
                FROM mine JOIN {_table(Application)} application USING (learner_id)
                JOIN {_table(Cycle)} cycle ON cycle.id = application.cycle_id AND cycle.phase = 'post_16'
                JOIN {_table(Choice)} choice ON choice.application_id = application.id
                GROUP BY application.learner_id, cycle.entry_year
            )
            SELECT asked.day, entry.school_id, count(DISTINCT entry.learner_id),
                   count(DISTINCT entry.learner_id) FILTER (WHERE unlocked.unlocked_on <= asked.day),
                   count(DISTINCT entry.learner_id) FILTER (WHERE planned.planned_on <= asked.day),
                   count(DISTINCT entry.learner_id) FILTER (WHERE applied.applied_on <= asked.day)
            FROM unnest(%s::date[], %s::int[]) AS asked (day, entry_year)
            JOIN entry ON entry.started_on <= asked.day AND (entry.ended_on IS NULL OR entry.ended_on > asked.day)
            LEFT JOIN unlocked USING (learner_id)
            LEFT JOIN planned USING (learner_id)
            LEFT JOIN applied ON applied.learner_id = entry.learner_id AND applied.entry_year = asked.entry_year
            GROUP BY asked.day, entry.school_id
            """,
            [
                *schools_params,
                year_group,
                list(SENSITIVE),
                *seen_params,
                days,
                [school_year_of(day) + 1 for day in days],
            ],
        )
        return {(day, school): Numbers(*numbers) for day, school, *numbers in cursor.fetchall()}


def _table(model: Any) -> str:
    return str(model._meta.db_table)


def _day(moment: str) -> str:
    return f"({moment} AT TIME ZONE 'Europe/London')::date"

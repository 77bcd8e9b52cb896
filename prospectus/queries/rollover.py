"""Which runs of a year are copied to the next, and what became of the copies."""

import datetime as dt
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock
from prospectus.models import CourseRun, RunState
from providers.models import Organisation

FIRST_MONTH = 8  # A school year's runs start from August.


def entry_year_of(day: dt.date) -> int:
    """The cycle that a start belongs to: August 2026 to July 2027 is 2026."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def days_of(entry_year: int) -> tuple[dt.date, dt.date]:
    """The first and last day on which a run of this cycle may start."""
    return dt.date(entry_year, FIRST_MONTH, 1), dt.date(entry_year + 1, FIRST_MONTH, 1) - dt.timedelta(days=1)


def a_year_later(day: dt.date) -> dt.date:
    """The same weekday of the same month: the first Monday of September is the first Monday of next September.

    A fifth weekday that the month does not have next year is its last.
    """
    number = (day.day - 1) // 7
    first = dt.date(day.year + 1, day.month, 1)
    same = first + dt.timedelta(days=(day.weekday() - first.weekday()) % 7 + 7 * number)
    return same if same.month == day.month else same - dt.timedelta(days=7)


def shift_of(run: CourseRun) -> dt.timedelta:
    """How far every date of a run with a start moves, so that it takes as long as before."""
    return a_year_later(run.starts_on) - run.starts_on if run.starts_on else dt.timedelta(0)


class RollOver(NamedTuple):
    """What copying a year's runs would do now."""

    runs: QuerySet  # to be copied, in key order
    to_copy: int
    copied: int  # copied before; never again
    already_there: int  # the next year is there by another way: the provider's upload has brought it
    undated: int  # can be started at any time, or say no date: they stay as they are

    @property
    def eligible(self) -> int:
        return self.to_copy + self.copied + self.already_there


def roll_over_of(provider: Organisation, entry_year: int) -> RollOver:
    """What ``roll_over`` of this provider's year would do now. Every published run of the year is in one count."""
    first, last = days_of(entry_year)
    published = CourseRun.objects.on_offer().filter(course__provider=provider)
    of_year = published.filter(starts_on__range=(first, last), is_flexible_start=False)
    copies = CourseRun.objects.filter(rolled_from=OuterRef("pk"))
    later = CourseRun.objects.filter(
        course=OuterRef("course"), upload__isnull=False, ended_on=None, starts_on__range=days_of(entry_year + 1)
    )
    of_year = of_year.annotate(is_copied=Exists(copies), is_there=Exists(later))
    runs = of_year.filter(is_copied=False, is_there=False).order_by("pk")
    return RollOver(
        runs=runs,
        to_copy=runs.count(),
        copied=of_year.filter(is_copied=True).count(),
        already_there=of_year.filter(is_copied=False, is_there=True).count(),
        undated=published.filter(Q(is_flexible_start=True) | Q(starts_on=None)).count(),
    )


def years_to_roll(provider: Organisation) -> list[int]:
    """The cycles this provider has published runs of, the latest first; those long past are left out."""
    dates = CourseRun.objects.on_offer().filter(course__provider=provider, is_flexible_start=False)
    oldest = days_of(entry_year_of(clock.today()) - 1)[0]
    starts = dates.filter(starts_on__gte=oldest).order_by().values_list("starts_on", flat=True).distinct()
    return sorted({entry_year_of(day) for day in starts}, reverse=True)


def rolled_drafts(provider: Organisation) -> QuerySet:
    """Copies that are still drafts, with what is needed to check them."""
    drafts = CourseRun.objects.filter(
        course__provider=provider, rolled_from__isnull=False, state=RunState.DRAFT, ended_on=None
    )
    return drafts.exclude(course__state="withdrawn").select_related("course", "site").order_by("course__title", "pk")

"""Working days."""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import holidays

from providers.models import Area, Closure


@cache
def _bank_holidays() -> Any:
    """England's bank holidays; the library works out each year when it is first asked about."""
    return holidays.country_holidays("GB", subdiv="ENG")


def _calendar(area: Area) -> Callable[[dt.date], bool]:
    """Answers whether a day is a working day in this area; its closures are asked for once."""
    closed = list(Closure.objects.filter(area=area).values_list("starts_on", "ends_on"))
    bank_holidays = _bank_holidays()

    def is_working(day: dt.date) -> bool:
        return (
            day.weekday() < 5 and day not in bank_holidays and not any(first <= day <= last for first, last in closed)
        )

    return is_working


def is_working_day(day: dt.date, *, area: Area) -> bool:
    """Not a weekend, a bank holiday in England or one of the area's closures."""
    return _calendar(area)(day)


def bank_holidays_between(first_on: dt.date, last_on: dt.date) -> list[tuple[dt.date, str]]:
    """England's bank holidays from one day to another, both with, each with its name."""
    days = (first_on + dt.timedelta(days=number) for number in range((last_on - first_on).days + 1))
    return [(day, _bank_holidays()[day]) for day in days if day in _bank_holidays()]


def working_day_counter(area: Area) -> Callable[[dt.date, int], dt.date]:
    """``add_working_days`` of this area for many days at once: its closures are asked for once."""
    is_working = _calendar(area)

    def add(start_on: dt.date, days: int) -> dt.date:
        return _add(is_working, start_on, days)

    return add


def add_working_days(start_on: dt.date, days: int, *, area: Area) -> dt.date:
    """The day on which ``days`` working days after ``start_on`` have been counted. None to count: the day itself."""
    return _add(_calendar(area), start_on, days)


def _add(is_working: Callable[[dt.date], bool], start_on: dt.date, days: int) -> dt.date:
    day, left = start_on, days
    while left > 0:
        day += dt.timedelta(days=1)
        left -= is_working(day)
    return day


def working_days_between(start_on: dt.date, end_on: dt.date, *, area: Area) -> int:
    """How many working days come after ``start_on``, up to and with ``end_on``. Never negative."""
    return working_days_of([(start_on, end_on)], area=area)[start_on, end_on]


def working_days_of(spans: Iterable[tuple[dt.date, dt.date]], *, area: Area) -> dict[tuple[dt.date, dt.date], int]:
    """The same for many spans, in one question to the database."""
    is_working = _calendar(area)
    return {
        (start_on, end_on): sum(
            is_working(start_on + dt.timedelta(days=number)) for number in range(1, (end_on - start_on).days + 1)
        )
        for start_on, end_on in spans
    }

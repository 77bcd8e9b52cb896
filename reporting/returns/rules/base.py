"""What a rule is, what it is held against, and the few questions rules ask again and again."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from reporting.returns.codes import Codes
from reporting.returns.record import Guarantee, Header, YoungPerson

YEAR_11 = 15  # academic age


class Against(NamedTuple):
    """What a record is held against. ``period_end`` is None where nobody says of when a file is; rules that need it
    then say nothing."""

    header: Header
    codes: Codes
    period_end: dt.date | None


class Rule(NamedTuple):
    """``is_broken`` is true of a record that breaks it. ``of``: the field whose text the finding repeats, never a name,
    an address or a birthday. Source: the Department's validation rules, as docs/returns.md tells of them."""

    number: int
    priority: int
    field: str
    says: str
    is_broken: Callable[[YoungPerson, Against], bool]
    of: str = ""


@lru_cache(maxsize=200_000)
def day(text: str) -> dt.date | None:
    """The day of CCYY-MM-DD; None for anything else."""
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


@lru_cache(maxsize=200_000)
def born(text: str) -> dt.date | None:
    """The birthday; of CCYY-MM the first of the month, which gives the same academic age."""
    return day(f"{text}-01" if len(text) == 7 else text)


def after(one: str, other: str) -> bool:
    """Both are days, and the first is the later."""
    first, second = day(one), day(other)
    return first is not None and second is not None and first > second


def age_on(birth: dt.date, on: dt.date) -> int:
    """Whole years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def academic_age(it: YoungPerson, at: Against) -> int | None:
    """The age on the 31 August before the academic year of the period; None where birthday or period is not said."""
    birth, period = born(it.birth), at.period_end
    if birth is None or period is None:
        return None
    return age_on(birth, dt.date(period.year if period.month >= 9 else period.year - 1, 8, 31))


def is_aged(it: YoungPerson, at: Against, least: int, most: int) -> bool:
    """The academic age is known and within these."""
    age = academic_age(it, at)
    return age is not None and least <= age <= most


def is_year_11(it: YoungPerson, at: Against) -> bool:
    return academic_age(it, at) == YEAR_11


def guarantee_due(it: YoungPerson, at: Against) -> Guarantee | None:
    """The node that must be there: from April to August those of Years 11 and 12, from September to March the same
    people a year older. Source: nccis-september-guarantee.md, rules 905 and 906."""
    age = academic_age(it, at)
    if age is None or at.period_end is None:
        return None
    is_summer = 4 <= at.period_end.month <= 8
    return {YEAR_11: it.year_11, YEAR_11 + 1: it.year_12}.get(age if is_summer else age - 1)

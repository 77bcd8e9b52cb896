"""The traffic light of a provider: how long an update lasts, and when the next one is due.

``EVERYWHERE`` is the rule as it holds unless an area has a row of its own (``FreshnessRule``). Source: the national
directory's rule of freshness, as its providers knew it: once a year for schools and colleges, every two months for
training providers, longer over the summer.
"""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from prospectus.models import FreshnessRule, NoticeStep, Rhythm
from providers.models import OrganisationKind

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


class Colour(TextChoices):
    GREEN = "green", _("Green: up to date")
    AMBER = "amber", _("Amber: an update is due")
    RED = "red", _("Red: out of date")
    GREY = "grey", _("Not started")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One rule. Months are numbers of the year, or how many of them."""

    rhythm: str
    turn_month: int = 5
    last_month: int = 9
    green_months: int = 2
    summer_from_month: int = 6
    summer_until_month: int = 11
    amber_months: int = 1
    grace_days: int = 42


EVERYWHERE = {
    OrganisationKind.SCHOOL: Terms(rhythm=Rhythm.ANNUAL),
    OrganisationKind.COLLEGE: Terms(rhythm=Rhythm.ANNUAL),
    OrganisationKind.TRAINING_PROVIDER: Terms(rhythm=Rhythm.ROLLING),
    OrganisationKind.ADVICE_SERVICE: Terms(rhythm=Rhythm.ROLLING),
    OrganisationKind.AUTHORITY: Terms(rhythm=Rhythm.ROLLING),
}


class Light(NamedTuple):
    """Green to the end of one day, amber to the end of another, then red. No days: there is nothing to go by."""

    green_until: dt.date | None
    amber_until: dt.date | None

    def colour(self, today: dt.date) -> Colour:
        if self.green_until is None or self.amber_until is None:
            return Colour.GREY
        if today <= self.green_until:
            return Colour.GREEN
        return Colour.AMBER if today <= self.amber_until else Colour.RED

    def occasion(self, today: dt.date) -> tuple[str, dt.date] | None:
        """The last occasion to write about that has come, and its day. None while nothing is due."""
        if self.green_until is None or self.amber_until is None or today <= self.green_until:
            return None
        red_on = self.amber_until + DAY
        if today >= red_on:
            weeks = (today - red_on) // WEEK
            return (NoticeStep.STILL_RED if weeks else NoticeStep.TURNED_RED), red_on + weeks * WEEK
        occasions = [
            (self.green_until + DAY, NoticeStep.TURNED_AMBER),
            (self.green_until + DAY + WEEK, NoticeStep.ONE_WEEK_AMBER),
            (red_on - WEEK, NoticeStep.WEEK_BEFORE_RED),
        ]
        due_on, step = max(occasion for occasion in occasions if occasion[0] <= today)
        return step, due_on


def light(terms: Terms, *, updated_on: dt.date | None, joined_on: dt.date | None) -> Light:
    """The light of a provider that last updated on one day and joined on another. Either may be unknown.

    A new provider is green for its days of grace, whatever it has sent. More lately updated is never worse.
    """
    ends = []
    if joined_on is not None:
        until = joined_on + dt.timedelta(days=terms.grace_days)
        ends.append((until, _months_later(until, terms.amber_months)))
    if updated_on is not None:
        ends.append(_annual(terms, updated_on) if terms.rhythm == Rhythm.ANNUAL else _rolling(terms, updated_on))
    return Light(*max(ends)) if ends else Light(None, None)


def terms_of(area_ids: Iterable[int]) -> dict[tuple[int, str], Terms]:
    """The rules in force in these areas, by area and kind of organisation; one question."""
    found = {(area_id, kind): terms for area_id in area_ids for kind, terms in EVERYWHERE.items()}
    names = [field.name for field in fields(Terms)]
    for row in FreshnessRule.objects.filter(area__in={area_id for area_id, _kind in found}):
        found[row.area_id, OrganisationKind(row.kind)] = Terms(**{name: getattr(row, name) for name in names})
    return {(area_id, str(kind)): terms for (area_id, kind), terms in found.items()}


def _annual(terms: Terms, updated_on: dt.date) -> tuple[dt.date, dt.date]:
    """To the end of a month this year or next; amber months are whole ones, too."""
    year = updated_on.year + (updated_on.month >= terms.turn_month)
    return _month_end(year, terms.last_month), _month_end(year, terms.last_month + terms.amber_months)


def _rolling(terms: Terms, updated_on: dt.date) -> tuple[dt.date, dt.date]:
    until = _months_later(updated_on, terms.green_months)
    # Also in autumn, or an update in September would be worth less than one in August.
    if terms.summer_from_month <= updated_on.month <= terms.summer_until_month:
        until = max(until, _month_end(updated_on.year, terms.summer_until_month))
    return until, _months_later(until, terms.amber_months)


def _months_later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last."""
    end = _month_end(day.year, day.month + months)
    return end.replace(day=min(day.day, end.day))


def _month_end(year: int, month: int) -> dt.date:
    """The last day of a month; the thirteenth is next year's first."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return dt.date(year, month, calendar.monthrange(year, month)[1])

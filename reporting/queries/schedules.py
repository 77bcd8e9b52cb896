"""When reports come by themselves, and to whom."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from providers.models import StaffRole
from reporting.models import ReportSchedule, Rhythm

TERMS = ((1, 15), (5, 1), (9, 15))  # month and day: each term has begun by then, everywhere
WEEKDAYS = (_("Every Monday"), _("Every Tuesday"), _("Every Wednesday"), _("Every Thursday"), _("Every Friday"))
# What can be chosen, with its words; no month lacks its 28th.
WHEN: dict[str, Any] = (
    {f"{Rhythm.WEEKLY}-{day}": words for day, words in enumerate(WEEKDAYS, start=1)}
    | {f"{Rhythm.MONTHLY}-{day}": format_lazy(_("Every month on day {day}"), day=day) for day in range(1, 29)}
    | {f"{Rhythm.TERMLY}-0": _("Every term, on 15 September, 15 January and 1 May")}
)


def next_due(rhythm: str, day: int, *, after: dt.date) -> dt.date:
    """The first day it is due after this one."""
    if rhythm == Rhythm.WEEKLY:
        return after + dt.timedelta(days=(day - 1 - after.weekday() - 1) % 7 + 1)
    if rhythm == Rhythm.MONTHLY:
        here = after.replace(day=day)
        return here if here > after else (after.replace(day=1) + dt.timedelta(days=31)).replace(day=day)
    days = (dt.date(year, month, on) for year in (after.year, after.year + 1) for month, on in TERMS)
    return next(one for one in days if one > after)


def receivers_of(schedule: ReportSchedule) -> QuerySet:
    """The roles of today that get it: each holder, of people who may sign in."""
    here = StaffRole.objects.current().filter(organisation=schedule.organisation_id, kind=schedule.role)
    return here.filter(user__is_active=True).select_related("user")

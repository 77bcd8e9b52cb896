"""M8: how the site is used, day by day. Nobody is behind the numbers; a day's are there when it is over."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from prospectus.models import SearchMiss
from providers.models import Area
from reporting.models import PageKind, ReaderKind, SiteUse
from reporting.queries.reports.kinds import (
    LINE,
    NONE,
    UNCOUNTED,
    Column,
    Filter,
    Lines,
    OverTime,
    Report,
    Row,
    Scope,
    Sort,
)

OWN, ALL, SHARED = "own", "all", "shared"
TRUNCATED: dict[str, Any] = {"week": TruncWeek("day"), "day": F("day"), "month": TruncMonth("day")}
LASTS = {"91": _("13 weeks"), "30": _("30 days"), "400": _("13 months")}
NUMBERS = ("visits", "visitors", "pages", "minutes")


def _areas(scope: Scope) -> list[tuple[str, Any]]:
    own, shared = (OWN, scope.organisation.area.name), (SHARED, _("Addresses that all areas share"))
    if scope.kind != "help_desk":
        return [own, shared]
    others = Area.objects.visible_to(scope.user).exclude(pk=scope.organisation.area_id).order_by("name")
    return [own, (ALL, _("All areas together")), shared, *others.values_list("slug", "name")]


def _lines_of(scope: Scope) -> list[tuple[str, Any]]:
    return [
        ("week", _("Week")), ("day", _("Day")), ("month", _("Month")), ("reader", _("Kind of reader")),
        ("page", _("Kind of page")),
    ]  # fmt: skip


def _lasts(scope: Scope) -> list[tuple[str, Any]]:
    return [*LASTS.items()]


def _readers(scope: Scope) -> list[tuple[str, Any]]:
    return [("", _("Everybody")), *ReaderKind.choices]


def rows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for each week, day or month, the newest first, or for each kind of reader or page, the most used first.
    Two queries. A period that is not over, and today, are as far as yesterday."""
    by, since = asked["by"], _since(asked)
    used = _where(SiteUse.objects.all(), scope, asked).filter(day__gte=since)
    if asked["of"]:
        used = used.filter(reader=asked["of"])
    used = used.exclude(page="") if by == "page" else used.filter(page="")
    used, line = (used, by) if by in ("reader", "page") else (used.annotate(line=TRUNCATED[by]), "line")
    found = {
        one.pop(line): one for one in used.order_by().values(line).annotate(**{name: Sum(name) for name in NUMBERS})
    }
    if by in ("reader", "page"):
        words = dict(ReaderKind.choices) | dict(PageKind.choices)
        lines = sorted(found, key=lambda one: -found[one]["visits"])
        return [_row(str(words[one]), found[one], None, is_of_pages=by == "page") for one in lines]
    missed = _missed(scope, asked, since)
    nothing = dict.fromkeys(NUMBERS, 0)
    return [
        _row(_words(by, day), found.get(day, nothing), None if missed is None else missed.get(day, 0))
        for day in _days(by, first=min([*found, *(missed or {})], default=None))
    ]


def _where(rows: QuerySet, scope: Scope, asked: Mapping[str, str]) -> QuerySet:
    """Those of the area that was chosen."""
    where = asked["where"]
    if where == ALL:
        return rows.filter(Q(area=None) | Q(area__is_practice=False))
    if where == SHARED:
        return rows.filter(area=None)
    return rows.filter(area=scope.organisation.area_id) if where == OWN else rows.filter(area__slug=where)


def _missed(scope: Scope, asked: Mapping[str, str], since: dt.date) -> dict[dt.date, int] | None:
    """How many searches found nothing in each period; None where it is asked about some readers only, for nobody is
    behind a search."""
    if asked["of"]:
        return None
    missed = _where(SearchMiss.objects.all(), scope, asked).filter(day__gte=since, day__lt=clock.today())
    found = missed.order_by().values_list(TRUNCATED[asked["by"]]).annotate(Sum("times"))
    return dict(found)


def _since(asked: Mapping[str, str]) -> dt.date:
    """The first day: of the whole week or month in which it would be."""
    return _first_of(asked["by"], clock.today() - dt.timedelta(days=int(asked["last"])))


def _first_of(by: str, day: dt.date) -> dt.date:
    if by == "week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else day


def _days(by: str, *, first: dt.date | None) -> list[dt.date]:
    """The first day of each period from the first there is anything of to that of yesterday, the newest first."""
    if first is None:
        return []
    yesterday = clock.today() - dt.timedelta(days=1)
    days = [first + dt.timedelta(days=number) for number in range((yesterday - first).days + 1)]
    return sorted({_first_of(by, day) for day in days}, reverse=True)


def _words(by: str, day: dt.date) -> str:
    said = date_format(day, "M Y" if by == "month" else "j M Y")
    return gettext("%(period)s, so far") % {"period": said} if _first_of(by, clock.today()) == day else said


def _row(line: str, one: Mapping[str, int], missed: int | None, *, is_of_pages: bool = False) -> Row:
    visits = one["visits"]
    each = [round(one[name] / visits, 1) if visits else str(NONE) for name in ("pages", "minutes")]
    if is_of_pages:
        each = [str(UNCOUNTED)] * 2
    return line, visits, one["visitors"], one["pages"], *each, str(UNCOUNTED) if missed is None else missed


def lines(asked: Mapping[str, str], rows: Sequence[Row]) -> Lines | None:
    """Visits and visitors over time, from the oldest on, without a week or month that is not over."""
    by = asked["by"]
    if by not in TRUNCATED:
        return None
    still_open = _words(by, _first_of(by, clock.today()))
    drawn: list[Any] = [row for row in rows[::-1] if row[0] != still_open]
    if len(drawn) < 2:
        return None
    (first, before, *_rest), (last, now, *_rest) = drawn[0], drawn[-1]
    return Lines(
        [row[0] for row in drawn],
        [(str(VISITS), [row[1] for row in drawn]), (str(VISITORS), [row[2] for row in drawn])],
        gettext("Visits: %(now)s (%(last)s); %(before)s (%(first)s).")
        % {"first": first, "before": f"{before:,}", "last": last, "now": f"{now:,}"},
    )


def _whose(scope: Scope) -> Any:
    return _(
        "Counted without cookies, and without keeping who it was. Browsers that ask not to be followed are left out, "
        "so that there is more use than is counted."
    )


VISITS, VISITORS = _("Visits"), _("Visitors a day, together")
PAGES = _("pages shown")
SITE_USE = Report(
    name="site-use",
    title=_("Use of the site"),
    about=_("Visits, visitors, pages and minutes, and searches that found nothing."),
    roles=("officer", "help_desk"),
    filters=(
        Filter("where", _("Area"), _areas), Filter("by", _("A line for each"), _lines_of),
        Filter("last", _("Of the last"), _lasts), Filter("of", _("Readers"), _readers),
    ),
    columns=(
        Column(LINE, _("What the line is about, as chosen; a week by its Monday."), PAGES, Sort.TEXT),
        Column(VISITS, _("Pages one visitor was shown, until none followed for 30 minutes. A kind of page: visits with "
               "such a page."), PAGES),
        Column(VISITORS, _("Different ones on each day, added up: who comes on five days counts five times, for nobody "
               "is known again the next day. Accounts of who is signed in, otherwise devices of one address and kind: "
               "a room of the same computers may count as one."), PAGES),
        Column(_("Pages"), _("Pages shown to somebody. Parts of pages, files, errors and robots are none."), PAGES),
        Column(_("Pages a visit"), _("On average."), PAGES, Sort.DAYS),
        Column(_("Minutes a visit"), _("On average, from its first to its last page; one of a single page has none."),
               PAGES, Sort.DAYS),
        Column(_("Searches without result"), _("About this area, by everybody."), _("searches")),
    ),
    rows=rows,
    drawn=OverTime(1, lines),
    whose=_whose,
    nothing=_("A day’s use can be read when it is over."),
    see_also=("prospectus:misses", _("Which words found nothing")),
)  # fmt: skip

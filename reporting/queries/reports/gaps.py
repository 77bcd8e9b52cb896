"""M6: what was looked for, wished for or applied for and is not there."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, F, Max
from django.utils.translation import gettext_lazy as _

from applications.models import ChoiceRun
from core import clock
from prospectus.queries.unmet import GROUPS, Few, searches_without_result, wishes
from reporting.queries.reports.answering import choices_counted, entry_years
from reporting.queries.reports.kinds import (
    OTHERS,
    ROUNDED,
    Bars,
    Column,
    Crowd,
    Filter,
    Report,
    Row,
    Scope,
    Sort,
    of_area,
    told,
)
from reporting.queries.reports.supply import LEARNER, NOT_SAID

NOTHING, WISH, FULL, RESERVE = _("Search without a result"), _("Wish"), _("Turned down as full"), _("On a reserve list")


def _kinds(scope: Scope) -> list[tuple[str, Any]]:
    return [("all", _("All")), ("nothing", NOTHING), ("wish", WISH), ("full", FULL), ("reserve", RESERVE)]


def _days(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(days), _("The last %(days)s days") % {"days": days}) for days in (90, 30, 365)]


def _by(scope: Scope) -> list[tuple[str, Any]]:
    names = (_("Subject"), _("Level"), _("Words"), _("Postcode district"))
    return list(zip(("subject", "level", "words", "outcode"), names, strict=True))


def rows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for each thing that is missing, kind by kind, the most frequent first. At most six queries.

    Words are shown where enough people used them, as to who keeps the search words. Of applications everything is
    rounded to 5; courses with fewer than 10 are one line.
    """
    since = clock.today() - dt.timedelta(days=int(asked["days"]))
    area = scope.organisation.area
    lines: list[Row] = []
    if asked["kind"] in ("all", "nothing"):
        found, few = searches_without_result(since=since, area=area)
        lines += _counted(NOTHING, found.values_list("words", "times", "last_on"), few, area)
    if asked["kind"] in ("all", "wish"):
        found, few = wishes(by=asked["by"] if asked["by"] in GROUPS else "subject", since=since, area=area)
        lines += _counted(WISH, found.values_list("name", "times", "last_on"), few, area)
    sent = choices_counted(scope, entry_year=asked["year"])
    if asked["kind"] in ("all", "full"):
        full = sent.filter(refusal_reason="full")
        lines += _courses(FULL, full)
    if asked["kind"] in ("all", "reserve"):
        lines += _courses(RESERVE, sent.filter(status="reserve_list"))
    return lines


def _counted(kind: Any, found: Any, few: Few, area: Any) -> Iterator[Row]:
    for name, times, last_on in found:
        yield str(kind), name or str(NOT_SAID), str(area), times, last_on
    if few.times:
        yield str(kind), str(OTHERS), str(area), few.times, None


def _courses(kind: Any, choices: Any) -> Iterator[Row]:
    runs = ChoiceRun.objects.filter(choice__in=choices.values("pk")).order_by()
    grouped = runs.values_list("run__course__title", "run__course__provider__name").annotate(
        times=Count("choice", distinct=True), last=Max(F("choice__status_at__date")), crowd=Crowd(LEARNER)
    )
    few, others = 0, 0
    for title, provider, times, last_on, crowd in grouped.order_by("-times", "run__course__title"):
        shown = told(times, crowd)
        if shown is None:
            few, others = few + times, others ^ crowd
        else:
            yield str(kind), title, provider, shown, last_on
    if few:
        yield str(kind), str(OTHERS), "", told(few, others), None


GAPS = Report(
    name="gaps",
    title=_("Gaps"),
    about=_("What people looked for, wished for or applied for and did not get."),
    roles=("officer",),
    filters=(
        Filter("kind", _("Show"), _kinds), Filter("days", _("Searches and wishes of"), _days),
        Filter("by", _("Wishes by"), _by), Filter("year", _("Applications for"), entry_years),
    ),
    columns=(
        Column(_("Gap"), _("What it is that somebody did not get."), _("prospectus, answers"), Sort.TEXT),
        Column(_("What"), _("The words of a search, what was wished for, or the course."), _("prospectus"), Sort.TEXT),
        Column(_("Where"), _("The area, or the provider of the course."), _("prospectus"), Sort.TEXT),
        Column(_("Times"), _("How often in the time chosen; applications for the year chosen."),
               _("searches, wishes, answers")),
        Column(_("Last"), _("The last day it happened."), _("searches, wishes, answers"), Sort.DATE),
    ),
    rows=rows,
    drawn=Bars(3),
    whose=of_area(_("Of searches and wishes in the area, and of applications to its providers. Words are shown where "
                    "enough people used them."), ROUNDED),
)  # fmt: skip

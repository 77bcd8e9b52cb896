"""Every report there is."""

from typing import Any

from providers.queries import role_kinds_but_advice
from reporting.queries.reports.answering import ANSWERING
from reporting.queries.reports.demand import DEMAND
from reporting.queries.reports.gaps import GAPS
from reporting.queries.reports.kinds import (
    Column,
    Report,
    Row,
    Scope,
    Sort,
    as_asked,
    as_shown,
    asked_of,
    in_words,
    roles_that_read,
    scope_of,
)
from reporting.queries.reports.reach import REACHED
from reporting.queries.reports.runs import RUNS, Listing
from reporting.queries.reports.supply import SUPPLY
from reporting.queries.reports.together import TOGETHER
from reporting.queries.reports.travel import DISTANCE, TRAVEL
from reporting.queries.reports.use import SITE_USE
from reporting.queries.reports.where import WHERE

REPORTS = {
    report.name: report
    for report in (ANSWERING, SUPPLY, DEMAND, GAPS, TRAVEL, DISTANCE, REACHED, TOGETHER, WHERE, RUNS, SITE_USE)
}
READERS = frozenset(role for report in REPORTS.values() for role in report.roles)


def reads_reports(user: Any) -> bool:
    """Whether there is a report for this person at all: not for who manages an advice service. No query of its own."""
    return not READERS.isdisjoint(role_kinds_but_advice(user))


def reports_of(user: Any) -> list[Report]:
    """Those this person reads. One query."""
    held = set(roles_that_read(user, READERS).values_list("kind", flat=True))
    return [report for report in REPORTS.values() if not held.isdisjoint(report.roles)]


__all__ = [
    "READERS",
    "REPORTS",
    "Column",
    "Listing",
    "Report",
    "Row",
    "Scope",
    "Sort",
    "as_asked",
    "as_shown",
    "asked_of",
    "in_words",
    "reads_reports",
    "reports_of",
    "scope_of",
]

"""Every report there is."""

from typing import Any

from reporting.queries.reports.answering import ANSWERING
from reporting.queries.reports.kinds import (
    Column,
    Report,
    Row,
    Scope,
    Sort,
    asked_of,
    in_words,
    roles_that_read,
    scope_of,
)
from reporting.queries.reports.supply import SUPPLY

REPORTS = {report.name: report for report in (ANSWERING, SUPPLY)}
READERS = frozenset(role for report in REPORTS.values() for role in report.roles)


def reports_of(user: Any) -> list[Report]:
    """Those this person reads. One query."""
    held = set(roles_that_read(user, READERS).values_list("kind", flat=True))
    return [report for report in REPORTS.values() if not held.isdisjoint(report.roles)]


__all__ = [
    "READERS",
    "REPORTS",
    "Column",
    "Report",
    "Row",
    "Scope",
    "Sort",
    "asked_of",
    "in_words",
    "reports_of",
    "scope_of",
]

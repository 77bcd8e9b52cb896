"""Every report there is."""

from reporting.queries.reports.answering import ANSWERING
from reporting.queries.reports.kinds import Column, Report, Row, Scope, Sort, asked_of, in_words, scope_of

REPORTS = {report.name: report for report in (ANSWERING,)}
READERS = frozenset(role for report in REPORTS.values() for role in report.roles)

__all__ = ["READERS", "REPORTS", "Column", "Report", "Row", "Scope", "Sort", "asked_of", "in_words", "scope_of"]

"""One report as a CSV file."""

from collections.abc import Iterator, Sequence
from typing import Any

from core.sheets import csv_lines
from reporting.queries.reports import Listing, Report, Row, as_shown

NOT_SHOWN = "not shown"  # a number that is hidden; where there is none, words stand in its row


def write_csv(report: Report, rows: Sequence[Row], *, out: Any, **_facts: Any) -> None:
    """What stays in the database is written by PostgreSQL itself, and empty there where nothing is known."""
    report, rows = as_shown(report, rows)
    headings = [str(column.words) for column in report.columns]
    if isinstance(rows, Listing):
        for line in csv_lines(headings, ()):
            out.write(line.replace("\r\n", "\n").encode())
        for part in rows.as_csv():
            out.write(part)
        return
    for line in csv_lines(headings, _cells(rows)):
        out.write(line.encode())


def _cells(rows: Sequence[Row]) -> Iterator[list[Any]]:
    for row in rows:
        yield [NOT_SHOWN if cell is None else cell for cell in row]

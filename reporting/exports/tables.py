"""One report as a CSV file, or as a workbook with contents, figures and definitions."""

import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from core.sheets import csv_lines, harmless
from reporting.queries.reports import Report, Row, Sort

NUMBER_FORMATS = {Sort.TEXT: "@", Sort.NUMBER: "#,##0", Sort.DAYS: "0.0", Sort.PERCENT: "0%"}
WIDE, NARROW = 40, 14
NOT_SHOWN = "not shown"


class Format(NamedTuple):
    """A kind of file."""

    words: str
    content_type: str
    write: Callable[..., bytes]


def file_of(form: str, report: Report, rows: Sequence[Row], *, said: Sequence[tuple[str, str]], on: dt.date) -> bytes:
    """The file. ``said``: what was chosen, in words; ``on``: the day whose figures these are."""
    return FORMATS[form].write(report, rows, said=said, on=on)


def _csv(report: Report, rows: Sequence[Row], **_facts: Any) -> bytes:
    headings = [str(column.words) for column in report.columns]
    return "".join(csv_lines(headings, _cells(rows))).encode()


def _cells(rows: Sequence[Row]) -> Iterator[list[Any]]:
    for row in rows:
        yield [NOT_SHOWN if cell is None else cell for cell in row]


def _xlsx(report: Report, rows: Sequence[Row], *, said: Sequence[tuple[str, str]], on: dt.date) -> bytes:
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, options) as book:
        title = str(report.title)
        # The day and not the moment, so that a second file of the same figures is the same file.
        made = dt.datetime(on.year, on.month, on.day)  # noqa: DTZ001 - a workbook knows no zones
        book.set_properties({"title": title, "author": settings.PORTAL_NAME, "created": made})
        bold = book.add_format({"bold": True})
        sheets = [(_("Figures"), _("the numbers")), (_("Definitions"), _("what each column means"))]
        contents = [
            [title],
            [str(report.about)],
            [_("As it stood on"), date_format(on, "j F Y")],
            *([name, value] for name, value in said),
            [],
            *([name, what] for name, what in sheets),
        ]
        _sheet(book, _("Contents"), contents, bold)
        _figures(book, sheets[0][0], report, rows, bold)
        means = [[_("Column"), _("What it means"), _("From")]]
        means += [[str(one.words), str(one.means), str(one.source)] for one in report.columns]
        _sheet(book, sheets[1][0], means, bold)
    return content.getvalue()


def _sheet(book: Workbook, name: str, lines: Sequence[Sequence[str]], bold: Any) -> None:
    """A sheet of words, the first line bold."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 2, WIDE)
    for at, line in enumerate(lines):
        for place, cell in enumerate(line):
            sheet.write_string(at, place, harmless(cell), bold if at == 0 else None)


def _figures(book: Workbook, name: str, report: Report, rows: Sequence[Row], bold: Any) -> None:
    """The numbers as numbers; percents as parts of 1, as spreadsheets have them."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(report.columns):
        form = book.add_format({"num_format": NUMBER_FORMATS[column.sort]})
        sheet.set_column(place, place, WIDE if column.sort is Sort.TEXT else NARROW, form)
        sheet.write_string(0, place, str(column.words), bold)
    for at, row in enumerate(rows, start=1):
        for place, (column, cell) in enumerate(zip(report.columns, row, strict=True)):
            if isinstance(cell, (int, float)):
                sheet.write_number(at, place, cell / 100 if column.sort is Sort.PERCENT else cell)
            else:
                sheet.write_string(at, place, NOT_SHOWN if cell is None else harmless(cell))
    sheet.autofilter(0, 0, len(rows), len(report.columns) - 1)


FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8", _csv),
    "xlsx": Format("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}

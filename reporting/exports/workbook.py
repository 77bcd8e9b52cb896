"""One report as a workbook: contents, figures with their real types, and definitions."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from rustpy_xlsxwriter import FastExcel, Format

from core.errors import RuleBroken
from core.sheets import harmless
from reporting.exports.tables import NOT_SHOWN
from reporting.queries.reports import Listing, Report, Row, Sort, as_shown

NUMBER_FORMATS = {
    Sort.TEXT: "@", Sort.NUMBER: "#,##0", Sort.DAYS: "0.0", Sort.MILES: "0.0", Sort.RATIO: "0.0",
    Sort.DEGREES: "0.0000", Sort.PERCENT: "0%", Sort.DATE: "yyyy-mm-dd",
}  # fmt: skip
WIDE, NARROW = 40.0, 14.0
CHUNK = 2**20
MOST_ROWS = 2**20 - 1  # and the headings
PROPERTIES = "docProps/core.xml"
SAID_OF = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>\
<dcterms:created xsi:type="dcterms:W3CDTF">{on}T00:00:00Z</dcterms:created></cp:coreProperties>"""


def write_workbook(
    report: Report,
    rows: Sequence[Row],
    *,
    said: Sequence[tuple[str, str]],
    whose: str,
    on: dt.date,
    out: Any,
    **_facts: Any,
) -> None:
    """Row by row, so that memory does not grow with them.

    Raises: RuleBroken ``too_long`` (more lines than a sheet can hold).
    """
    if len(rows) > MOST_ROWS:
        raise RuleBroken(_("A workbook can hold 1,048,575 lines. Make a CSV file of so many."), code="too_long")
    report, rows = as_shown(report, rows)
    sheets = [(_("Figures"), _("the numbers")), (_("Definitions"), _("what each column means"))]
    contents = [
        (str(report.about), ""),
        (whose, ""),
        (_("As it stood on"), date_format(on, "j F Y")),
        *said,
        *sheets,
    ]
    means = [(column.words, column.means, column.source) for column in report.columns]
    with TemporaryFile() as file:
        book = FastExcel(file).format(bold_headers=True, na_rep="" if isinstance(rows, Listing) else NOT_SHOWN)
        book.freeze(row=1, sheet=sheets[0][0])
        book.sheet(_("Contents"), _words([str(report.title), " "], contents), column_width=WIDE)
        book.sheet(
            sheets[0][0],
            _figures(report, rows),
            column_formats=[Format().set_num_format(NUMBER_FORMATS[column.sort]) for column in report.columns],
            column_widths=[WIDE if column.sort is Sort.TEXT else NARROW for column in report.columns],
            autofilter=True,
        )
        headings = [_("Column"), _("What it means"), _("From")]
        book.sheet(sheets[1][0], _words(headings, means), column_width=WIDE)
        book.save()
        title, author = escape(str(report.title)), escape(settings.PORTAL_NAME)
        _dated(file, out, properties=SAID_OF.format(title=title, author=author, on=on.isoformat()))


def _words(headings: Sequence[str], lines: Sequence[Sequence[Any]]) -> list[dict[str, str]]:
    return [dict(zip(headings, (harmless(str(cell)) for cell in line), strict=True)) for line in lines]


def _figures(report: Report, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """The numbers as numbers; percents as parts of 1, as spreadsheets have them. Without rows one that is empty, for
    headings are made of the first."""
    headings = [str(column.words) for column in report.columns]
    texts = [place for place, column in enumerate(report.columns) if column.sort is Sort.TEXT]
    percents = [place for place, column in enumerate(report.columns) if column.sort is Sort.PERCENT]
    is_empty = True
    for row in rows:
        cells = list(row)
        for place in texts:
            cells[place] = harmless(cells[place])
        for place in percents:
            if isinstance(part := cells[place], int):
                cells[place] = part / 100
        is_empty = False
        yield dict(zip(headings, cells, strict=True))
    if is_empty:
        yield dict.fromkeys(headings, "")


def _dated(file: IO[bytes], out: Any, *, properties: str) -> None:
    """The workbook with other properties: the day and not the moment, so that a second file of the same figures is the
    same file. Its sheets are passed on as they are packed. To be deleted when the writer can be told a date."""
    with zipfile.ZipFile(file) as book, TemporaryFile() as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as dated:
            for part in book.infolist():
                if part.filename == PROPERTIES:
                    dated.writestr(zipfile.ZipInfo(PROPERTIES), properties)
                else:
                    _pass_on(file, part, dated)
        made.seek(0)
        while chunk := made.read(CHUNK):
            out.write(chunk)


def _pass_on(file: IO[bytes], part: zipfile.ZipInfo, to: zipfile.ZipFile) -> None:
    """The part stands in the other archive, without being unpacked."""
    file.seek(part.header_offset + 26)
    name, extra = (int.from_bytes(file.read(2), "little") for _size in range(2))
    file.seek(name + extra, io.SEEK_CUR)
    assert to.fp is not None  # noqa: S101 - it is open
    to.fp.seek(to.start_dir)
    part.header_offset, part.flag_bits = to.fp.tell(), part.flag_bits & ~0x08
    to.fp.write(part.FileHeader())
    left = part.compress_size
    while left and (chunk := file.read(min(CHUNK, left))):
        to.fp.write(chunk)
        left -= len(chunk)
    to.start_dir = to.fp.tell()
    to.filelist.append(part)
    to.NameToInfo[part.filename] = part

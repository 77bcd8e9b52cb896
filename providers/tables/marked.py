"""A spreadsheet for people to work on: all of it with what is wrong beside each row."""

import codecs
import csv
import datetime as dt
import io
import math
import tempfile
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import PurePath
from typing import IO

from django.utils.text import slugify
from xlsxwriter import Workbook

from core.sheets import harmless
from providers.models import Upload
from providers.tables.kinds import Cell, squeezed
from providers.tables.sheet import Sheet
from providers.tables.text import delimiter_of, encoding_of
from providers.uploads import MarkedFile

TO_MEND = "What to mend"  # readers pass this column by
MOST_IN_A_CELL = 32_767  # characters, says Excel
CHUNK = 2**16
BATCH = 500  # rows
LARGE = 2**19  # bytes of a workbook, some thousand rows
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Iterator[tuple[int, list[Cell]]]


def marked_file(
    sheet: Sheet, upload: Upload, words: Mapping[int, str], *, told: Collection[str], page: str
) -> MarkedFile:
    """The table of the open file with one more column: a text file in the encoding and with the delimiter it came with,
    anything else as a workbook; a large one as CSV, because a workbook can only be sent once it is whole. Titles above
    the headings stay, so every row keeps its number. The file is read while the content is."""
    name = f"{slugify(PurePath(upload.file_name).stem)[:60] or 'file'}-to-mend"
    rows = sheet.marked(TO_MEND, words, sheet.corrections) if sheet.marked else _marked(sheet, words)
    if sheet.kind == "text":
        file = upload.file.file
        encoding = _encoding(file, [*words.values(), *upload.corrections.values()])
        content = _lines(rows, encoding, delimiter_of(file, encoding, told))
        return MarkedFile(f"{name}.csv", f"text/csv; charset={encoding}", content)
    if upload.file_size > LARGE:
        return MarkedFile(f"{name}.csv", "text/csv; charset=utf-8", _lines(rows, "utf-8-sig", ","))
    return MarkedFile(f"{name}.xlsx", XLSX, _pieces(_workbook(rows, sheet, page)))


def _marked(sheet: Sheet, words: Mapping[int, str]) -> Rows:
    """Every row as it came, corrections in their places, and what is wrong under a heading of its own."""
    width = len(sheet.headings)
    own = next((at for at, heading in enumerate(sheet.headings) if squeezed(heading) == squeezed(TO_MEND)), width)
    touched = {row for row, _place in sheet.corrections}
    corrected = {number: cells for number, cells in sheet.rows() if number in touched} if touched else {}
    for number, written in sheet.numbered():
        cells = list(written) + [""] * (width - len(written))
        if number in corrected:
            cells[:width] = corrected[number]
        said = TO_MEND if number == sheet.heading_row else words.get(number, "")
        yield number, [*cells[:own], said, *cells[own + (own < width) :]]


def _encoding(file: IO[bytes], words: list[str]) -> str:
    """The one it came in, or UTF-8 where what is added cannot be said in it."""
    encoding = encoding_of(file)
    if encoding == "utf-8-sig":
        file.seek(0)
        return encoding if file.read(3) == codecs.BOM_UTF8 else "utf-8"
    try:
        "".join(words).encode(encoding)
    except UnicodeEncodeError:
        return "utf-8-sig"
    return encoding


def _lines(rows: Rows, encoding: str, delimiter: str) -> Iterator[bytes]:
    """Written while it is sent: however large the file is, nobody waits for its end."""
    encoder = codecs.getincrementalencoder(encoding)(errors="replace")
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        lines = io.StringIO(newline="")
        csv.writer(lines, delimiter=delimiter).writerows(
            [harmless(as_text(cell)) for cell in cells] for _number, cells in batch
        )
        yield encoder.encode(lines.getvalue())


def as_text(cell: Cell) -> str:
    return cell.strftime("%d/%m/%Y") if isinstance(cell, dt.date) else str(cell)


def _workbook(rows: Rows, sheet: Sheet, page_name: str) -> IO[bytes]:
    content = tempfile.TemporaryFile()  # noqa: SIM115 - closed when its last piece has been sent
    book = Workbook(content, {"constant_memory": True})
    page = book.add_worksheet(page_name)
    bold = book.add_format({"bold": True})
    wrong = book.add_format({"bg_color": "#fff2cc", "text_wrap": True, "valign": "top"})
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    page.set_column(0, len(sheet.headings), 20)
    page.freeze_panes(sheet.heading_row, 0)
    for number, cells in rows:
        for place, cell in enumerate(cells):
            if cell in ("", None) or (isinstance(cell, float) and not math.isfinite(cell)):
                continue  # an endless number is read as nothing, and no workbook can hold it
            if isinstance(cell, bool):
                page.write_boolean(number - 1, place, cell)
            elif isinstance(cell, int | float):
                page.write_number(number - 1, place, cell)
            elif isinstance(cell, dt.date):
                page.write_datetime(number - 1, place, dt.datetime.combine(cell, dt.time()), date)
            else:
                is_said = place == len(sheet.headings) and number != sheet.heading_row
                kind = bold if number == sheet.heading_row else wrong if is_said else None
                page.write_string(number - 1, place, harmless(cell)[:MOST_IN_A_CELL], kind)
    book.close()
    return content


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        content.seek(0)
        while piece := content.read(CHUNK):
            yield piece

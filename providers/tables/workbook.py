"""Workbooks of Excel, LibreOffice and their like."""

import datetime as dt
import re
import zipfile
from collections.abc import Collection, Iterator
from typing import IO, NamedTuple

from lxml import etree
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from providers.packed import DAMAGED, LOCKED, MOST_BYTES, check_packed
from providers.tables.kinds import Cell, Table
from providers.tables.older import made_safe
from providers.uploads import FileRefused

MOST_CELLS = 12_000_000  # a reader keeps every cell between the first and the last: about 300 MB
MOST_SHEETS = 50
AS_IT_IS = frozenset((str, int, float, bool, dt.date))
TOO_WIDE = (
    "A sheet of this file is far larger than a list of courses: delete the empty rows and columns and save it again."
)


class Bounds(NamedTuple):
    """How much of a workbook is read at most: what a worker can hold, or less where a page waits for it."""

    cells: int = MOST_CELLS
    unpacked: int = MOST_BYTES
    words: str = TOO_WIDE


OF_A_WORKER = Bounds()
FAR_COLUMN = re.compile(rb""" r ?= ?["']([A-Za-z]{2,})(?=\d)""")
FAR_ROW = re.compile(rb""" r ?= ?["'][A-Za-z]*(\d{5,})["']""")
# No program writes these: four letters, zeros before a number, and more texts than any list has, for which the reader
# makes room before it has seen one (and the process ends where there is not enough).
NEVER_WRITTEN = re.compile(rb""" r ?= ?["'](?:[A-Za-z]{4}|[A-Za-z]+0|0{3})""")
NEVER_COUNTED = re.compile(rb"""ount(?:(?<= count)|(?<= uniqueCount)) ?= ?["'][\d&][^"'<]{7,}""")
# Anything but A1 to Z9999 and 1 to 9999: where there is none, none of the above but the last needs looking for.
FAR = re.compile(rb""" r ?= ?["'](?![A-Za-z]?[1-9]\d{0,3}["'])""")
# Every white space is one space: nothing stands too far apart to be seen, and patterns that begin with a plain
# character are looked for ten times faster.
BLANK = bytes(ord(" ") if chr(byte) in "\t\n\r\f\v" else byte for byte in range(256))
SPACES = re.compile(rb" {2,}")


def tables(file: IO[bytes], kind: str, _told: Collection[str], *, bounds: Bounds = OF_A_WORKER) -> Iterator[Table]:
    """Every sheet that people see, in the order of the workbook. Raises: FileRefused."""
    if kind == "xlsx":
        _require_bounded(file, bounds)
    elif kind == "ods":
        _require_bounded_ods(file, bounds)
    else:
        file = made_safe(file, most_cells=bounds.cells, too_wide=bounds.words)
    file.seek(0)
    book = _safely(CalamineWorkbook.from_filelike, file)
    for sheet in book.sheets_metadata[:MOST_SHEETS]:
        if sheet.visible is SheetVisibleEnum.Visible:
            content = _safely(book.get_sheet_by_name, sheet.name)
            yield Table(sheet.name, lambda content=content: _rows(content))


def _safely(read, *args):  # type: ignore[no-untyped-def]
    """What the library answers; its faults, even its panics, are the file's."""
    try:
        return read(*args)
    except PasswordError as error:
        raise FileRefused(LOCKED) from error
    except (CalamineError, ValueError, OverflowError, OSError) as error:
        raise FileRefused(DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the library throws where its own code gave up
            raise
        raise FileRefused(DAMAGED) from error


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [cell if type(cell) in AS_IT_IS else _value(cell) for cell in cells]


def _value(cell: object) -> Cell:
    """A date is a date; a moment that is not midnight, and a time, are words."""
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds") if cell.time() != dt.time() else cell.date()
    if isinstance(cell, bool | int | float | dt.date):
        return cell
    return str(cell)


def _require_bounded(file: IO[bytes], bounds: Bounds) -> None:
    """No sheet has a cell so far out that everything before it would fill the memory. Raises: FileRefused.

    Every part is looked at: a workbook may keep its sheets under any name.
    """
    seen: dict[str, tuple[int, int]] = {}
    tails: dict[str, bytes] = {}
    unpacked = 0

    def watch(name: str, piece: bytes) -> None:
        nonlocal unpacked
        unpacked += len(piece)
        if unpacked > bounds.unpacked:
            raise FileRefused(bounds.words)
        piece = (tails.get(name, b"") + piece).translate(BLANK)
        if b"  " in piece:
            piece = SPACES.sub(b" ", piece)
        tails[name] = piece[-32:]
        if NEVER_COUNTED.search(piece):
            raise FileRefused(bounds.words)
        if not FAR.search(piece):
            return
        column, row = seen.get(name, (26, 10_000))
        column = max(
            [column, *(_number(letters[:4]) for letters in {each.upper() for each in FAR_COLUMN.findall(piece)})]
        )
        row = max([row, *(int(digits.lstrip(b"0")[:8] or b"0") for digits in set(FAR_ROW.findall(piece)))])
        seen[name] = (column, row)
        if column * row > bounds.cells or NEVER_WRITTEN.search(piece):
            raise FileRefused(bounds.words)

    check_packed(file, watch=watch)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _require_bounded_ods(file: IO[bytes], bounds: Bounds) -> None:
    """The same for a sheet that says "a million times the same" in one element. Raises: FileRefused.

    Names are looked at without their namespaces: the reader that comes next does not ask for these either.
    """
    cells = 0
    try:
        with zipfile.ZipFile(file) as archive, archive.open("content.xml") as content:
            if archive.getinfo("content.xml").file_size > bounds.unpacked:
                raise FileRefused(bounds.words)
            rows = etree.iterparse(
                content, tag="{*}table-row", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
            )
            for _event, row in rows:
                width = last = 0
                for cell in row.iterchildren(etree.Element):
                    width += _times(cell, "columns")
                    if len(cell) or any(name.endswith("value") for name, _value in cell.items()):
                        last = width
                cells += last * _times(row, "rows")
                if cells > bounds.cells:
                    raise FileRefused(bounds.words)
                row.clear()
    except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise FileRefused(DAMAGED) from error


def _times(element: etree._Element, what: str) -> int:
    """How often the element stands for itself."""
    said = [value for name, value in element.items() if name.endswith(f"number-{what}-repeated")]
    return max([1, *(int(value[:9]) for value in said)])

"""Tables in text files: whichever encoding and delimiter they were written in."""

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from itertools import islice
from typing import IO

from providers.tables.kinds import UTF_16_MARKS, Cell, Table, is_plain_utf_16, squeezed
from providers.uploads import FileRefused

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 40  # records from which the delimiter is told
CHUNK = 2**18
LONGEST = 131_072  # characters of one cell: the csv module's own limit


class Written(io.RawIOBase):
    """The file as the text layer wants it; closing the text does not close the file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        file.seek(0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def tables(file: IO[bytes], _kind: str, told: Collection[str]) -> Iterator[Table]:
    """The one table of a text file."""
    encoding = encoding_of(file)
    delimiter = delimiter_of(file, encoding, told)
    yield Table("", lambda: _rows(file, encoding, delimiter))


def encoding_of(file: IO[bytes]) -> str:
    """UTF-16 by its mark or its zeros, UTF-8 where the whole file is, and otherwise what Windows wrote in Europe."""
    file.seek(0)
    head = file.read(4096)
    if head.startswith(UTF_16_MARKS):
        return "utf-16"
    if is_plain_utf_16(head):
        return "utf-16-le" if not any(head[1::2]) else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while piece := file.read(CHUNK):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def delimiter_of(file: IO[bytes], encoding: str, told: Collection[str]) -> str:
    """What stands between the cells: what makes the most known headings, or else the most cells."""

    def worth(delimiter: str) -> tuple[int, int]:
        rows = [cells for _number, cells in islice(_rows(file, encoding, delimiter), LOOKED_AT)]
        known = max((sum(squeezed(str(cell)) in told for cell in cells) for cells in rows), default=0)
        return known, max((len(cells) for cells in rows), default=0)

    return max(DELIMITERS, key=worth)


def _rows(file: IO[bytes], encoding: str, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    lines = io.TextIOWrapper(io.BufferedReader(Written(file), CHUNK), encoding, errors="replace", newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_without_hint(lines), delimiter=delimiter), start=1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise FileRefused(
            f"Row {number + 1:,} cannot be read: a cell is longer than {LONGEST:,} characters. A quotation mark is "
            "open and never closed, perhaps. Save the file again from a spreadsheet program."
        ) from error


def _without_hint(lines: io.TextIOWrapper) -> Iterator[str]:
    """Without the first line by which Excel tells itself the delimiter; Excel does not show it as a row."""
    first = next(lines, "")
    if not (first.lower().startswith("sep=") and len(first.strip()) <= len("sep=,")):
        yield first
    yield from lines

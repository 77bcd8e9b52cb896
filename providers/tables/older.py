"""Workbooks of Excel 5 to 2003 (.xls), looked at and packed anew before the reader sees them.

The reader makes room for whatever numbers such a file says of itself: five kilobytes can ask for more memory than there
is, which ends the whole process and cannot be caught. So the one stream with the sheets is taken out here, its records
are walked, and what goes on to the reader is that stream in a plain container of ours.
"""

import io
import struct
from collections.abc import Iterator
from typing import IO

from providers.packed import DAMAGED
from providers.uploads import FileRefused

MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = 512
NO_SECTOR = 0xFFFFFFFA  # from here on a number is no sector but a sign: the end of a chain, free, and the like
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
ENTRY = 128
SMALL_STREAM = 4096  # a stream below this is kept in little sectors of their own
STREAMS = ("Workbook", "Book")
OUR_SECTOR = 4096
MOST_SHEETS = 256  # of which the reader reads each
MOST_WALKED = 3  # times the stream: sheets may not all be said to lie in the same place

BEGIN, LAST, SHEET, SIZE, TEXTS = 0x0809, 0x000A, 0x0085, 0x0200, 0x00FC
CELLS = frozenset({
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x7E, 0xBD, 0xBE, 0xD6, 0xFD,
    0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, 0x0406,
})  # fmt: skip
SEVERAL = frozenset({0xBD, 0xBE})  # one record for several cells of a row; its last two bytes are the last column
PLACE = struct.Struct("<HH")


def made_safe(file: IO[bytes], *, most_cells: int, too_wide: str) -> IO[bytes]:
    """The workbook with nothing in it but its sheets. Raises: FileRefused."""
    file.seek(0)
    try:
        stream = bytearray(_Container(file.read()).stream())
        cells = _look_through(stream)
    except (struct.error, IndexError) as error:
        raise FileRefused(DAMAGED) from error
    if cells > most_cells:
        raise FileRefused(too_wide)
    return io.BytesIO(_contained(bytes(stream)))


class _Container:
    """The file as its own little file system."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        (power,) = struct.unpack_from("<H", content, 30)
        if power not in (9, 12):
            raise FileRefused(DAMAGED)
        self.size = 1 << power
        self.count = len(content) // self.size + 1
        directory, self.small_table, further = struct.unpack_from("<I8xI4xI", content, 48)
        tables = list(struct.unpack_from("<109I", content, 76))
        while further < NO_SECTOR and len(tables) <= self.count + self.size:
            *more, further = self._numbers(further)
            tables += more
        self.table = [number for at in tables if at < NO_SECTOR for number in self._numbers(at)]
        self.entries = self._chain(directory)

    def stream(self) -> bytes:
        """The stream with the workbook in it."""
        root = None
        named: dict[str, tuple[int, int]] = {}
        for at in range(0, len(self.entries) - ENTRY + 1, ENTRY):
            length, kind = struct.unpack_from("<HB", self.entries, at + 64)
            name = self.entries[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", self.entries, at + 116)
            if kind == 5 and root is None:
                root = start
            elif kind == 2:
                named.setdefault(name, (start, size))
        for name in STREAMS:
            if name in named:
                start, size = named[name]
                whole = self._small_chain(root, start) if size < SMALL_STREAM else self._chain(start)
                return whole[:size]
        raise FileRefused(DAMAGED)

    def _sector(self, number: int) -> bytes:
        at = max(HEADER, self.size) + number * self.size
        piece = self.content[at : at + self.size]
        if not piece:
            raise IndexError(number)
        return piece.ljust(self.size, b"\0")

    def _numbers(self, number: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self.size // 4}I", self._sector(number))

    def _chain(self, start: int) -> bytes:
        pieces: list[bytes] = []
        while start < NO_SECTOR:
            if len(pieces) > self.count:
                raise FileRefused(DAMAGED)  # it leads round in a ring
            pieces.append(self._sector(start))
            start = self.table[start]
        return b"".join(pieces)

    def _small_chain(self, root: int | None, start: int) -> bytes:
        held = self._chain(END if root is None else root)
        table = struct.unpack(f"<{len(chain := self._chain(self.small_table)) // 4}I", chain)
        pieces: list[bytes] = []
        while start < NO_SECTOR and len(pieces) * 64 < SMALL_STREAM:
            pieces.append(held[start * 64 : start * 64 + 64])
            start = table[start]
        return b"".join(pieces)


def _look_through(stream: bytearray) -> int:
    """How many cells the reader would keep. Sizes that are only said, never needed, are taken out of the stream."""
    begins = []
    for kind, at, length in _records(stream, 0):
        if kind == SHEET:
            begins.append(struct.unpack_from("<I", stream, at)[0])
        elif kind == TEXTS and struct.unpack_from("<I", stream, at + 4)[0] > len(stream):
            raise FileRefused(DAMAGED)
        elif kind == SIZE:
            stream[at : at + length] = bytes(length)
    if len(begins) > MOST_SHEETS:
        raise FileRefused(DAMAGED)
    cells = walked = 0
    for begin in begins:
        found, length = _look_through_sheet(stream, begin, most=MOST_WALKED * len(stream) - walked)
        cells, walked = cells + found, walked + length
    return cells


def _look_through_sheet(stream: bytearray, begin: int, *, most: int) -> tuple[int, int]:
    """The cells between the first and the last of one sheet, and how many bytes it is long."""
    rows = columns = walked = 0
    for kind, at, length in _records(stream, begin):
        walked += 4 + length
        if walked > most or kind == TEXTS:  # the texts belong to the workbook
            raise FileRefused(DAMAGED)
        if kind == SIZE:
            stream[at : at + length] = bytes(length)
        elif kind in CELLS and length >= PLACE.size:
            row, column = PLACE.unpack_from(stream, at)
            last = struct.unpack_from("<H", stream, at + length - 2)[0] if kind in SEVERAL else 0
            rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
    return rows * columns, walked


def _records(stream: bytearray, at: int) -> Iterator[tuple[int, int, int]]:
    """What each record is, where its content begins and how long it is, to the end of this part and of those in it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = PLACE.unpack_from(stream, at)
        at += 4
        if at + length > len(stream):
            raise FileRefused(DAMAGED)
        yield kind, at, length
        depth += (kind == BEGIN) - (kind == LAST)
        if kind == LAST and depth <= 0:
            return
        at += length


def _contained(stream: bytes) -> bytes:
    """A container with this one stream, in large sectors: first its table, then its directory, then the stream."""
    stream = stream.ljust(max(SMALL_STREAM, -(-len(stream) // OUR_SECTOR) * OUR_SECTOR), b"\0")
    of_stream = len(stream) // OUR_SECTOR
    in_table = OUR_SECTOR // 4
    tables = -(-(of_stream + 2) // (in_table - 1))  # each has room for itself, too
    first = tables + 1
    numbers = [FAT] * tables + [END] + [first + place for place in range(1, of_stream)] + [END]
    numbers += [FREE] * (tables * in_table - len(numbers))
    # The reader wants the root to begin somewhere, although nothing of it is used.
    entries = _entry("Root Entry", 5, tables, 0, child=1) + _entry(STREAMS[0], 2, first, len(stream))
    header = MARK + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 4, 0xFFFE, 12, 6)
    header += struct.pack("<9I", 1, tables, tables, 0, SMALL_STREAM, END, 0, END, 0)
    header += struct.pack("<109I", *range(tables), *[FREE] * (109 - tables))
    table = struct.pack(f"<{len(numbers)}I", *numbers)
    return header.ljust(OUR_SECTOR, b"\0") + table + entries.ljust(OUR_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, *, child: int = FREE) -> bytes:
    written = f"{name}\0".encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written), kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)

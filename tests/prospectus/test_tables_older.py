"""Workbooks of Excel 5 to 2003, of which the reader believes every size that they say of themselves."""

import io
import random
import struct

import pytest

from providers.packed import DAMAGED
from providers.tables.older import made_safe
from providers.tables.workbook import MOST_CELLS, TOO_WIDE, tables
from providers.uploads import FileRefused

SECTOR = 512
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
FAR = (65_535, 255, "far out")


def record(kind, content=b""):
    return struct.pack("<HH", kind, len(content)) + content


def begin(kind):
    return record(0x0809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def label(row, column, words):
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(words), 1) + words.encode("utf-16-le"))


def book(*sheets, rows=None, texts=b"", places=1):
    """The stream of a workbook; each sheet said to be there ``places`` times, and to have so many ``rows``."""
    size = record(0x0200, struct.pack("<IIHHH", 0, rows, 0, 256, 0)) if rows else b""
    bodies = [begin(0x10) + size + b"".join(label(*cell) for cell in cells) + record(0x0A) for cells in sheets]

    def head(at):
        named = [
            record(0x85, struct.pack("<IBBBB", at + sum(map(len, bodies[:number])), 0, 0, 2, 0) + b"S%d" % number)
            for number in range(len(bodies))
        ]
        return begin(5) + texts + b"".join(named * places) + record(0x0A)

    return head(len(head(0))) + b"".join(bodies)


def xls(stream, *, said=None):
    """A file with this one stream, which is ``said`` to be so long."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    sectors = len(stream) // SECTOR
    in_table = SECTOR // 4
    table_sectors = -(-(sectors + 2) // (in_table - 1))
    first = table_sectors + 1
    table = [0xFFFFFFFD] * table_sectors + [END] + [first + 1 + at for at in range(sectors - 1)] + [END]
    table += [FREE] * (table_sectors * in_table - len(table))

    def entry(name, kind, start, size, child=FREE):
        written = f"{name}\0".encode("utf-16-le")
        head = written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written), kind, 1, FREE, FREE, child)
        return head + bytes(36) + struct.pack("<IQ", start, size)

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, table_sectors, table_sectors, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *range(table_sectors), *[FREE] * (109 - table_sectors))
    entries = entry("Root Entry", 5, END, 0, 1) + entry("Workbook", 2, first, said or len(stream))
    return header + struct.pack(f"<{len(table)}I", *table) + entries.ljust(SECTOR, b"\0") + stream


def rows_of(content):
    return [[cells for _number, cells in table.numbered()] for table in tables(io.BytesIO(content), "xls", ())]


def test_what_is_in_it_is_read():
    content = xls(book([(0, 0, "Course title"), (1, 0, "Plumbing"), (1, 2, "Day")], [(0, 0, "Notes")]))

    assert rows_of(content) == [[["Course title", "", ""], ["Plumbing", "", "Day"]], [["Notes"]]]


def test_a_large_one_is_read_to_its_end():
    cells = [(row, 0, f"Course {row} " + "x" * 200) for row in range(7_000)]

    (found,) = rows_of(xls(book(cells)))

    assert len(found) == 7_000
    assert found[-1] == [cells[-1][2]]


def test_cells_far_out_on_several_sheets_are_more_than_the_memory_holds():
    content = xls(book([(0, 0, "Course title"), FAR], [(0, 0, "Course title"), FAR]))

    with pytest.raises(FileRefused, match="far larger than a list of courses"):
        rows_of(content)


def test_one_sheet_said_to_be_there_many_times_is_as_many():
    far = (60_000, 20, "far out")
    assert len(rows_of(xls(book([far])))) == 1

    with pytest.raises(FileRefused, match="far larger than a list of courses"):
        rows_of(xls(book([far], places=12)))


def test_a_size_that_is_only_said_asks_for_no_memory():
    """Without this the process ends: the reader makes room for 8,000,000,000 cells, and nobody can catch that."""
    content = xls(book([(0, 0, "Course title")], rows=0x1FFFFFFF))

    assert rows_of(content) == [[["Course title"]]]


def test_more_texts_than_there_are_bytes_are_not_believed():
    content = xls(book([(0, 0, "Course title")], texts=record(0xFC, struct.pack("<II", 1, 0x7FFFFFFF))))

    with pytest.raises(FileRefused, match=DAMAGED[:20]):
        rows_of(content)


def test_a_stream_is_no_longer_than_its_file():
    content = xls(book([(0, 0, "Course title")]), said=0xF0000000)

    assert rows_of(content) == [[["Course title"]]]


def test_a_chain_that_leads_round_in_a_ring_is_refused():
    content = bytearray(xls(book([(0, 0, "Course title")])))
    content[SECTOR + 2 * 4 : SECTOR + 3 * 4] = struct.pack("<I", 2)  # the first sector of the stream follows itself

    with pytest.raises(FileRefused, match=DAMAGED[:20]):
        rows_of(bytes(content))


def test_whatever_is_spoilt_in_it_is_refused_with_a_sentence_or_read():
    whole, chance = xls(book([(0, 0, "Course title"), (1, 0, "Plumbing")])), random.Random(4)  # noqa: S311
    said = set()
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            content[chance.randrange(2_400)] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
        try:
            made_safe(io.BytesIO(bytes(content)), most_cells=MOST_CELLS, too_wide=TOO_WIDE)
        except FileRefused as refusal:
            said.add(str(refusal))

    assert said <= {DAMAGED, TOO_WIDE}
    assert DAMAGED in said

"""A workbook as Excel 97 wrote it: school systems of that age still do. Only texts and numbers, on one sheet."""

import struct

END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SECTOR = 512


def xls(rows):
    """The bytes of a workbook whose one sheet has these rows. Source: [MS-XLS] and [MS-CFB]."""
    globals_length = len(_globals(0))
    return _in_compound_file(_globals(globals_length) + _sheet(rows))


def _record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def _begin(what):
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, what, 0, 1997, 0, 0))


def _globals(sheet_at):
    name = b"Roll"
    sheet = _record(0x0085, struct.pack("<IBBBB", sheet_at, 0, 0, len(name), 0) + name)
    return _begin(0x0005) + _record(0x0042, struct.pack("<H", 1200)) + sheet + _record(0x000A)


def _sheet(rows):
    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            at = struct.pack("<HHH", row, column, 0)
            if isinstance(value, int | float):
                cells += _record(0x0203, at + struct.pack("<d", value))
            else:
                cells += _record(0x0204, at + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _begin(0x0010) + cells + _record(0x000A)


def _in_compound_file(stream):
    stream = stream.ljust(4096, b"\0")  # shorter ones would go into a stream of small ones
    number = -(-len(stream) // SECTOR)
    chain = [FAT, END, *range(3, number + 2), END]
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    table = struct.pack(f"<{SECTOR // 4}I", *chain, *[FREE] * (SECTOR // 4 - len(chain)))
    folder = _entry("Root Entry", 5, END, 0, child=1) + _entry("Workbook", 2, 2, len(stream), child=FREE)
    return header + table + folder.ljust(SECTOR, b"\0") + stream.ljust(number * SECTOR, b"\0")


def _entry(name, kind, start, size, *, child):
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)

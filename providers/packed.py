"""What can be said of a zipped document before any program unpacks it: workbooks and documents are zipped XML.

Nothing is believed that the archive says of itself. Every part is unpacked once, piece by piece and without being kept,
so that what a reader would have to hold is known before a reader is let near it.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from providers.uploads import FileRefused

MOST_PARTS = 2_000
MOST_BYTES = 400 * 2**20  # unpacked
MOST_RATIO = 150  # a real workbook of 200,000 equal rows is below 100
SMALL = 2**20  # below this a ratio says nothing
CHUNK = 2**18
LOCAL_HEADER = struct.Struct("<4s22xHH")
DAMAGED = "The file is damaged, or is not what its name says. Open it, save it again and hand it over."
BOMB = "Unpacked, this file would be far larger than any list of records. Save it again as a plain spreadsheet."
MACROS = "This file has macros in it. Save it without macros (.xlsx, .ods or .csv) and hand it over again."
LOCKED = "This file is protected with a password. Save it without one and hand it over again."
ENTITIES = "This file has a document type or entities in it, which no spreadsheet program writes. Save it again."
MACRO_PARTS = ("vbaproject", "vbadata", "macrosheets/", "basic/", "scripts/", "activex/")
Watcher = Callable[[str, bytes], None]


def check_packed(file: IO[bytes], *, watch: Watcher | None = None) -> frozenset[str]:
    """The names of the parts of an archive that is safe to read. ``watch`` is given every part's name and pieces.

    Raises: FileRefused with one sentence: damaged, a zip bomb, macros, a password, entities.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, struct.error) as error:
        raise FileRefused(DAMAGED) from error
    names = [part.filename.replace("\\", "/") for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise FileRefused(BOMB)
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused(LOCKED)
    if any(_is_macro(name) for name in names):
        raise FileRefused(MACROS)
    if len({name.lower() for name in names}) < len(names):
        raise FileRefused(DAMAGED)  # two readers could take different ones
    total = packed = 0
    for part, name in zip(parts, names, strict=True):
        total += _unpack(file, part, name, most=MOST_BYTES - total, watch=watch)
        packed += part.compress_size
    if total > SMALL and total > MOST_RATIO * max(packed, 1):
        raise FileRefused(BOMB)
    file.seek(0)
    return frozenset(names)


def _is_macro(name: str) -> bool:
    name = name.lower()
    return any(name.startswith(part) or f"/{part}" in name for part in MACRO_PARTS)


def _unpack(file: IO[bytes], part: zipfile.ZipInfo, name: str, *, most: int, watch: Watcher | None) -> int:
    """How many bytes the part really is. Raises: FileRefused."""
    is_xml = name.lower().endswith((".xml", ".rels", ".rdf", ".vml"))
    size, tail = 0, b""
    try:
        for piece in _pieces(file, part):
            size += len(piece)
            if size > most:
                raise FileRefused(BOMB)
            if is_xml:
                tail = _require_plain(tail + piece)
            if watch:
                watch(name, piece)
    except (struct.error, zlib.error, EOFError) as error:
        raise FileRefused(DAMAGED) from error
    if size != part.file_size:
        raise FileRefused(DAMAGED)
    return size


def _pieces(file: IO[bytes], part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part unpacked, whatever its size is said to be. Raises: struct.error, zlib.error, EOFError where broken."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise EOFError
    file.seek(part.header_offset)
    mark, name_length, extra_length = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    if mark != b"PK\x03\x04":
        raise EOFError
    file.seek(name_length + extra_length, 1)
    inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    left = part.compress_size
    while left > 0:
        raw = file.read(min(CHUNK, left))
        if not raw:
            raise EOFError
        left -= len(raw)
        while inflate and raw:
            yield inflate.decompress(raw, CHUNK)
            raw = inflate.unconsumed_tail
        if raw:
            yield raw
    if inflate and not inflate.eof:
        raise EOFError


def _require_plain(piece: bytes) -> bytes:
    """The end of the piece, which may hold the beginning of what is looked for. Raises: FileRefused."""
    plain = piece.replace(b"\0", b"")  # UTF-16 too
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise FileRefused(ENTITIES)
    return piece[-24:]

"""Files in pieces that are rows: written in the transaction that makes them, read one piece at a time."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reporting.models import ReportRun, ReturnRun

PART_BYTES = 2**20  # packed
PIECE_BYTES = 2**20


class Parts:
    """A file to write to whose pieces are rows of ``run``. What was not finished is no file. Each row takes along what
    ``beside`` says of it."""

    def __init__(self, run: ReportRun | ReturnRun, *, beside: Callable[[], Mapping[str, Any]] = dict) -> None:
        self.run, self.number, self.beside = run, 0, beside
        self.packer = zlib.compressobj()
        self.waiting = bytearray()

    def write(self, data: bytes) -> None:
        self.waiting += self.packer.compress(data)
        if len(self.waiting) >= PART_BYTES:
            self._put()

    def finish(self) -> None:
        self.waiting += self.packer.flush()
        self._put()

    def _put(self) -> None:
        self.run.parts.create(number=self.number, packed=bytes(self.waiting), **self.beside())
        self.number += 1
        self.waiting.clear()


def pieces(run: ReportRun | ReturnRun) -> Iterator[bytes]:
    """The file, piece by piece: none larger than ``PIECE_BYTES``, however well it was packed."""
    unpacker = zlib.decompressobj()
    for packed in run.parts.values_list("packed", flat=True).iterator(chunk_size=1):
        rest = bytes(packed)
        while rest:
            yield unpacker.decompress(rest, PIECE_BYTES)
            rest = unpacker.unconsumed_tail
    yield unpacker.flush()

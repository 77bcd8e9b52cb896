"""What kind of file it is, by what is in it: names and endings of files are whatever somebody's computer made them."""

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from core.sheets import FORMULA_STARTS
from providers.packed import DAMAGED, LOCKED, check_packed
from providers.uploads import FileRefused

Cell = str | int | float | bool | dt.date
HEAD = 4096
MOST_COLUMNS = 400  # of one table, or of one part of a file with several
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How files begin that are no table, and what to call them.
OTHERS = {
    b"%PDF": "a PDF", b"\x1f\x8b": "a compressed file", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture", b"MZ": "a program", b"{\\rtf": "a document in RTF", b"\x7fELF": "a program",
    b"Rar!": "a compressed file", b"7z\xbc\xaf": "a compressed file", b"SQLite": "a database",
}  # fmt: skip
NOTHING = "There is nothing in this file. Choose the file that has your records in it."
EXACT = 10**15  # whole numbers that a spreadsheet keeps to the last figure
NEUTRALISED = re.compile(rf"'+[{re.escape(''.join(FORMULA_STARTS))}]")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass
class Table:
    """One table of a file: every row with its number, from the beginning each time it is asked."""

    name: str
    numbered: Callable[[], Iterator[tuple[int, list[Cell]]]]


def squeezed(text: str) -> str:
    """The letters and figures of a heading: what two spellings of it have in common."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def is_blank(cell: Cell) -> bool:
    return not cell.strip() if isinstance(cell, str) else cell is None


def words_of(cell: Cell) -> str:
    """The cell as somebody would type it. The apostrophe that keeps a formula from being run is gone."""
    if isinstance(cell, str):
        return cell[1:] if cell[:1] == "'" and NEUTRALISED.match(cell) else cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else format(Decimal(repr(cell)), "f")
    return "" if cell is None else str(cell)


def is_xml(file: IO[bytes]) -> bool:
    """Whether the file is XML, or wants to be: a feed is read by another reader than a table."""
    file.seek(0)
    head = file.read(HEAD).replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe")
    head = head.removeprefix(b"\xfe\xff").lstrip()
    file.seek(0)
    return head.startswith(b"<") or not head


def kind_of_file(file: IO[bytes]) -> str:
    """xlsx, xls, ods, word or text.

    Raises: FileRefused for anything else, and for a zipped file that is not safe to unpack.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK"):
        return _packed(file)
    if head.startswith(OLE):
        return _ole(file)
    for mark, words in OTHERS.items():
        if head.startswith(mark):
            raise FileRefused(
                f"This is {words}. Save your list as a spreadsheet (.xlsx, .ods or .csv) and hand it over."
            )
    if b"\0" in head and not head.startswith(UTF_16_MARKS) and not is_plain_utf_16(head):
        raise FileRefused("This is not a spreadsheet. Save your list as .xlsx, .ods or .csv and hand it over.")
    if not head.strip():
        raise FileRefused(NOTHING)
    return "text"


def is_plain_utf_16(head: bytes) -> bool:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    return len(head) > 1 and (not any(head[1::2]) or not any(head[0::2]))


def _packed(file: IO[bytes]) -> str:
    names = check_packed(file)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "word/document.xml" in names:
        return "word"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if "xl/workbook.bin" in names:
        raise FileRefused("This is a binary Excel workbook (.xlsb). Save it as .xlsx and hand it over.")
    raise FileRefused("This zipped file is no spreadsheet. Unpack it, and hand over the spreadsheet that is in it.")


def _ole(file: IO[bytes]) -> str:
    """Streams of an older Office file have their names in it as UTF-16."""
    file.seek(0)
    content = file.read()
    file.seek(0)

    def has(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        raise FileRefused(LOCKED)
    if has("_VBA_PROJECT"):
        raise FileRefused("This file has macros in it. Save it as .xlsx, without macros, and hand it over.")
    if has("WordDocument"):
        raise FileRefused("This is an older Word document (.doc). Save it as .docx and hand it over.")
    if has("Workbook") or has("Book"):
        return "xls"
    raise FileRefused(DAMAGED)

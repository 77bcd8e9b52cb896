"""A text file from a school's system as rows of cells, whatever its encoding and delimiter."""

import codecs
import csv
import io
from collections.abc import Iterable

from providers.uploads import FileRefused

DELIMITERS = ",;\t|"


def read_table(content: bytes) -> list[list[str]]:
    """Every record of the file; the first is what a spreadsheet shows as row 1.

    Raises: FileRefused when this is not a text file with columns.
    """
    text = _decode(content)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False))
    except csv.Error:
        raise FileRefused(
            "The columns of this file cannot be told apart: probably a quotation mark is missing. "
            "Export it again from your school system."
        ) from None


def _decode(content: bytes) -> str:
    if not content.strip():
        raise FileRefused("This file is empty. Export the roll again from your school system.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileRefused("This is a spreadsheet workbook. Open it, save it as CSV and upload that file.")
    if content.lstrip(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        raise FileRefused("This is an XML file or a web page. Export the roll as CSV and upload that file.")
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileRefused("This is not a text file. Export the roll as CSV from your school system.")


def _encodings(content: bytes) -> Iterable[str]:
    """The encodings to try, the surest first. Windows-1252 reads almost anything, so it comes last."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if content[1:2] == b"\0":
        return ("utf-16-le",)
    if content[:1] == b"\0":
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _delimiter(text: str) -> str:
    """The sign that stands most often in one of the first lines, where titles and headings are."""
    lines = text.split("\n", 12)[:12]
    return max(DELIMITERS, key=lambda sign: max(line.count(sign) for line in lines))

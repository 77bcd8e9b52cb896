"""Tables in Word documents: many a paper prospectus is one."""

import zipfile
from collections.abc import Collection, Iterator
from typing import IO

from lxml import etree

from providers.packed import DAMAGED
from providers.tables.kinds import Cell, Table
from providers.uploads import FileRefused

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_TABLES = 200


def tables(file: IO[bytes], _kind: str, _told: Collection[str]) -> Iterator[Table]:
    """Every table of the document, from the top. Raises: FileRefused."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive, archive.open("word/document.xml") as content:
            found = [
                [[_text(cell) for cell in _cells(row)] for row in table.iterchildren(f"{W}tr")]
                for _event, table in etree.iterparse(
                    content, tag=f"{W}tbl", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
                )
            ]
    except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError) as error:
        raise FileRefused(DAMAGED) from error
    if not found:
        raise FileRefused("There is no table in this document. Put your courses into a table, one row each.")
    for number, rows in enumerate(found[:MOST_TABLES], start=1):
        yield Table(f"Table {number}", lambda rows=rows: iter(enumerate(rows, start=1)))


def _cells(row: etree._Element) -> Iterator[etree._Element | None]:
    """The cells of a row; one that spans several columns stands in the first of them."""
    for cell in row.iterchildren(f"{W}tc", f"{W}sdt"):
        if cell.tag == f"{W}sdt":
            yield from cell.iterdescendants(f"{W}tc")
            continue
        yield cell
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        for _ in range(min(_number(span), 60) - 1):
            yield None


def _number(span: etree._Element | None) -> int:
    said = span.get(f"{W}val", "1") if span is not None else "1"
    return int(said) if said.isdecimal() and len(said) < 4 else 1


def _text(cell: etree._Element | None) -> Cell:
    """The words of a cell; its paragraphs with an empty line between."""
    if cell is None:
        return ""
    paragraphs = []
    for paragraph in cell.iterdescendants(f"{W}p"):
        found = paragraph.iterdescendants(f"{W}t", f"{W}tab", f"{W}br")
        parts = [(part.text or "") if part.tag == f"{W}t" else " " for part in found]
        paragraphs.append("".join(parts).strip())
    return "\n\n".join(filter(None, paragraphs))

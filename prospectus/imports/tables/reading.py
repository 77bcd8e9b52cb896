"""A spreadsheet somebody handed over, whatever program made it: its headings, and its rows as people see them."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import IO

from prospectus.headings import are_of_courses, names, squeezed
from prospectus.imports.tables import sections
from providers.tables import text, word, workbook
from providers.tables.kinds import MOST_COLUMNS, Table, kind_of_file
from providers.tables.sheet import Corrections, Sheet, written
from providers.uploads import FileRefused

MOST_ABOVE = 40  # rows of titles and notes above the headings
FEWEST_KNOWN = 2  # headings that must be recognised for a table to be one of courses or sites
NO_HEADINGS = (
    "No row of this file has headings that are known here, such as “Course title” and “Starts on”. "
    "Put the headings in the first row, or use the spreadsheet on the upload page."
)


def open_table(
    file: IO[bytes],
    *,
    corrections: Corrections | Sequence[tuple[int, int]] = (),
    known: Mapping[str, str] | None = None,
) -> Sheet:
    """The table of the file that looks most like one of courses or sites.

    ``corrections`` are {(row number, place of the column, from 0): value}, laid over what the file says. ``known`` are
    headings, squeezed, that this provider has explained before. Raises: FileRefused with one sentence.
    """
    kind = kind_of_file(file)
    reader = {"text": text.tables, "word": word.tables}.get(kind, workbook.tables)
    told = {*names(), *(known or {})}
    best: tuple[int, int, Table] | None = None
    for table in reader(file, kind, told):
        if flat := sections.flattened(table):
            return Sheet(
                kind, flat.headings, flat.heading_row, flat.numbered, dict(corrections), "sections", flat.marked
            )  # fmt: skip
        number, found = _headings(table, told)
        if found and (best is None or found > best[0]):
            best = (found, number, table)
    if best is None:
        raise FileRefused(NO_HEADINGS)
    _found, number, table = best
    cells = next(cells for at, cells in table.numbered() if at == number)
    headings = [written(cell) for cell in cells[:MOST_COLUMNS]]
    while headings and not headings[-1]:
        headings.pop()
    return Sheet(kind, headings, number, table.numbered, dict(corrections))


def _headings(table: Table, told: set[str]) -> tuple[int, int]:
    """The number of the row with the most known headings, and how many they are; 0 where no row will do."""
    best = (0, 0)
    for number, cells in islice(table.numbered(), MOST_ABOVE):
        found = frozenset(name for cell in cells[:MOST_COLUMNS] if (name := squeezed(written(cell))) in told)
        if len(found) > max(best[1], FEWEST_KNOWN - 1) and are_of_courses(found):
            best = (number, len(found))
    return best

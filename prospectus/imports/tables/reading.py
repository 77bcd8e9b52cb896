"""A spreadsheet somebody handed over, whatever program made it: its headings, and its rows as people see them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from prospectus.headings import are_of_courses, names, squeezed
from prospectus.imports.tables import sections, text, word, workbook
from prospectus.imports.tables.kinds import MOST_COLUMNS, Cell, Table, kind_of_file
from providers.uploads import FileRefused

MOST_ABOVE = 40  # rows of titles and notes above the headings
MOST_ROWS = 200_000
FEWEST_KNOWN = 2  # headings that must be recognised for a table to be one of courses or sites
NO_HEADINGS = (
    "No row of this file has headings that are known here, such as “Course title” and “Starts on”. "
    "Put the headings in the first row, or use the spreadsheet on the upload page."
)
Corrections = Mapping[tuple[int, int], Any]


@dataclass
class Sheet:
    """One table of a file.

    ``headings`` are as written, "" where a column has none. ``rows`` gives the number of each row that has anything in
    it, as the spreadsheet shows it, and one value for every heading. It can be read again from its beginning.
    """

    kind: str
    headings: list[str]
    heading_row: int
    numbered: Callable[[], Iterator[tuple[int, list[Cell]]]]
    corrections: Corrections = field(default_factory=dict)
    shape: str = "flat"

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Raises: FileRefused where there are too many rows, or the file is found to be broken further down."""
        width, read = len(self.headings), 0
        corrected: dict[int, dict[int, Any]] = {}
        for (row, column), value in self.corrections.items():
            corrected.setdefault(row, {})[column] = value
        for number, written in self.numbered():
            if number <= self.heading_row:
                continue
            cells = (written + [""] * (width - len(written)))[:width]
            for column, value in corrected.get(number, {}).items():
                if column < width:
                    cells[column] = value
            if not any(cell not in ("", None) for cell in cells):
                continue
            read += 1
            if read > MOST_ROWS:
                raise FileRefused(f"This file has more than {MOST_ROWS:,} rows. Hand it over in parts.")
            yield number, cells


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
            return Sheet(kind, flat.headings, flat.heading_row, flat.numbered, dict(corrections), "sections")
        number, found = _headings(table, told)
        if found and (best is None or found > best[0]):
            best = (found, number, table)
    if best is None:
        raise FileRefused(NO_HEADINGS)
    _found, number, table = best
    cells = next(cells for at, cells in table.numbered() if at == number)
    headings = [_written(cell) for cell in cells[:MOST_COLUMNS]]
    while headings and not headings[-1]:
        headings.pop()
    return Sheet(kind, headings, number, table.numbered, dict(corrections))


def _headings(table: Table, told: set[str]) -> tuple[int, int]:
    """The number of the row with the most known headings, and how many they are; 0 where no row will do."""
    best = (0, 0)
    for number, cells in islice(table.numbered(), MOST_ABOVE):
        found = frozenset(name for cell in cells[:MOST_COLUMNS] if (name := squeezed(_written(cell))) in told)
        if len(found) > max(best[1], FEWEST_KNOWN - 1) and are_of_courses(found):
            best = (number, len(found))
    return best


def _written(cell: Cell) -> str:
    return " ".join(str(cell).split())[:200] if cell not in ("", None) else ""

"""One table of a file with its headings, and its rows as people see them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.tables.kinds import Cell
from providers.uploads import FileRefused

MOST_ROWS = 200_000
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
    # (heading, words, corrections): every row as it came with words beside it, where the shape has a way of its own.
    marked: Callable[[str, Mapping[int, str], Corrections], Iterator[tuple[int, list[Cell]]]] | None = None

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Raises: FileRefused where there are too many rows, or the file is found to be broken further down."""
        width, read = len(self.headings), 0
        corrected: dict[int, dict[int, Any]] = {}
        for (row, column), value in self.corrections.items():
            corrected.setdefault(row, {})[column] = value
        for number, written in self.numbered():
            if number <= self.heading_row:
                continue
            cells = written if len(written) == width else (written + [""] * (width - len(written)))[:width]
            if number in corrected:
                cells = [corrected[number].get(column, cell) for column, cell in enumerate(cells)]
            if not any(cell not in ("", None) for cell in cells):
                continue
            read += 1
            if read > MOST_ROWS:
                raise FileRefused(f"This file has more than {MOST_ROWS:,} rows. Hand it over in parts.")
            yield number, cells


def written(cell: Cell) -> str:
    """A heading as it is written, on one line."""
    return " ".join(str(cell).split())[:200] if cell not in ("", None) else ""

"""The national directory's old file: one text with several tables in it, each under a line with its name.

It is read as one table: the rows of venues say where, those of courses what, and those of opportunities when. Every row
keeps its own number, and what belongs together is found by the codes that the rows name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from prospectus.headings import squeezed
from providers.tables.kinds import MOST_COLUMNS, Cell, Table

VENUES, COURSES, RUNS = "venues", "courses", "opportunities"
NAMES = {"providers", VENUES, COURSES, RUNS}
LOOKED_AT = 40
COURSE_KEYS = {"courseid"}
VENUE_KEYS = {"venueid", "venueidregionname"}


@dataclass
class Flat:
    """The file as one table."""

    table: Table
    headings: list[str]
    heading_row: int
    places: dict[str, list[int]]  # of each section's columns in the one table

    def numbered(self) -> Iterator[tuple[int, list[Cell]]]:
        """Every row of venues, courses and opportunities; the names of sections and their headings are left out."""
        section, is_heading = "", False
        for number, cells in self.table.numbered():
            if name := _section(cells):
                section, is_heading = name, True
            elif is_heading and any(cells):
                is_heading = False
            elif places := self.places.get(section):
                row: list[Cell] = [""] * len(self.headings)
                for place, cell in zip(places, cells, strict=False):
                    row[place] = cell
                yield number, row

    def marked(
        self, heading: str, words: Mapping[int, str], corrections: Mapping[tuple[int, int], Any]
    ) -> Iterator[tuple[int, list[Cell]]]:
        """Every row as it stands in the file, with its corrections, and ``words`` of a row under one more ``heading``
        of its section, or under that one where the section has it already."""
        section, is_heading, said_at = "", False, 0
        for number, written in self.table.numbered():
            cells = list(written)
            if name := _section(cells):
                section, is_heading = name, True
            elif section in self.places and is_heading and any(cells):
                is_heading = False
                squeezed_headings = [squeezed(str(cell)) for cell in cells]
                found = squeezed(heading) in squeezed_headings
                said_at = squeezed_headings.index(squeezed(heading)) if found else len(cells)
                cells[said_at : said_at + 1] = [heading]
            elif (places := self.places.get(section)) and any(cells):
                cells += [""] * (said_at + 1 - len(cells))
                for at, place in enumerate(places):
                    if (number, place) in corrections:
                        cells[at] = corrections[number, place]
                cells[said_at] = words.get(number, "")
            yield number, cells


def flattened(table: Table) -> Flat | None:
    """The file as one table, or None where it is not of this kind."""
    if not any(_section(cells) for _number, cells in islice(table.numbered(), LOOKED_AT)):
        return None
    headings: list[str] = []
    places: dict[str, list[int]] = {}
    section, at = "", 0
    shared: dict[str, int] = {}
    for number, cells in table.numbered():
        if name := _section(cells):
            section = name
        elif section and any(cells):
            at = at or number
            if section != "providers" and section not in places:
                places[section] = [_place(str(cell), headings, shared) for cell in cells[:MOST_COLUMNS]]
            section = ""
    if COURSES not in places and VENUES not in places:
        return None
    first = min(at - 1, 1)
    return Flat(table, headings, max(first, 0), places)


def _section(cells: list[Cell]) -> str:
    """The name of the section that begins here, or ""."""
    if not cells or any(cells[1:]):
        return ""
    name = squeezed(str(cells[0]))
    return name if name in NAMES else ""


def _place(heading: str, headings: list[str], shared: dict[str, int]) -> int:
    """Where a section's column stands in the one table: codes that name another row stand in that row's column."""
    name = squeezed(heading)
    key = "course" if name in COURSE_KEYS else "venue" if name in VENUE_KEYS else ""
    if key and key in shared:
        return shared[key]
    headings.append(heading)
    if key:
        shared[key] = len(headings) - 1
    return len(headings) - 1

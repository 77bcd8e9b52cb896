"""The parts of a course that several providers teach together, in words: a line for each, bars between what it says."""

import re
from collections.abc import Iterable
from typing import NamedTuple

BETWEEN = " | "
SAID = re.compile(r"(\|)|\\(.)|([^|\\]+|\\$)")


class PartWords(NamedTuple):
    """A part as a file says it: what it is called, who teaches it, where (name and postcode) and on which days."""

    name: str
    provider: str = ""
    site: str = ""
    days: str = ""
    ukprn: str = ""  # of who teaches it, where the file has it; it counts before the name

    @property
    def said(self) -> tuple[str, str, str, str]:
        """What a line of it says."""
        return self[:4]


def as_lines(parts: Iterable[PartWords]) -> str:
    """What a cell holds. A bar inside a name has a backslash in front, and so has a backslash."""
    return "\n".join(BETWEEN.join(map(_escaped, _shortened(part.said))) for part in parts)


def from_lines(text: str) -> list[PartWords]:
    """Each line of a cell that says something; what stands behind a fourth bar is the end of the days."""
    rows = [_cells(line) for line in text.splitlines() if line.strip()]
    return [PartWords(*(cell.strip() for cell in (*row[:3], BETWEEN.join(row[3:])))) for row in rows]


def _cells(line: str) -> list[str]:
    """What stands between the bars; a backslash with nothing behind it is one."""
    cells = [""]
    for bar, escaped, plain in SAID.findall(line):
        if bar:
            cells.append("")
        else:
            cells[-1] += escaped or plain
    return cells


def _shortened(said: tuple[str, ...]) -> tuple[str, ...]:
    """Without what is empty at the end."""
    while said and not said[-1]:
        said = said[:-1]
    return said


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")

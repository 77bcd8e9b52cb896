"""A course of a file between its format and our tables: the same shape whatever the file was."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from prospectus.part_words import PartWords


def reference_of(title: str, level: str) -> str:
    """What tells a course without a code of its own apart: its title and level. A new title makes a new course."""
    return f"title:{_key(title)}" + (f":{_key(level)}" if level else "")


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:100]


class Venue(NamedTuple):
    """A place of teaching as a file describes it."""

    reference: str
    name: str
    address: str = ""
    town: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def key(self) -> str:
        """The same for the same place within a file: the provider's own code, or else name and postcode."""
        return self.reference or f"{self.name.lower()}|{self.postcode}"


@dataclass(slots=True)
class RunRecord:
    """One start of a course, not yet checked. ``values`` are named like the columns of ``RunResource``."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    venue: Venue | None = None
    says_all: bool = False  # also what XCRI-CAP has no place for


@dataclass(slots=True)
class CourseRecord:
    """One course with its runs, not yet checked. ``values`` are named like the columns of ``CourseResource``."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    runs: list[RunRecord] = field(default_factory=list)
    says_all: bool = False  # also what XCRI-CAP has no place for
    consortium: str = ""
    requirements: list[dict[str, str]] = field(default_factory=list)
    parts: list[PartWords] | None = None  # of a course taught together; None: nothing is said of them

"""A checked catalogue on its way: courses with their runs and requirements, ready to be staged."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class StagedRun(NamedTuple):
    """A checked run on its way: its line, its values in the order of the run columns, and the key of its place."""

    line: int
    values: Sequence[Any]
    place: str
    says_all: bool = False


class StagedRequirement(NamedTuple):
    """A checked entry requirement on its way, as the columns of EntryRequirement."""

    how_many: int
    qualification_type: str | None
    level: str | None
    grade: str
    subject_words: str
    is_essential: bool


class StagedCourse(NamedTuple):
    """A checked course on its way, with its runs. ``state`` is the one a course new to the portal gets.

    A course that ``says_all`` also has its consortium and its requirements; another keeps those it has here. What
    ``is_more`` only has further runs of a course staged before, whose reference is the first of its values.
    """

    line: int
    values: Sequence[Any]
    state: str
    runs: Sequence[StagedRun]
    says_all: bool = False
    consortium: str = ""
    requirements: Sequence[StagedRequirement] = ()
    is_more: bool = False

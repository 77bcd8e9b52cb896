"""A checked catalogue on its way: courses with their runs and requirements, ready to be staged."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from prospectus.part_words import PartWords

BATCH = 500


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

    A course that ``says_all`` also has its consortium and its requirements; another keeps those it has here. ``parts``
    are those of a course taught together, in the file's words; None: nothing is said of them. What ``is_more`` only
    has further runs of a course staged before, whose reference is the first of its values.
    """

    line: int
    values: Sequence[Any]
    state: str
    runs: Sequence[StagedRun]
    says_all: bool = False
    consortium: str = ""
    requirements: Sequence[StagedRequirement] = ()
    parts: Sequence[PartWords] | None = None
    is_more: bool = False


class Called(NamedTuple):
    """What the file calls its columns of which a check of the whole file speaks."""

    course: str
    run: str
    consortium: str
    parts: str
    site: str


AS_FEEDS_SAY = Called("identifier", "identifier", "consortium", "part", "venue")


def batches(courses: Iterable[StagedCourse]) -> Iterator[tuple[int, list[StagedCourse]]]:
    """Some hundreds at a time, each with the number of its first."""
    first, rest = 0, iter(courses)
    while batch := list(islice(rest, BATCH)):
        yield first, batch
        first += len(batch)

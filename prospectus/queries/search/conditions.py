"""What a filter asks: of a row, as a condition in SQL, and of a set of facets, as values. A test holds both together.

SQL is put together from the constants here; what people send is only ever a value.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from prospectus.queries.search.asking import as_query
from prospectus.queries.search.counts import Counts
from prospectus.queries.search.query import CourseQuery


@dataclass(frozen=True, kw_only=True)
class Facets:
    """What the runs of one set have in common, and whether there are places left."""

    subject_code: str
    levels: tuple[str, ...]
    type_code: str
    kind: str
    stage: str
    study_mode: str
    delivery: str
    pattern: str
    start: str
    start_month: str
    takes_applications: bool
    places: str = ""

    @cached_property
    def values(self) -> dict[str, tuple[str, ...]]:
        """For each filter the values that it has."""
        return {name: one.values(self) for name, one in FILTERS.items()}

    @cached_property
    def pairs(self) -> tuple[int, ...]:
        """Each filter with each value that it has, by number: adding up numbers is twice as fast as adding up words."""
        return tuple(number_of(name, value) for name, values in self.values.items() for value in values)


_NUMBERING = threading.Lock()
_NUMBERS: dict[tuple[str, str], int] = {}
PAIRS: list[tuple[str, str]] = []  # filter and value, by their number, which holds as long as this process


def number_of(name: str, value: str) -> int:
    if (number := _NUMBERS.get((name, value))) is None:
        with _NUMBERING:
            number = _NUMBERS.get((name, value))
            if number is None:
                PAIRS.append((name, value))
                number = _NUMBERS[name, value] = len(PAIRS) - 1
    return number


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One thing that can be asked for. ``is_of_runs``: the runs of one course may differ in it."""

    condition: str
    values: Callable[[Facets], tuple[str, ...]]
    is_of_runs: bool = False


FILTERS = {
    "subject": Filter(
        condition="(sector_code = ANY(%(subject)s::text[]) OR subject_code = ANY(%(subject)s::text[]))",
        values=lambda one: (one.subject_code[:2], one.subject_code) if one.subject_code else (),
    ),
    "level": Filter(condition="levels && %(level)s::varchar[]", values=lambda one: one.levels),
    "type": Filter(condition="type_code = ANY(%(type)s::text[])", values=lambda one: (one.type_code,)),
    "kind": Filter(condition="kind = ANY(%(kind)s::text[])", values=lambda one: (one.kind,)),
    "stage": Filter(condition="stage = ANY(%(stage)s::text[])", values=lambda one: (one.stage,)),
    "mode": Filter(
        condition="study_mode = ANY(%(mode)s::text[])", values=lambda one: (one.study_mode,), is_of_runs=True
    ),
    "delivery": Filter(
        condition="delivery = ANY(%(delivery)s::text[])", values=lambda one: (one.delivery,), is_of_runs=True
    ),
    "pattern": Filter(
        condition="pattern = ANY(%(pattern)s::text[])", values=lambda one: (one.pattern,), is_of_runs=True
    ),
    "start": Filter(condition="start = ANY(%(start)s::text[])", values=lambda one: (one.start,), is_of_runs=True),
    "month": Filter(
        condition="start_month = ANY(%(month)s::text[])", values=lambda one: (one.start_month,), is_of_runs=True
    ),
    "places": Filter(condition="places = ANY(%(places)s::text[])", values=lambda one: (one.places,), is_of_runs=True),
    "apply": Filter(
        condition="takes_applications",
        values=lambda one: ("here",) if one.takes_applications else (),
        is_of_runs=True,
    ),
}
AREA = "area_id = ANY(%(area)s::bigint[])"
CONDITIONS = {"area": AREA} | {name: one.condition for name, one in FILTERS.items()}
OF_RUNS = frozenset(name for name, one in FILTERS.items() if one.is_of_runs)

# What several teach together is found at each of them.
PROVIDER = "(provider_id = ANY(%(provider)s::bigint[]) OR partners && %(provider)s::bigint[])"
# What can be done anywhere is near everybody.
NEAR = "(site_id = ANY(%(near_sites)s::bigint[]) OR delivery = 'online')"

WORDS = f"words @@ {as_query('words')}"
# The index course_description_words has exactly this expression.
DESCRIPTION = f"""course_id IN (
    SELECT c.id FROM prospectus_course c WHERE c.state = 'published' AND
    to_tsvector('prospectus', c.summary || ' ' || c.what_you_do || ' ' || c.who_it_is_for || ' ' || c.leads_to)
    @@ {as_query("words")})"""


def all_of(conditions: list[str]) -> str:
    return " AND ".join(conditions) or "true"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One way to look for the words, and what it counted."""

    query: CourseQuery
    words: str = ""
    condition: str = ""
    titles: tuple[tuple[str, str], ...] = ()  # each subject as a title may have it: in any way, and as it was typed
    apart: tuple[str, ...] = ()  # words that nothing may have together, and then those that something must have each
    mixed: tuple[str, ...] = ()  # several subjects, of each of which there should be some at the top, where apart
    counts: Counts = field(default_factory=Counts)
    is_loosened: bool = False

    @property
    def active(self) -> tuple[str, ...]:
        """The filters that ask for something."""
        return tuple(name for name in CONDITIONS if self.query.filters.get(name))

    @property
    def of_sets(self) -> tuple[str, ...]:
        """Those that a set of facets can answer: all but the area."""
        return tuple(name for name in self.active if name != "area")

    @property
    def is_of_runs(self) -> bool:
        """Some of a course's rows may fit and others not."""
        return self.query.place is not None or not OF_RUNS.isdisjoint(self.active)

    @cached_property
    def values(self) -> dict[str, Any]:
        near = self.query.place.near if self.query.place else ()
        return {
            "words": self.words,
            **{f"title_{at}": words for at, (words, _) in enumerate(self.titles)},
            **{f"direct_{at}": words for at, (_, words) in enumerate(self.titles)},
            **{f"apart_{at}": words for at, words in enumerate(self.apart)},
            **{f"mixed_{at}": words for at, words in enumerate(self.mixed)},
            "provider": list(self.query.providers),
            "own_area": self.query.own_area,
            "near_sites": [site for site, _ in near],
            "near_miles": [miles for _, miles in near],
            **{name: list(values) for name, values in self.query.filters.items()},
        }

    @property
    def begins_with_words(self) -> bool:
        """Whatever the words are, their index is where to begin."""
        return bool(self.words) and self.condition == WORDS and not self.scopes

    @property
    def is_mixed(self) -> bool:
        """Some of each subject come first, then more of each."""
        return bool(self.mixed) and (self.counts.is_apart or not self.apart)

    @property
    def apart_condition(self) -> str:
        """Whether the words name several subjects that no course has together, in SQL."""
        # Each is asked of the index by itself, and only as long as the answer is open.
        each = [
            f"EXISTS (SELECT FROM prospectus_coursesearch WHERE words @@ {as_query(f'apart_{at}')})"
            for at in range(len(self.apart))
        ]
        return " AND ".join("NOT " * (not at) + one for at, one in enumerate(each)) or "false"

    @property
    def scopes(self) -> list[str]:
        """Where: near the place, at the providers."""
        return [NEAR] * bool(self.query.place) + [PROVIDER] * bool(self.query.providers)

    def where(self, *scopes: str, but: str = "") -> str:
        """The words, all filters but this one and these scopes, over the search table."""
        words = [self.condition] if self.words else []
        return all_of([*words, *scopes, *(CONDITIONS[name] for name in self.active if name != but)])

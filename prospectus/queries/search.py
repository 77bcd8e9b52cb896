"""Finding courses: one question, its page of courses, its total and the count beside every filter.

Everything is read from the narrow table ``prospectus_coursesearch`` in two statements: one pass that counts, then the
page, chosen by what the counts say. SQL is put together from the constants here; what people send is only ever a value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from prospectus.queries.found import Found, courses_found
from prospectus.queries.places import Place, place_of
from prospectus.queries.words import Phrase, Reading, read

PAGE_SIZE = 15
LAST_PAGE = 200
BROAD = 20_000  # above so many courses a rank says nothing, and sorting by it is most of the work
MOST_PROVIDERS = 20

# name -> condition. The columns have the same names in the search table and in the grouped hits, so one text does both.
CONDITIONS = {
    "area": "area_id = ANY(%(area)s::bigint[])",
    "subject": "(sector_code = ANY(%(subject)s::text[]) OR subject_code = ANY(%(subject)s::text[]))",
    "level": "levels && %(level)s::varchar[]",
    "type": "type_code = ANY(%(type)s::text[])",
    "mode": "study_mode = ANY(%(mode)s::text[])",
    "delivery": "delivery = ANY(%(delivery)s::text[])",
    "pattern": "pattern = ANY(%(pattern)s::text[])",
    "start": "start = ANY(%(start)s::text[])",
    "apply": "takes_applications",
}
OF_RUNS = frozenset(
    {"mode", "delivery", "pattern", "start", "apply"}
)  # the others are the same in all rows of a course
PROVIDER = "provider_id = ANY(%(provider)s::bigint[])"
# facet -> (value, table the value comes from, the filter that it is and that it must not count through)
FACETS = {
    "sector": ("sector_code", "hits", "subject"),
    "subject": ("subject_code", "hits", "subject"),
    "level": ("level", "hits, unnest(levels) AS level", "level"),
    "type": ("type_code", "hits", "type"),
    "mode": ("study_mode", "hits", "mode"),
    "delivery": ("delivery", "hits", "delivery"),
    "pattern": ("pattern", "hits", "pattern"),
    "start": ("start", "hits", "start"),
    "apply": ("CASE WHEN takes_applications THEN 'here' ELSE '' END", "hits", "apply"),
}
WORDS = "words @@ to_tsquery('prospectus', %(words)s)"
# The index course_description_words has exactly this expression.
DESCRIPTION = """course_id IN (
    SELECT c.id FROM prospectus_course c WHERE c.state = 'published' AND
    to_tsvector('prospectus', c.summary || ' ' || c.what_you_do || ' ' || c.who_it_is_for || ' ' || c.leads_to)
    @@ to_tsquery('prospectus', %(words)s))"""
RANK = "ts_rank('{0.05, 0.2, 0.5, 1}', words, to_tsquery('prospectus', %(words)s), 1)"
# What can be done anywhere is near everybody.
NEAR = "(site_id = ANY(%(near_sites)s::bigint[]) OR delivery = 'online')"

# Everything but the area is grouped once, into a few hundred rows, and those are counted for every filter. With its
# 150 values the area would leave nearly as many groups as rows, so it is counted by itself.
GROUPS = """
WITH hits AS MATERIALIZED (
    SELECT *, left(subject_code, 2) AS sector_code FROM (
        SELECT subject_code, levels, type_code, study_mode, delivery, pattern, start, takes_applications,
               {here} AS is_here, repeated_course, count(*) AS rows
        FROM prospectus_coursesearch WHERE {where} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS grouped)
"""
# A course with several rows counts once for each value, however many of its rows have it.
COURSES = """
SELECT '{facet}', value::text, sum(courses)::int FROM (
    SELECT {value} AS value, CASE WHEN repeated_course = 0 THEN sum({rows}) ELSE 1 END AS courses
    FROM {table} WHERE {where} GROUP BY 1, repeated_course) AS counted
GROUP BY 2
"""


@dataclass(frozen=True, kw_only=True)
class CourseQuery:
    """What somebody is looking for. ``filters`` has for each name the values of which one must fit."""

    text: str = ""
    filters: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    providers: tuple[int, ...] = ()
    place: Place | None = None
    own_area: int | None = None
    page: int = 1
    is_exact: bool = False  # every word as it is: no filters and no corrections read from the text

    @property
    def active(self) -> tuple[str, ...]:
        return tuple(name for name in CONDITIONS if self.filters.get(name))


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many courses there are: all with the filters, in the own area, without each filter, for each value."""

    total: int = 0
    own: int = 0
    unfiltered: int = 0
    without: dict[str, int] = field(default_factory=dict)  # "here" is the place and the providers
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    providers: list[tuple[int, str, str, int]] = field(default_factory=list)  # key, reference, name, courses


@dataclass(frozen=True, kw_only=True)
class Results:
    """The answer. ``query`` is the question as it was understood: with the filters that its words meant."""

    query: CourseQuery
    asked: CourseQuery
    reading: Reading
    counts: Counts
    courses: list[Found]
    page: int
    pages: int
    is_loosened: bool = False  # not every word was found
    dropped: tuple[Phrase, ...] = ()  # phrases that could have been filters, but nothing says so


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How a question was understood, what it counts, and the keys of its page."""

    query: CourseQuery
    reading: Reading
    attempt: "_Try"
    rows: list[tuple[int, bool, float | None]]
    page: int
    pages: int
    dropped: tuple[Phrase, ...] = ()


def find(query: CourseQuery) -> Finding:
    """The keys of the courses that fit, best first: nearest first with a place, otherwise the own area first."""
    reading = read(query.text, is_exact=query.is_exact, has_place=query.place is not None)
    understood = _with_reading(query, reading)
    attempt = _first_that_finds(understood, reading.tries)
    dropped: tuple[Phrase, ...] = ()
    if reading.phrases and not attempt.counts.total:
        # "plumbing evening", and no provider says when its plumbing is: better all plumbing, and say so.
        plain = replace(understood, filters=query.filters)
        again = _first_that_finds(plain, reading.tries or read(query.text, is_exact=True).tries)
        if again.counts.total:
            attempt, understood, dropped = again, plain, reading.phrases
    pages = min(max(1, -(-attempt.counts.total // PAGE_SIZE)), LAST_PAGE)
    page = min(max(1, query.page), pages)
    return Finding(
        query=understood,
        reading=reading,
        attempt=attempt,
        rows=attempt.page(number=page) if attempt.counts.total else [],
        page=page,
        pages=pages,
        dropped=dropped,
    )


def search_courses(query: CourseQuery) -> Results:
    """The courses that fit, with the filters' counts and what to say about how the words were understood."""
    finding = find(query)
    counts = finding.attempt.counts
    providers = finding.attempt.providers() if 0 < counts.total <= BROAD else []
    return Results(
        query=finding.query,
        asked=query,
        reading=finding.reading,
        counts=replace(counts, providers=providers),
        courses=courses_found(finding.rows),
        page=finding.page,
        pages=finding.pages,
        is_loosened=finding.attempt.is_loosened,
        dropped=finding.dropped,
    )


def count_within(query: CourseQuery, radii: tuple[int, ...]) -> list[tuple[int, int]]:
    """How many courses there are within each of these miles; only the radii that have more than the one before."""
    if query.place is None or not radii:
        return []
    reading = read(query.text, is_exact=query.is_exact, has_place=True)
    counted, before = [], 0
    for miles in radii:
        wider = replace(query, place=replace(query.place, miles=miles))
        total = _first_that_finds(_with_reading(wider, reading), reading.tries[:2]).counts.total
        if total > before:
            counted.append((miles, total))
            before = total
    return counted


def _with_reading(query: CourseQuery, reading: Reading) -> CourseQuery:
    filters = dict(query.filters)
    for name, values in reading.filters.items():
        filters[name] = filters.get(name) or values
    place = query.place or (place_of(reading.postcode) if reading.postcode else None)
    return replace(query, filters=filters, place=place)


@dataclass(frozen=True, kw_only=True)
class _Try:
    """One way to look for the words, and what it counted."""

    query: CourseQuery
    words: str
    condition: str
    counts: Counts = field(default_factory=Counts)
    is_loosened: bool = False

    @property
    def values(self) -> dict[str, Any]:
        near = self.query.place.near if self.query.place else ()
        return {
            "words": self.words,
            "provider": list(self.query.providers),
            "own_area": self.query.own_area,
            "near_sites": [site for site, _ in near],
            "near_miles": [miles for _, miles in near],
            **{name: list(values) for name, values in self.query.filters.items()},
        }

    @property
    def scopes(self) -> list[str]:
        """Where: near the place, at the providers."""
        return [NEAR] * bool(self.query.place) + [PROVIDER] * bool(self.query.providers)

    @property
    def grouped(self) -> list[str]:
        """The filters that the grouped hits can tell apart: all but the area."""
        return [name for name in self.query.active if name != "area"]

    def where(self, *scopes: str, but: str = "") -> str:
        """The words, all filters but this one and these scopes, over the search table."""
        words = [self.condition] if self.words else []
        return _all([*words, *scopes, *(CONDITIONS[name] for name in self.query.active if name != but)])

    def others(self, name: str = "") -> str:
        """All filters but this one, over the grouped hits: the count beside a value is what choosing it would give."""
        return _all(["is_here", *(CONDITIONS[other] for other in self.grouped if other != name)])

    def count(self) -> Counts:
        # With words, what is found elsewhere is grouped too: words that are only used elsewhere are not misspelt.
        # Without, that would be the whole table.
        here = _all([*self.scopes, CONDITIONS["area"]] if self.query.filters.get("area") else self.scopes)
        groups = (
            GROUPS.format(here=here, where=self.condition) if self.words else GROUPS.format(here="true", where=here)
        )

        def courses(facet: str, value: str, where: str, *, table: str = "hits", rows: str = "rows") -> str:
            return COURSES.format(facet=facet, value=value, table=table, where=where, rows=rows)

        parts = [
            courses(facet, value, self.others(filtered), table=table)
            for facet, (value, table, filtered) in FACETS.items()
        ]
        parts += [courses("without", f"'{name}'", self.others(name)) for name in self.grouped]
        parts.append(courses("total", "'all'", self.others()))
        parts.append(courses("unfiltered", "'all'", "true"))
        if self.words and here != "true":
            everywhere = _all([CONDITIONS[name] for name in self.grouped])
            parts.append(courses("without", "'here'", everywhere))
        table = "prospectus_coursesearch"
        parts.append(courses("area", "area_id", self.where(*self.scopes, but="area"), table=table, rows="1"))
        with connection.cursor() as cursor:
            cursor.execute(groups + " UNION ALL ".join(parts), self.values)
            counted: dict[str, dict[str, int]] = {}
            for kind, value, number in cursor.fetchall():
                counted.setdefault(kind, {})[value] = number
        without = counted.pop("without", {})
        areas, chosen = counted.get("area", {}), self.query.filters.get("area") or ()
        if chosen:
            without["area"] = sum(areas.values())
        is_own_shown = self.query.own_area is not None and (not chosen or self.query.own_area in chosen)
        return Counts(
            total=counted.pop("total", {}).get("all", 0),
            own=areas.get(str(self.query.own_area), 0) if is_own_shown else 0,
            unfiltered=counted.pop("unfiltered", {}).get("all", 0),
            without=without,
            facets=counted,
        )

    def providers(self) -> list[tuple[int, str, str, int]]:
        """The providers with the most of these courses. Those chosen are always among them."""
        sql = f"""
            SELECT o.id, o.reference, o.name, n FROM (
                SELECT provider_id, count(DISTINCT course_id)::int AS n FROM prospectus_coursesearch
                WHERE {self.where(*self.scopes[: bool(self.query.place)])} GROUP BY 1) AS counted
            JOIN providers_organisation o ON o.id = provider_id
            ORDER BY {PROVIDER} DESC, n DESC, o.name, o.id LIMIT {MOST_PROVIDERS}"""
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values)
            return cursor.fetchall()

    def page(self, *, number: int) -> list[tuple[int, bool, float | None]]:
        """(course, is in the own area, miles) of one page."""
        first = (number - 1) * PAGE_SIZE
        values = self.values | {"first": first, "size": PAGE_SIZE, "upto": first + PAGE_SIZE}
        sql = self._nearest() if self.query.place else self._own_first(upto=first + PAGE_SIZE)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def _nearest(self) -> str:
        return f"""
            SELECT course_id, false, min(near.miles) AS miles FROM prospectus_coursesearch
            LEFT JOIN unnest(%(near_sites)s::bigint[], %(near_miles)s::float8[]) AS near (near_site, miles)
                   ON near_site = site_id
            WHERE {self.where(*self.scopes)} GROUP BY course_id, title
            ORDER BY miles NULLS LAST, title, course_id LIMIT %(size)s OFFSET %(first)s"""

    def _own_first(self, *, upto: int) -> str:
        """Two walks over the index instead of one sort of everything by whether it is in the own area."""
        own, elsewhere = "area_id = %(own_area)s", "area_id <> %(own_area)s"
        is_ranked = bool(self.words) and self.condition == WORDS
        is_own_ranked = is_ranked and self.counts.own <= BROAD
        is_elsewhere_ranked = is_ranked and self.counts.total - self.counts.own <= BROAD
        if self.query.own_area is None or not self.counts.own:
            walks = [self._walk("true", part=1, is_ranked=is_elsewhere_ranked)]
        elif self.counts.own >= upto:
            walks = [self._walk(own, part=0, is_ranked=is_own_ranked)]
        else:
            walks = [
                self._walk(own, part=0, is_ranked=is_own_ranked),
                self._walk(elsewhere, part=1, is_ranked=is_elsewhere_ranked),
            ]
        return f"""
            SELECT course_id, part = 0, NULL FROM ({" UNION ALL ".join(walks)}) AS walked
            ORDER BY part, rank DESC, title, course_id LIMIT %(size)s OFFSET %(first)s"""

    def _walk(self, scope: str, *, part: int, is_ranked: bool) -> str:
        # The lead row stands for its course, unless the filters are about runs: then whichever of its rows fit.
        is_of_runs = not OF_RUNS.isdisjoint(self.query.active)
        rows = ("DISTINCT", "true") if is_of_runs else ("", "is_lead")
        rank, order = (RANK, "rank DESC, title, course_id") if is_ranked else ("0::real", "title, course_id")
        return f"""
            (SELECT {rows[0]} course_id, title, {rank} AS rank, {part} AS part FROM prospectus_coursesearch
             WHERE {self.where(*self.scopes)} AND {scope} AND {rows[1]} ORDER BY {order} LIMIT %(upto)s)"""


def _all(conditions: list[str]) -> str:
    return " AND ".join(conditions) or "true"


def _first_that_finds(query: CourseQuery, tries: tuple[str, ...]) -> _Try:
    """All words; without the words of kinds; any word; the same in descriptions. The first that finds anything.

    What the filters then take away is not a reason to look for less: the page says which filter to take off.
    """
    ways = [(words, WORDS) for words in tries] + [
        (words, DESCRIPTION) for words in dict.fromkeys(tries[:1] + tries[-1:])
    ]
    for position, (words, condition) in enumerate(ways or [("", "")]):
        attempt = _Try(query=query, words=words, condition=condition)
        counts = attempt.count()
        if counts.unfiltered:
            return replace(attempt, counts=counts, is_loosened=position > 0)
    return replace(attempt, counts=counts)

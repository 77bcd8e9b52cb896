"""Finding courses: one question, its page of courses, its total and the count beside every filter."""

from dataclasses import dataclass, replace

from django.db import connection

from core.planning import planned_anew
from prospectus.queries.found import Found, courses_found
from prospectus.queries.places import MILES, place_of, take_place
from prospectus.queries.search.conditions import DESCRIPTION, WORDS, Attempt
from prospectus.queries.search.counting import count, providers_of
from prospectus.queries.search.counts import Counts
from prospectus.queries.search.paging import (
    BROAD,
    LAST_NUMBERED,
    PAGE_SIZE,
    Cursor,
    Row,
    cursor_of,
    order_of,
    page_of,
    remember_counts,
)
from prospectus.queries.search.query import CourseQuery
from prospectus.queries.words import Phrase, Reading, quoted, read

# How many courses there are first within which radius. What is online is within all of them.
RINGS = """
SELECT ring, count(*) FROM (
    SELECT course_id, min(CASE WHEN delivery = 'online' THEN 0 ELSE ring END) AS ring FROM prospectus_coursesearch
    LEFT JOIN unnest(%(ring_sites)s::bigint[], %(rings)s::int[]) AS near (near_site, ring) ON near_site = site_id
    WHERE (site_id = ANY(%(ring_sites)s::bigint[]) OR delivery = 'online') AND {where} GROUP BY 1) AS course
GROUP BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How a question was understood, what it counts, and the keys of its page."""

    query: CourseQuery
    reading: Reading
    attempt: Attempt
    rows: list[Row]
    page: int
    pages: int
    next_after: str = ""  # what the next page goes on after; empty on the last
    dropped: tuple[Phrase, ...] = ()


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
    order: str = "best"
    next_after: str = ""
    is_loosened: bool = False  # not every word was found
    dropped: tuple[Phrase, ...] = ()  # phrases that could have been filters, but nothing says so
    wider: list[tuple[int, int]]  # (miles, courses) of the radii that have more

    @property
    def elsewhere(self) -> int:
        """How many are not in the own area."""
        return self.counts.total - self.counts.own

    @property
    def dropped_words(self) -> str:
        """The phrases that were left out, as one list of words."""
        return ", ".join(phrase.words for phrase in self.dropped)

    @property
    def last_numbered(self) -> int:
        """The last page that can be asked for by its number."""
        return min(self.pages, LAST_NUMBERED)


def find(query: CourseQuery) -> Finding:
    """The keys of the courses that fit, best first: nearest first with a place, otherwise the own area first."""
    understood, reading = understand(query)
    attempt = first_that_finds(understood, reading.tries, reading)
    dropped: tuple[Phrase, ...] = ()
    if reading.phrases and not attempt.counts.total:
        # "plumbing evening", and no provider says when its plumbing is: better all plumbing, and say so.
        plain = replace(understood, filters=query.filters)
        again = first_that_finds(plain, reading.tries or read(query.text, is_exact=True).tries, reading)
        if again.counts.total:
            attempt, understood, dropped = again, plain, reading.phrases
    total = attempt.counts.total
    pages = max(1, -(-total // PAGE_SIZE))
    after = cursor_of(query.after) if query.after else None
    number = 1 if query.after and after is None else min(max(1, query.page), pages, LAST_NUMBERED)
    page = min(after.page, pages) if after else number
    if total:
        rows = page_of(attempt, number=page, after=after)
    else:
        rows = []
        remember_counts(attempt.counts)
    if after and not rows and total:
        # What came after is gone meanwhile.
        page, after = 1, None
        rows = page_of(attempt, number=1)
    return Finding(
        query=understood,
        reading=reading,
        attempt=attempt,
        rows=rows,
        page=page,
        pages=pages,
        next_after=_next_after(attempt, rows, page=page, pages=pages, after=after),
        dropped=dropped,
    )


def search_courses(query: CourseQuery) -> Results:
    """The courses that fit, with the filters' counts and what to say about how the words were understood."""
    finding = find(query)
    counts = finding.attempt.counts
    providers = providers_of(finding.attempt) if 0 < counts.total <= BROAD else []
    return Results(
        query=finding.query,
        asked=query,
        reading=finding.reading,
        counts=replace(counts, providers=providers),
        courses=courses_found([(row.course, row.is_own, row.miles) for row in finding.rows]),
        page=finding.page,
        pages=finding.pages,
        order=order_of(finding.attempt),
        next_after=finding.next_after,
        is_loosened=finding.attempt.is_loosened,
        dropped=finding.dropped,
        wider=wider(finding),
    )


def wider(finding: Finding) -> list[tuple[int, int]]:
    """How many courses there are within each greater radius; only those that have more than the one before."""
    place = finding.query.place
    if place is None or not place.wider:
        return []
    beyond = [(site, next(ring for ring in MILES if miles <= ring)) for site, miles in place.sites]
    rings = [0 if ring <= place.miles else ring for _, ring in beyond]
    attempt = finding.attempt
    values = attempt.values | {"ring_sites": [site for site, _ in beyond], "rings": rings}
    scopes = [scope for scope in attempt.scopes if "near_sites" not in scope]
    with planned_anew(), connection.cursor() as cursor:
        cursor.execute(RINGS.format(where=attempt.where(*scopes)), values)
        more = dict(cursor.fetchall())
    total = more.get(0, 0)
    found = []
    for miles in place.wider:
        if more.get(miles):
            total += more[miles]
            found.append((miles, total))
    return found


def count_within(query: CourseQuery, radii: tuple[int, ...]) -> list[tuple[int, int]]:
    """How many courses there are within each of these miles; only the radii that have more than the one before."""
    return [(miles, courses) for miles, courses in wider(find(query)) if miles in radii]


def understand(query: CourseQuery) -> tuple[CourseQuery, Reading]:
    """The question with the place and the filters that its words mean, and how the words were read."""
    text, place, said = query.text, query.place, ""
    if not query.is_exact:
        text, named, said = take_place(text, miles=query.miles, own_area=query.own_area)
        place = place or named
    reading = read(text, is_exact=query.is_exact)
    if said and reading.corrected_text:
        reading = replace(reading, corrected_text=f"{reading.corrected_text.strip()} {said}")
    filters = dict(query.filters)
    for name, values in reading.filters.items():
        filters[name] = filters.get(name) or values
    if place is None and reading.postcode:
        place = place_of(reading.postcode, miles=query.miles)
    return replace(query, filters=filters, place=place), reading


def first_that_finds(query: CourseQuery, tries: tuple[str, ...], reading: Reading) -> Attempt:
    """All words; without the words of kinds; any word; the same in descriptions. The first that finds anything.

    What the filters then take away is not a reason to look for less: the page says which filter to take off. Where the
    words name several subjects that no course has together, some of each come before anything else.
    """
    ways = [(words, WORDS) for words in tries] + [
        (words, DESCRIPTION) for words in dict.fromkeys(tries[:1] + tries[-1:])
    ]
    for position, (words, condition) in enumerate(ways or [("", "")]):
        attempt = Attempt(
            query=query,
            words=words,
            condition=condition,
            titles=reading.titles,
            apart=() if position else _apart(reading),
            mixed=() if position else _meanings(reading),
        )
        counts = count(attempt)
        if counts.is_apart and not attempt.mixed and (each := _some_of_each(query, reading)).counts.unfiltered:
            return each
        if counts.unfiltered:
            return replace(attempt, counts=counts, is_loosened=position > 0)
    return replace(attempt, counts=counts)


def _apart(reading: Reading) -> tuple[str, ...]:
    """What nothing may have, and then what something must have each, for the subjects to be several.

    "Maths and physics" are two; "zoo keeper" is one job, and "travel and tourism" one title. One subject is several
    where no title has the word: a "doctor" is biology, chemistry and medical science.
    """
    if len(reading.subjects) < 2:
        return tuple(term.direct for term in reading.subjects) if _meanings(reading) else ()
    subjects = [term.in_title for term in reading.subjects]
    # After an "and" it is not enough that a title has another word for one of them.
    together = [" & ".join(subjects if reading.is_unbroken else [term.direct for term in reading.subjects])]
    words = [quoted(word) for term in reading.subjects for word in term.words]
    if reading.is_unbroken:
        together.append(" <-> ".join(words))
    return (" | ".join(f"({one})" for one in together), *subjects)


def _meanings(reading: Reading) -> tuple[str, ...]:
    """The several things that the one subject of these words may mean."""
    meanings = reading.subjects[0].meanings if len(reading.subjects) == 1 else ()
    return meanings if len(meanings) > 1 else ()


def _some_of_each(query: CourseQuery, reading: Reading) -> Attempt:
    """The courses of any of the subjects, in turn."""
    subjects = tuple(term.in_title for term in reading.subjects)
    words = " & ".join([*([reading.kinds] if reading.kinds else []), f"({' | '.join(subjects)})"])
    attempt = Attempt(query=query, words=words, condition=WORDS, titles=reading.titles, mixed=subjects)
    return replace(attempt, counts=count(attempt), is_loosened=True)


def _next_after(attempt: Attempt, rows: list[Row], *, page: int, pages: int, after: Cursor | None) -> str:
    if page >= pages or len(rows) < PAGE_SIZE:
        return ""
    last = rows[-1]
    return str(
        Cursor(
            order=after.order if after else order_of(attempt),
            page=page + 1,
            part=0 if last.is_own else 1,
            first=float(last.first),
            title=last.title,
            course=last.course,
        )
    )

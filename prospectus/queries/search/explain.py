"""Why a course stands where it does in the answer to a question, or why it is not there."""

import re
from dataclasses import dataclass

from django.db import connection

from prospectus.models import Course
from prospectus.queries.search.answer import find
from prospectus.queries.search.conditions import CONDITIONS, NEAR, PROVIDER, Attempt
from prospectus.queries.search.paging import WEIGHTS, order_of, position_of, rank_of
from prospectus.queries.search.query import CourseQuery
from prospectus.queries.words import Reading

# The parts of a course that its words come from, by the letter of their weight.
PARTS = {"A": "title", "B": "subject", "C": "provider", "D": "sector"}
FACTS = 5 + len(PARTS)  # columns before those of what fits
LETTERS = "DCBA"  # in this order WEIGHTS has them
LEXEME = re.compile(r"'((?:[^']|'')+)'(:[*A-D]*)?")
ROWS = """
SELECT run_id, is_lead, area_id = %(own_area)s, near.miles, {rank}, {parts}, {fits}
FROM prospectus_coursesearch
LEFT JOIN unnest(%(all_sites)s::bigint[], %(all_miles)s::float8[]) AS near (near_site, miles) ON near_site = site_id
WHERE course_id = %(course)s ORDER BY is_lead DESC, run_id
"""
MATCHED = """
SELECT lexeme, array_to_string(weights, '') FROM (
    SELECT words AS kept FROM prospectus_coursesearch WHERE course_id = %(course)s LIMIT 1) AS one, unnest(kept)
"""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """How one course fares with one question.

    ``position`` is its place among all that are found, from 1; None when it is not found, and then ``excluded_by`` says
    by what: names of filters, "words", "place", "provider" or, where each run fails in another, "together".
    ``rank`` is the sum of what orders the courses with ``order`` "best"; ``parts`` is what it would be with the words
    of the title, of the subject and type, of the provider and towns, and of the sector and its careers alone (a rank
    is not their sum: PostgreSQL takes the lengths into account). ``matched`` has for each word of the question, as the
    index keeps it, the parts of the course that have it. ``miles`` is to its nearest site, ``lead_run`` the run that
    stands for it.
    """

    position: int | None
    total: int
    order: str
    rank: float
    parts: dict[str, float]
    matched: dict[str, tuple[str, ...]]
    is_own: bool
    miles: float | None
    lead_run: int | None
    passed: tuple[str, ...]
    excluded_by: tuple[str, ...]
    is_published: bool
    reading: Reading
    query: CourseQuery
    words: str  # the words of the attempt that found something, as a tsquery
    is_loosened: bool


def explain(query: CourseQuery, course: Course) -> Explanation:
    """Why this course is where it is among the answers to this question, read as the search page reads it."""
    finding = find(query)
    attempt = finding.attempt
    fits = _fits(attempt)
    rows = _rows(attempt, course, fits)
    passing = [name for at, name in enumerate(fits) if any(row[FACTS + at] for row in rows)]
    excluded = [name for name in fits if name not in passing]
    if rows and not excluded and not any(all(row[FACTS:]) for row in rows):
        excluded = ["together"]
    _, _, _, _, rank, *parts = rows[0][:FACTS] if rows else (None, False, False, None, *[0.0] * (1 + len(PARTS)))
    miles = [row[3] for row in rows if row[3] is not None]
    return Explanation(
        position=position_of(attempt, course.pk) if rows and not excluded else None,
        total=attempt.counts.total,
        order=order_of(attempt),
        rank=float(rank or 0),
        parts=dict(zip(PARTS.values(), (float(part or 0) for part in parts), strict=True)),
        matched=_matched(attempt, course),
        is_own=bool(rows and rows[0][2]),
        miles=min(miles) if miles else None,
        lead_run=rows[0][0] if rows else None,
        passed=tuple(passing),
        excluded_by=tuple(excluded),
        is_published=bool(rows),
        reading=finding.reading,
        query=finding.query,
        words=attempt.words,
        is_loosened=attempt.is_loosened,
    )


def _fits(attempt: Attempt) -> dict[str, str]:
    """Everything that the question asks of a row, by name."""
    words = {"words": attempt.condition} if attempt.words else {}
    place = {"place": NEAR} if attempt.query.place else {}
    providers = {"provider": PROVIDER} if attempt.query.providers else {}
    return words | place | providers | {name: CONDITIONS[name] for name in attempt.active}


def _rows(attempt: Attempt, course: Course, fits: dict[str, str]) -> list[tuple]:
    given = WEIGHTS.strip("{}").split(",")
    alone = []
    for letter in PARTS:
        only = ",".join(weight if LETTERS[at] == letter else "0" for at, weight in enumerate(given))
        alone.append(rank_of(attempt, weights=f"{{{only}}}", counts_titles=letter == "A"))
    sql = ROWS.format(
        rank=rank_of(attempt),
        parts=", ".join(alone),
        fits=", ".join(f"({condition})" for condition in fits.values()) or "true",
    )
    sites = attempt.query.place.sites if attempt.query.place else ()
    beyond = {"all_sites": [site for site, _ in sites], "all_miles": [miles for _, miles in sites]}
    with connection.cursor() as cursor:
        cursor.execute(sql, attempt.values | beyond | {"course": course.pk})
        return cursor.fetchall()


def _matched(attempt: Attempt, course: Course) -> dict[str, tuple[str, ...]]:
    if not attempt.words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_tsquery('prospectus', %s)::text", [attempt.words])
        asked = LEXEME.findall(cursor.fetchone()[0])
        cursor.execute(MATCHED, {"course": course.pk})
        kept = dict(cursor.fetchall())
    found = {}
    for lexeme, marks in asked:
        letters = {
            letter
            for word, weights in kept.items()
            if word == lexeme or ("*" in marks and word.startswith(lexeme))
            for letter in weights
        }
        found[lexeme] = tuple(part for letter, part in PARTS.items() if letter in letters)
    return found

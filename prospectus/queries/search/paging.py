"""One page of what fits: in which order, from where.

A page has a number or goes on where another ended. A number is found by counting rows off, which is quick for a few
hundred pages; going on is as quick at page 500 as at page 2, and misses nothing when courses come in meanwhile.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from core import clock
from prospectus.queries.search import cache
from prospectus.queries.search.asking import as_query, ask
from prospectus.queries.search.conditions import WORDS, Attempt
from prospectus.queries.search.counts import Counts

PAGE_SIZE = 15
LAST_NUMBERED = 200  # pages further on are reached by going on
BROAD = 20_000  # above so many courses a rank says nothing, and sorting by it is most of the work
# How much a word says that is in the sector's name, in the provider's name and the rest, in the subject, in the title.
WEIGHTS = "{0.02, 0.2, 0.5, 1}"
DIRECT = 0.4  # more for a title with a word as it was typed than for one with what else it may mean
# What comes first, as a number that goes up; then the title, then the course.
FIRST = {
    "best": "-{rank}",
    "mixed": "-{rank}",
    "title": "0::float8",
    # Distances are "about": within two miles the better course is the nearer one.
    "nearest": "(floor(coalesce(near.miles, 'Infinity') / 2) - {rank} / 10)",
    "soonest": "coalesce((CASE WHEN is_flexible_start THEN %(today)s::date WHEN starts_on >= %(today)s THEN starts_on "
    "END - date '2000-01-01')::float8, 'Infinity')",
}
NEAR_MILES = """
LEFT JOIN unnest(%(near_sites)s::bigint[], %(near_miles)s::float8[]) AS near (near_site, miles) ON near_site = site_id
"""
NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # JSON can say it, and no text in the database can hold it


@dataclass(frozen=True, kw_only=True)
class Row:
    """A course on a page, and by what it stands there."""

    course: int
    is_own: bool
    miles: float | None
    first: float
    title: str


COLUMNS = tuple(one.name for one in fields(Row))


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """Where a page ended, and the number of the next one."""

    order: str
    page: int
    part: int
    first: float
    title: str
    course: int

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(list(asdict(self).values())).encode()).decode().rstrip("=")


def cursor_of(text: str) -> Cursor | None:
    """The cursor that this is; None for anything else."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        order, page, part, first, title, course = values
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    kinds = (str, int, int, float, str, int)
    is_sound = (
        all(type(value) is kind for value, kind in zip(values, kinds, strict=True))
        and order in FIRST
        and 1 < page < 10**6
        and part in (0, 1)
        and not math.isnan(first)
        and not NO_TEXT.search(title)
        and len(title) <= 300
        and 0 < course < 2**63
    )
    return Cursor(order=order, page=page, part=part, first=first, title=title, course=course) if is_sound else None


def rank_of(attempt: Attempt, *, weights: str = WEIGHTS, counts_titles: bool = True) -> str:
    """How well a row fits the words, in SQL: the share of the subjects that its title has, and then where it has the
    words at all."""
    if not attempt.words or attempt.condition != WORDS:
        return "0::float8"
    parts = [f"ts_rank('{weights}', words, {as_query('words')}, 1)"]
    # Each row that has the words is looked at here, so nothing is asked of it twice, and floats are multiplied as they
    # are: a numeric is made a text and read again for each.
    for at, (in_title, direct) in enumerate(attempt.titles if counts_titles else ()):
        share = 1 / len(attempt.titles)
        also = f"WHEN words @@ {as_query(f'title_{at}')} THEN {share}::float8" * (in_title != direct)
        parts.append(
            f"CASE WHEN words @@ {as_query(f'direct_{at}')} THEN {(1 + DIRECT) * share}::float8 {also} "
            "ELSE 0::float8 END"
        )
    return f"(({' + '.join(parts)}) * worth)"


def first_of(order: str, attempt: Attempt) -> str:
    return FIRST[order].replace("{rank}", rank_of(attempt))


def order_of(attempt: Attempt) -> str:
    """By what the courses are ordered: as asked, else the nearest first, else the best."""
    if attempt.query.sort:
        return attempt.query.sort
    if attempt.query.place:
        return "nearest"
    is_ranked = bool(attempt.words) and attempt.condition == WORDS and attempt.counts.total <= BROAD
    return ("mixed" if attempt.is_mixed else "best") if is_ranked else "title"


def head_key(attempt: Attempt) -> str:
    """What the first page follows from, apart from what search finds."""
    where, rank = attempt.where(*attempt.scopes), rank_of(attempt)
    return cache.key_of("head", PAGE_SIZE, where, rank, attempt.query.sort, attempt.values, str(clock.today()))


def remember_counts(counts: Counts, also: Mapping[str, Any] | None = None) -> None:
    """Whoever asks the same next need not count, nor look for what else was found with it."""
    if counts.version is not None:
        cache.remember({**counts.found, **(also or {})}, version=counts.version)


def page_of(attempt: Attempt, *, number: int, after: Cursor | None = None) -> list[Row]:
    """The rows of one page. ``after`` counts more than the number."""
    is_head = number == 1 and not after
    if is_head and attempt.counts.head is not None:
        return [Row(**dict(zip(COLUMNS, one, strict=True))) for one in attempt.counts.head]
    is_kept = is_head and attempt.counts.total >= cache.MANY
    first = 0 if after else (number - 1) * PAGE_SIZE
    values = attempt.values | {"first": first, "size": PAGE_SIZE, "upto": first + PAGE_SIZE, "today": clock.today()}
    if after:
        values |= {"after_first": after.first, "after_title": after.title, "after_course": after.course}
    order = after.order if after else order_of(attempt)
    if (order == "nearest" and not attempt.query.place) or (order == "mixed" and not attempt.is_mixed):
        order = order_of(attempt)  # it goes on from another search's page
    walks = " UNION ALL ".join(_walks(attempt, order, number=number, after=after))
    sql = f"""
        SELECT course_id, part = 0, miles, first, title, {cache.VERSION if is_kept else 0} FROM ({walks}) AS walked
        ORDER BY part, first, title, course_id LIMIT %(size)s OFFSET %(first)s"""
    # In the order of titles, where words are broad, the walk may begin at either index.
    found = ask(sql, values, is_planned_once=attempt.begins_with_words and order in ("best", "mixed"))
    # JSON has no number for "never starts"; and numbers from before a change are no answer after it.
    is_kept = is_kept and bool(found) and found[0][-1] == attempt.counts.version
    if is_kept and all(math.isfinite(first) for _, _, _, first, *_ in found):
        head = {"rows": [one[:-1] for one in found], "counts": attempt.counts.remembered}
        remember_counts(attempt.counts, {head_key(attempt): head})
    else:
        remember_counts(attempt.counts)
    return [Row(**dict(zip(COLUMNS, one, strict=False))) for one in found]


def _walks(attempt: Attempt, order: str, *, number: int, after: Cursor | None) -> list[str]:
    """Two walks over the index instead of one sort of everything by whether it is in the own area."""
    query, counts = attempt.query, attempt.counts
    if query.own_area is None or not counts.own or (query.place and not query.sort):
        return [_walk(attempt, order, scope="true", part=1, after=after)]
    own = _walk(attempt, order, scope="area_id = %(own_area)s", part=0, after=after)
    elsewhere = _walk(
        attempt, order, scope="area_id <> %(own_area)s", part=1, after=after if after and after.part else None
    )
    if after and after.part:
        return [elsewhere]
    return [own] if counts.own >= number * PAGE_SIZE else [own, elsewhere]


def _walk(attempt: Attempt, order: str, *, scope: str, part: int, after: Cursor | None) -> str:
    # The lead row stands for its course, unless the filters are about runs: then whichever of its rows fit.
    by, is_near = first_of(order, attempt), attempt.query.place is not None
    where = f"{attempt.where(*attempt.scopes)} AND {scope}"
    beyond = "(%(after_first)s::float8, %(after_title)s, %(after_course)s)"
    join, miles = (NEAR_MILES, "near.miles") if is_near else ("", "NULL::float8")
    if order == "mixed":
        return _mixed_walk(attempt, where=where, part=part, going_on=bool(after))
    if attempt.is_of_runs:
        by = f"min({by})"
        going_on = f"HAVING ({by}, title, course_id) > {beyond}" if after else ""
        rows = f"{where} GROUP BY course_id, title {going_on}"
        miles = f"min({miles})"
    elif order == "title":
        # Without the number that is the same for all, this is where an index in this order can begin.
        rows = f"{where} AND is_lead" + (" AND (title, course_id) > (%(after_title)s, %(after_course)s)" * bool(after))
    else:
        rows = f"{where} AND is_lead" + (f" AND ({by}, title, course_id) > {beyond}" * bool(after))
    sort = "title, course_id" if order == "title" else "first, title, course_id"
    return f"""
        (SELECT course_id, title, {by} AS first, {miles} AS miles, {part} AS part FROM prospectus_coursesearch {join}
         WHERE {rows} ORDER BY {sort} LIMIT %(upto)s)"""


def _mixed_walk(attempt: Attempt, *, where: str, part: int, going_on: bool) -> str:
    """The best of each subject, then the second of each, and so on; at the end what is of none by its title.

    Where somebody named several subjects, what is a little of several is one more to take turns with: "music and drama"
    is Music, Drama and Musical Theatre.
    """
    has = [f"words @@ {as_query(f'mixed_{at}')}" for at in range(len(attempt.mixed))]
    which = " ".join(f"WHEN {one} THEN {at}" for at, one in enumerate(has))
    last = len(has) + 1
    if attempt.is_loosened:
        which = f"WHEN {' + '.join(f'({one})::int' for one in has)} > 1 THEN {len(has)} {which}"
    beyond = "(first, title, course_id) > (%(after_first)s::float8, %(after_title)s, %(after_course)s)"
    return f"""
        (SELECT course_id, title, first, NULL::float8 AS miles, {part} AS part FROM (
            SELECT course_id, title, (row_number() OVER (PARTITION BY subject ORDER BY by, title, course_id)
                   + CASE WHEN subject = {last} THEN {BROAD} ELSE 0 END)::float8 AS first FROM (
                SELECT course_id, title, min({first_of("mixed", attempt)}) AS by,
                       min(CASE {which} ELSE {last} END) AS subject
                FROM prospectus_coursesearch WHERE {where} GROUP BY course_id, title) AS course) AS placed
         WHERE {beyond if going_on else "true"} ORDER BY first, title, course_id LIMIT %(upto)s)"""


def position_of(attempt: Attempt, course: int) -> int | None:
    """Where this course stands among all that fit, from 1; None when it is not among them."""
    order, total = order_of(attempt), attempt.counts.total
    walks = " UNION ALL ".join(_walks(attempt, order, number=total // PAGE_SIZE + 2, after=None))
    sql = f"""
        SELECT position FROM (
            SELECT course_id, row_number() OVER (ORDER BY part, first, title, course_id) AS position
            FROM ({walks}) AS walked) AS placed
        WHERE course_id = %(course)s"""
    values = attempt.values | {"upto": total + 1, "today": clock.today(), "course": course}
    found = ask(sql, values, is_planned_once=False)
    return int(found[0][0]) if found else None

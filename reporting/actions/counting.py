"""The counters of all areas: added up in between, and counted one by one every night."""

import logging
from collections import Counter
from typing import Any

from django.db import connection, transaction

from core import clock
from providers.models import Area
from reporting.models import CountedArea, Reconciliation
from reporting.queries.counters import COLUMNS
from reporting.queries.lights import entry_year_on

logger = logging.getLogger(__name__)

FOLD_LOCK = 0x47554152  # one sweep at a time
TOGETHER = 500  # learners counted anew in one transaction: so many are held, for some hundredths of a second
# The notes first: what they are of is there to be seen by every statement that follows this one.
NOTED = """
DELETE FROM reporting_standingnote WHERE id IN (SELECT id FROM reporting_standingnote ORDER BY id LIMIT %s)
RETURNING learner_key
"""
FOLD = f"""
WITH taken AS (DELETE FROM reporting_standingchange RETURNING {COLUMNS}, number)
INSERT INTO reporting_standingcount ({COLUMNS}, number)
SELECT {COLUMNS}, sum(number) FROM taken GROUP BY {COLUMNS} ORDER BY {COLUMNS}
ON CONFLICT ({COLUMNS}) DO UPDATE SET number = reporting_standingcount.number + excluded.number
"""
# Learners who are counted as something else than they are. A transaction under way has changed neither, or both.
WRONG = f"""
WITH truth AS (
    SELECT learner_id, {COLUMNS} FROM reporting_guarantee_of(%(learners)s) WHERE area_id = %(area)s
), said AS (
    SELECT learner_id, {COLUMNS} FROM reporting_standing WHERE area_id = %(area)s
)
SELECT COALESCE(truth.learner_id, said.learner_id), COALESCE(said.light, ''), COALESCE(truth.light, ''),
    COALESCE(truth.learner_id, said.learner_id) IN (SELECT learner_key FROM reporting_standingnote)
FROM truth FULL JOIN said USING (learner_id, entry_year, year_group)
WHERE (truth.light, truth.category, truth.is_late) IS DISTINCT FROM (said.light, said.category, said.is_late)
"""
MEND_COUNTS = f"""
INSERT INTO reporting_standingchange ({COLUMNS}, number)
SELECT {COLUMNS}, sum(more) FROM (
    SELECT {COLUMNS}, 1 AS more FROM reporting_standing WHERE area_id = %(area)s
    UNION ALL SELECT {COLUMNS}, -number FROM reporting_standingcount WHERE area_id = %(area)s
    UNION ALL SELECT {COLUMNS}, -number FROM reporting_standingchange WHERE area_id = %(area)s
) AS both_sides GROUP BY {COLUMNS} HAVING sum(more) <> 0
"""


def add_up() -> None:
    """Whoever was noted so far is counted anew, and the changes are in the counters. While somebody else does it,
    nothing is done; what was begun when a process died is done by the next."""
    while _add_some():
        pass


@transaction.atomic
def _add_some() -> bool:
    """Whether more may be noted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FOLD_LOCK])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(NOTED, [TOGETHER])
        learners = [key for (key,) in cursor.fetchall()]
        if learners:
            cursor.execute("SELECT reporting_relight(%s::bigint[])", [sorted(set(learners))])
        cursor.execute(FOLD)
        return len(learners) == TOGETHER


def reconcile_due() -> int:
    """Every area is counted for today, each in a transaction of its own; returns how many were not yet."""
    due = [area for area in Area.objects.filter(is_practice=False).order_by("pk") if _is_due(area)]
    for area in due:
        reconcile(area=area)
    return len(due)


def _is_due(area: Area) -> bool:
    held = CountedArea.objects.filter(area=area).first()
    entry_year = entry_year_on(area, clock.today())
    if held is None:
        return entry_year is not None
    return held.day != clock.today() or held.entry_year != (entry_year or held.entry_year)


@transaction.atomic
def reconcile(*, area: Area) -> Reconciliation | None:
    """The area is counted for today, learner by learner, and the counters say just that. What they had wrong for the
    day before, which neither the passing of time nor a note explains, is kept as a number and said in the log. Twice is
    once.

    None where no cycle was ever open or to come.
    """
    today = clock.today()
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)  # one count of an area at a time
    held = CountedArea.objects.filter(area=area).first()
    entry_year = entry_year_on(area, today) or (held.entry_year if held else None)
    if entry_year is None:
        return None
    learners = _learners(area)
    found: list[tuple[int, str, str]] = []
    mended = 0
    if held is not None:
        found = [(key, was, now) for key, was, now, is_noted in _wrong(area, learners) if not is_noted]
        mended = _mend_counts(area)
    CountedArea.objects.update_or_create(area=area, defaults={"day": today, "entry_year": entry_year})
    _recount([key for key, *_ in _wrong(area, learners)])  # once: learners are held in one order
    return _report(area, found, mended)


def _learners(area: Area) -> list[int]:
    """Everybody who may be in a cohort of the area, whatever the day, and whoever is counted in one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT entry.learner_id FROM accounts_rollentry entry
            JOIN providers_organisation school ON school.id = entry.school_id
            JOIN accounts_learner learner ON learner.id = entry.learner_id
            WHERE entry.year_group IN (11, 12)
              AND (school.area_id = %(area)s OR learner.residence_authority_id = %(authority)s)
            """,
            {"area": area.pk, "authority": area.authority_id},
        )
        return [key for (key,) in cursor.fetchall()]


def _wrong(area: Area, learners: list[int]) -> list[tuple[int, str, str, bool]]:
    """Who is counted as something else than they are: as what, what they are, and whether it is noted, and so known."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG, {"learners": learners, "area": area.pk})
        return list(cursor.fetchall())


def _recount(learners: list[int]) -> None:
    if learners:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reporting_recount(%s::bigint[])", [sorted(set(learners))])


def _mend_counts(area: Area) -> int:
    """How many counters said something else than the learners they have counted; they say it now."""
    with connection.cursor() as cursor:
        cursor.execute(MEND_COUNTS, {"area": area.pk})
        return cursor.rowcount


def _report(area: Area, found: list[tuple[int, str, str]], mended: int) -> Reconciliation:
    """A row without names; where something was wrong, a line in the log too."""
    moves = Counter(f"{was or 'not counted'} to {now or 'not counted'}" for _key, was, now in found)
    details: dict[str, Any] = {"lights": dict(sorted(moves.items())), "counters": mended}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reporting_standing WHERE area_id = %s", [area.pk])
        [learners] = cursor.fetchone()
    if found or mended:
        logger.error("guarantee counters of area %s: %s learners, %s counters wrong", area.pk, len(found), mended)
    return Reconciliation.objects.create(
        area=area, day=clock.today(), learners=learners, differences=len(found), found=details
    )

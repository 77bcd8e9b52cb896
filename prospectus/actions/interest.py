"""What is looked at, kept, followed and looked for in vain. Nobody's name, address or cookie is behind a count."""

import datetime as dt
import re
from collections.abc import Hashable
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import RuleBroken
from prospectus.actions import counting
from prospectus.models import InterestKind, Level, SearchMiss, Subject, Wish
from prospectus.queries.words import MOST_CHARACTERS, normalise, take_postcode, tokens
from providers.models import Area

DAYS_KEPT = 400  # by the day: a year, and some weeks to hold it against the year before
MOST_MISSES_A_DAY = 5_000  # different words: somebody who searches for nonsense all day does not fill the disk

# In the order of the unique key, so that two processes never wait for each other in a circle. A course that is gone by
# now is left out: its count has nothing to belong to.
ADD_INTEREST = """
INSERT INTO prospectus_courseinterest (course_id, day, kind, times)
SELECT course_id, day, kind, times
FROM unnest(%(courses)s::bigint[], %(days)s::date[], %(kinds)s::text[], %(times)s::int[])
     AS counted (course_id, day, kind, times)
WHERE EXISTS (SELECT FROM prospectus_course WHERE id = course_id)
ORDER BY course_id, day, kind
ON CONFLICT (course_id, day, kind) DO UPDATE SET times = prospectus_courseinterest.times + excluded.times
"""
# Words that are there already always count on; of new ones a day takes only so many.
ADD_MISSES = """
WITH counted AS (
    SELECT one.*, held.id IS NULL AS is_new,
           row_number() OVER (PARTITION BY one.day, held.id IS NULL ORDER BY one.times DESC, one.words) AS position
    FROM unnest(%(days)s::date[], %(areas)s::bigint[], %(words)s::text[], %(times)s::int[])
         AS one (day, area_id, words, times)
    LEFT JOIN prospectus_searchmiss held
           ON held.day = one.day AND held.words = one.words AND held.area_id IS NOT DISTINCT FROM one.area_id
)
INSERT INTO prospectus_searchmiss (day, area_id, words, times)
SELECT day, area_id, words, times FROM counted
WHERE (area_id IS NULL OR EXISTS (SELECT FROM providers_area WHERE id = area_id))
  AND (NOT is_new OR position <= %(most)s
       - (SELECT count(*) FROM prospectus_searchmiss held WHERE held.day = counted.day))
ORDER BY day, area_id, words
ON CONFLICT (day, area_id, words) DO UPDATE SET times = prospectus_searchmiss.times + excluded.times
"""
# Whole months only, and never the first of a month, which is where the month's count stays.
FOLD_MONTHS = """
WITH old AS (
    DELETE FROM prospectus_courseinterest
    WHERE day < date_trunc('month', %(before)s::date) AND extract(day FROM day) <> 1
    RETURNING course_id, day, kind, times)
INSERT INTO prospectus_courseinterest (course_id, day, kind, times)
SELECT course_id, date_trunc('month', day)::date AS month, kind, sum(times) FROM old GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (course_id, day, kind) DO UPDATE SET times = prospectus_courseinterest.times + excluded.times
"""


def _write_interest(counts: dict[Hashable, int]) -> None:
    keys: list[Any] = list(counts)
    values = {
        "courses": [course for course, _, _ in keys],
        "days": [day for _, day, _ in keys],
        "kinds": [kind for _, _, kind in keys],
        "times": list(counts.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD_INTEREST, values)


def _write_misses(counts: dict[Hashable, int]) -> None:
    keys: list[Any] = list(counts)
    values: dict[str, Any] = {
        "days": [day for day, _, _ in keys],
        "areas": [area for _, area, _ in keys],
        "words": [words for _, _, words in keys],
        "times": list(counts.values()),
        "most": MOST_MISSES_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD_MISSES, values)


_interest = counting.tally(_write_interest)
_misses = counting.tally(_write_misses)


def count_interest(*, course_id: int, kind: InterestKind) -> None:
    """Today has one more of this kind for the course, within seconds of the commit. Asks the database nothing."""
    _interest.add((course_id, clock.today(), str(kind)))


def count_miss(*, words: str, area_id: int | None = None) -> None:
    """Today has one more search for these words that found nothing. Words that look personal are not kept."""
    if kept := impersonal(words):
        _misses.add((clock.today(), area_id, kept))


def flush_counts() -> int:
    """What this process has counted is in the database. Returns how many different counts there were."""
    return counting.flush()


@transaction.atomic
def fold_old_interest() -> int:
    """Counts older than ``DAYS_KEPT`` are kept by the month, on its first day. Returns how many months were written."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD_MONTHS, {"before": clock.today() - dt.timedelta(days=DAYS_KEPT)})
        return cursor.rowcount


@transaction.atomic
def forget_old_words() -> int:
    """What somebody typed is kept no longer than it can be compared with the year before. Returns how many rows."""
    before = clock.today() - dt.timedelta(days=DAYS_KEPT)
    misses, _ = SearchMiss.objects.filter(day__lt=before).delete()
    wishes, _ = Wish.objects.filter(made_on__lt=before).delete()
    return misses + wishes


# An address of somebody, or five digits and more in a row: a telephone number, a date of birth, a learner's number.
PERSONAL = re.compile(r"\S*@\S*|\S*\d(?:[\s./-]?\d){4,}\S*")


def impersonal(text: str) -> str:
    """The words as search reads them, without postcode and without what looks like somebody's address or number."""
    # No more than search reads of it: over long nonsense the pattern would take its time.
    text, _ = take_postcode(PERSONAL.sub(" ", text[:MOST_CHARACTERS]))
    return " ".join(tokens(normalise(text)))[:100].strip()


def make_wish(
    *,
    words: str = "",
    subject: Subject | None = None,
    level: Level | None = None,
    outcode: str = "",
    area: Area | None = None,
) -> Wish:
    """Somebody's wish is counted among what learners here could not find. Nobody is behind it.

    Raises: RuleBroken ``wish_is_empty``, ``wish_is_personal``.
    """
    # Only the first half of a postcode is asked for; a whole one among the words could be a single house.
    words = " ".join(take_postcode(words)[0].split())
    if not words and subject is None:
        raise RuleBroken(_("Say what you would like to learn, or choose a subject."), code="wish_is_empty")
    if PERSONAL.search(words):
        raise RuleBroken(
            _("Leave out e-mail addresses and long numbers. We do not need to know who you are."),
            code="wish_is_personal",
        )
    return Wish.objects.create(words=words[:120], subject=subject, level=level, outcode=outcode, area=area)

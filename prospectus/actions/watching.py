"""What an upload of courses adds, changes and ends: the catalogue before it, held against the catalogue after it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, models

from prospectus.actions.changing import lock_provider
from prospectus.models import Course, CourseRun
from prospectus.queries.changes import Line
from prospectus.registry import live_on
from providers.models import Site, Upload
from providers.uploads import Change
from providers.workflow import ChangeAction

# Kept by the portal, or said in words by the columns beside them.
NOT_TOLD = {
    "id", "reference", "provider", "course", "organisation", "site", "consortium", "upload", "rolled_from",
    "merged_into",
    "checked_on", "created_at", "changed_at", "published_at", "places_taken", "takes_applications",
    "opening_set_on",
}  # fmt: skip


def _told(model: type[models.Model], alias: str) -> str:
    names = [(field.name, field.column) for field in model._meta.concrete_fields if field.name not in NOT_TOLD]
    return ", ".join(f"'{name}', {alias}.{column}" for name, column in names)


# Each thing of the provider: its key, what it belongs to and is sorted by, and its image. Keys of rows that an upload
# may make are not in the image: they would be others when the same is done again.
COURSES = f"""
    SELECT c.id, c.state <> 'withdrawn' AS is_held, c.state = 'published' AS is_offered, c.title AS course_title,
        c.provider_reference AS course_code, 0::bigint AS place_key,
        jsonb_build_object({_told(Course, "c")},
            'consortium', (SELECT k.name FROM prospectus_consortium k WHERE k.id = c.consortium_id),
            'requirements', (SELECT jsonb_agg(jsonb_build_array(q.how_many, q.qualification_type_id, q.level_id,
                q.grade, q.subject_words, q.is_essential) ORDER BY q.position)
                FROM prospectus_entryrequirement q WHERE q.course_id = c.id),
            'parts', (SELECT jsonb_agg(jsonb_build_array(p.name, o.name, (SELECT concat_ws(', ', s.name,
                nullif(s.postcode, '')) FROM providers_site s WHERE s.id = p.site_id), p.days) ORDER BY p.position)
                FROM prospectus_coursepart p JOIN providers_organisation o ON o.id = p.provider_id
                WHERE p.course_id = c.id)) AS image
    FROM prospectus_course c WHERE c.provider_id = %(provider)s
"""
RUNS = f"""
    SELECT r.id, r.ended_on IS NULL AS is_held,
        r.ended_on IS NULL AND r.state = 'published' AND c.state = 'published' AS is_offered, c.title AS course_title,
        c.provider_reference AS course_code, coalesce(r.site_id, 0) AS place_key,
        jsonb_build_object({_told(CourseRun, "r")},
            'site', (SELECT concat_ws(', ', s.name, nullif(s.postcode, '')) FROM providers_site s
                WHERE s.id = r.site_id)) AS image
    FROM prospectus_courserun r JOIN prospectus_course c ON c.id = r.course_id WHERE c.provider_id = %(provider)s
"""
SITES = f"""
    SELECT s.id, s.ended_on IS NULL AS is_held, s.ended_on IS NULL AS is_offered, s.name AS course_title,
        s.postcode AS course_code, 0::bigint AS place_key, jsonb_build_object({_told(Site, "s")}) AS image
    FROM providers_site s WHERE s.organisation_id = %(provider)s
"""
THINGS = {"course": COURSES, "run": RUNS, "site": SITES}
# Courses with their runs below them by start, sites last.
DIFFERENT = """
    SELECT now.thing, now.id, seen.id IS NULL, coalesce(seen.is_held, false), now.is_held,
        seen.place_key = now.place_key, now.course_title, seen.image, now.image
    FROM ({things}) AS now LEFT JOIN seen_thing seen ON seen.thing = now.thing AND seen.id = now.id
    WHERE (seen.is_held, seen.image, seen.place_key) IS DISTINCT FROM (now.is_held, now.image, now.place_key)
    ORDER BY now.thing = 'site', lower(now.course_title) COLLATE "C", now.course_code COLLATE "C", now.thing,
        now.image->>'starts_on' NULLS LAST, now.image->>'provider_reference' COLLATE "C", now.image::text COLLATE "C"
"""


class CatalogueWatch:
    """How everything of a provider was when the watch began. Nobody else changes it until the transaction is over."""

    def __init__(self, upload: Upload) -> None:
        self.values = {"provider": upload.organisation_id}
        lock_provider(upload.organisation_id)
        self._execute("DROP TABLE IF EXISTS seen_thing")
        self._execute(f"CREATE TEMP TABLE seen_thing ON COMMIT DROP AS {_all_things()}")
        self._execute("ANALYZE seen_thing")

    def changes(self) -> Iterator[Change]:
        """Everything that is otherwise now. What came back from having been ended has changed; what was ended and is
        still ended is left out."""
        # Statistics are old right after a large load, and a nested loop chosen by them would take quadratic time.
        self._execute("SET LOCAL enable_nestloop = off")
        with connection.chunked_cursor() as cursor:  # images of ten thousand things would not all fit at once
            cursor.execute(DIFFERENT.format(things=_all_things()), self.values)
            for row in cursor:
                line = Line(*row)
                if line.is_new:
                    yield Change(ChangeAction.ADDED, line.thing, line.title)
                elif line.was_held and not line.is_held:
                    yield Change(ChangeAction.ENDED, line.thing, line.title, line.key)
                elif line.is_held and (fields := line.differing):
                    yield Change(ChangeAction.CHANGED, line.thing, line.title, line.key, fields)
        self._execute("SET LOCAL enable_nestloop = on")

    def facts(self) -> Mapping[str, Any]:
        """How much was on offer, how much of that would not be any more, and how many learners stand on it."""
        offered = dict(self._execute("SELECT thing, count(*) FROM seen_thing WHERE is_offered GROUP BY 1"))
        gone = self._execute(
            f"""SELECT seen.thing, seen.id FROM seen_thing seen JOIN ({_all_things()}) AS now
                ON now.thing = seen.thing AND now.id = seen.id WHERE seen.is_offered AND NOT now.is_offered"""
        )
        runs = [key for thing, key in gone if thing == "run"]
        return {
            "courses_offered": offered.get("course", 0),
            "courses_gone": sum(thing == "course" for thing, _key in gone),
            "runs_offered": offered.get("run", 0),
            "runs_gone": len(runs),
            "learners": live_on(runs),
        }

    def _execute(self, sql: str) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values)
            return cursor.fetchall() if cursor.description else []


def _all_things() -> str:
    """Every course, run and site of the provider as it is now."""
    return " UNION ALL ".join(f"SELECT '{thing}' AS thing, t.* FROM ({sql}) t" for thing, sql in THINGS.items())

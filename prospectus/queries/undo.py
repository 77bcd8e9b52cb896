"""What undoing the last upload of a provider's catalogue would put back, and what has been touched since and stays."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format

from core import clock
from prospectus.models import Course, CourseRun
from prospectus.queries.changes import run_title
from prospectus.registry import applied_since
from providers.models import Site, Upload
from providers.uploads import UndoStep
from providers.workflow import ReversalAction

REQUIREMENTS = """(SELECT jsonb_agg(jsonb_build_array(q.how_many, q.qualification_type_id, q.level_id, q.grade,
    q.subject_words, q.is_essential) ORDER BY q.position)
    FROM prospectus_entryrequirement q WHERE q.course_id = t.id)"""
PARTS = """(SELECT jsonb_agg(jsonb_build_array(p.name, p.provider_id, p.site_id, p.days) ORDER BY p.position)
    FROM prospectus_coursepart p WHERE p.course_id = t.id)"""
# Every column of a row and what belongs to it.
COLUMNS = {"course": f"t.*, {REQUIREMENTS} AS requirements, {PARTS} AS parts", "run": "t.*", "site": "t.*"}
MODELS: dict[str, Any] = {"course": Course, "run": CourseRun, "site": Site}
# What happens to a thing without anybody changing what is said about it: it is applied for, or said to be right.
NOT_TOUCHING = {"changed_at", "created_at", "published_at", "checked_on", "places_taken"}
TABLES = {"course": "prospectus_course", "run": "prospectus_courserun", "site": "providers_site"}
THEIRS = {
    "course": "t.provider_id = %(provider)s",
    "run": "t.course_id IN (SELECT id FROM prospectus_course WHERE provider_id = %(provider)s)",
    "site": "t.organisation_id = %(provider)s",
}


def now_of(thing: str) -> str:
    """SQL: each such thing of the provider with its ``version``, which is the same for as long as nobody changes
    anything that is said about the thing."""
    fields = MODELS[thing]._meta.concrete_fields
    names = [f"t.{field.column}" for field in fields if field.name not in NOT_TOUCHING]
    if thing == "course":
        names += ["t.requirements", "t.parts"]
    # Both halves of a digest as long as MD5, five times as fast as writing a row out to digest the text.
    row = f"ROW({', '.join(names)})"
    version = " || ".join(f"lpad(to_hex(hash_record_extended({row}, {seed})), 16, '0')" for seed in (0, 1))
    return f"SELECT t.*, {version} AS version FROM ({rows_of(thing)}) t"


def rows_of(thing: str) -> str:
    """SQL: each such thing of the provider, and where its row lies: a row that is written again lies elsewhere."""
    return f"SELECT {COLUMNS[thing]}, t.ctid AS place FROM {TABLES[thing]} t WHERE {THEIRS[thing]}"


RUNS = f"""
    SELECT t.id, c.title, image.before, t.version <> image.version, t.ended_on IS NOT NULL, t.changed_at, t.course_id,
        t.site_id, CASE
            WHEN NOT t.is_flexible_start AND t.starts_on > %(published_on)s AND t.starts_on <= %(today)s
                THEN t.starts_on
            WHEN NOT (image.before->>'is_flexible_start')::boolean
                AND (image.before->>'starts_on')::date > %(published_on)s
                AND (image.before->>'starts_on')::date <= %(today)s THEN (image.before->>'starts_on')::date
        END,
        EXISTS (SELECT FROM providers_site s WHERE s.id = (image.before->>'site_id')::bigint AND s.ended_on IS NOT NULL
            AND s.id NOT IN (SELECT thing_key FROM prospectus_catalogueimage WHERE upload_id = %(upload)s
                AND thing = 'site')),
        jsonb_build_object('is_flexible_start', t.is_flexible_start, 'starts_on', t.starts_on,
            'start_text', t.start_text, 'provider_reference', t.provider_reference,
            'site', (SELECT concat_ws(', ', s.name, nullif(s.postcode, '')) FROM providers_site s
                WHERE s.id = t.site_id))
    FROM prospectus_catalogueimage image
    JOIN ({now_of("run")}) t ON t.id = image.thing_key
    JOIN prospectus_course c ON c.id = t.course_id
    WHERE image.upload_id = %(upload)s AND image.thing = 'run'
"""
COURSES = f"""
    SELECT t.id, t.title, image.before, t.version <> image.version, t.state = 'withdrawn', t.changed_at, t.checked_on,
        EXISTS (SELECT FROM prospectus_course o WHERE o.provider_id = t.provider_id AND o.id <> t.id
            AND o.provider_reference = image.before->>'provider_reference'),
        ARRAY(SELECT r.id FROM prospectus_courserun r WHERE r.course_id = t.id AND r.ended_on IS NULL)
    FROM prospectus_catalogueimage image
    JOIN ({now_of("course")}) t ON t.id = image.thing_key
    WHERE image.upload_id = %(upload)s AND image.thing = 'course'
"""
SITES = f"""
    SELECT t.id, concat_ws(', ', t.name, nullif(t.postcode, '')), image.before, t.version <> image.version,
        t.ended_on IS NOT NULL, NULL::timestamptz,
        ARRAY(SELECT r.id FROM prospectus_courserun r WHERE r.site_id = t.id AND r.ended_on IS NULL),
        ARRAY(SELECT p.course_id FROM prospectus_coursepart p WHERE p.site_id = t.id)
    FROM prospectus_catalogueimage image
    JOIN ({now_of("site")}) t ON t.id = image.thing_key
    WHERE image.upload_id = %(upload)s AND image.thing = 'site'
"""


class Touched(NamedTuple):
    """One thing that the upload touched, how it was before (None: not there), and what has become of it since."""

    key: int
    title: str
    before: Mapping[str, Any] | None
    is_touched: bool
    is_out: bool
    changed_at: dt.datetime | None
    facts: tuple[Any, ...]

    @property
    def goes_out(self) -> bool:
        """Undoing takes it out: it was not there before, or was not on offer."""
        before = self.before
        return before is None or before.get("state") == "withdrawn" or before.get("ended_on") is not None

    @property
    def why_touched(self) -> str:
        """Why it is left alone, where somebody has changed it."""
        if not self.is_touched:
            return ""
        if self.is_out:
            return "It has been taken out by somebody since."
        return f"It has been changed by somebody since{f', on {_day(self.changed_at)}' if self.changed_at else ''}."


def undo_steps(upload: Upload) -> list[UndoStep]:
    """What undoing this upload would do with each thing it added, changed or ended; what stays is first, each with
    the reason. The same for as long as nobody touches any of them. Means something for the provider's last upload."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # as for merging: statistics may be old right after a large load
            cursor.execute("SET LOCAL enable_nestloop = off")
        steps = _Plan(upload).steps()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = on")
    return steps


class _Plan:
    def __init__(self, upload: Upload) -> None:
        self.published_on = _date(upload.ended_at or upload.created_at)
        self.values = {
            "upload": upload.pk,
            "provider": upload.organisation_id,
            "published_on": self.published_on,
            "today": clock.today(),
        }
        self.runs = list(self._ask(RUNS))
        self.courses = list(self._ask(COURSES))
        self.sites = list(self._ask(SITES))
        open_runs = {run for course in self.courses for run in course.facts[2]}
        everything = {run.key for run in self.runs} | open_runs
        # From when it was confirmed: somebody may have applied while it was being published.
        self.applied = applied_since(everything, upload.confirmed_at or upload.created_at)

    def _ask(self, sql: str) -> Iterator[Touched]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values)
            for key, title, before, is_touched, is_out, changed_at, *facts in cursor:
                yield Touched(
                    key, title, json.loads(before) if before else None, is_touched, is_out, changed_at, tuple(facts)
                )

    def steps(self) -> list[UndoStep]:
        why_runs = {run.key: self._why_run(run) for run in self.runs}
        out = {run.key for run in self.runs if run.goes_out and not why_runs[run.key]}
        why_courses = {course.key: self._why_course(course, out) for course in self.courses}
        stay_out = {
            course.key for course in self.courses if (course.is_out if why_courses[course.key] else course.goes_out)
        }
        for run in self.runs:
            if not why_runs[run.key] and not run.goes_out and run.facts[0] in stay_out:
                why_runs[run.key] = "Its course stays as it is, which is taken out."
        moved = {
            run.key
            for run in self.runs
            if not why_runs[run.key] and (run.goes_out or (run.before and run.before["site_id"] != run.facts[1]))
        }
        undone = {course.key for course in self.courses if not why_courses[course.key]}
        steps = [
            *(self._step("course", course, why_courses[course.key]) for course in self.courses),
            *(
                self._step("run", run._replace(title=run_title(run.title, json.loads(run.facts[4]))), why_runs[run.key])
                for run in self.runs
            ),
            *(self._step("site", site, self._why_site(site, moved, undone)) for site in self.sites),
        ]
        return sorted(
            steps, key=lambda step: (not step.why, step.thing == "site", step.title.lower(), step.thing, step.key)
        )

    @staticmethod
    def _step(thing: str, touched: Touched, why: str) -> UndoStep:
        action = ReversalAction.TAKEN_OUT if touched.goes_out else ReversalAction.RESTORED
        return UndoStep(ReversalAction.KEPT if why else action, thing, touched.key, touched.title, why)

    def _why_run(self, run: Touched) -> str:
        _course, _site, began_on, is_site_gone, _image = run.facts
        if run.key in self.applied:
            return "Somebody has applied for it since."
        if run.is_touched:
            return run.why_touched
        if began_on:
            return f"It has begun since, on {_day(began_on)}."
        return "Its site has been closed since." if is_site_gone and not run.goes_out else ""

    def _why_course(self, course: Touched, out: set[int]) -> str:
        checked_on, is_code_taken, open_runs = course.facts
        if not self.applied.isdisjoint(open_runs):
            return "Somebody has applied for it since."
        if course.is_touched:
            return course.why_touched
        if checked_on and checked_on > self.published_on:
            return f"Somebody has said since, on {_day(checked_on)}, that it is right."
        if is_code_taken:
            return "Another course has the code now that it had before."
        return "It has dates that stay." if course.goes_out and not out.issuperset(open_runs) else ""

    @staticmethod
    def _why_site(site: Touched, moved: set[int], undone: set[int]) -> str:
        if site.is_touched:
            return site.why_touched
        if not site.goes_out:
            return ""
        open_runs, courses_in_parts = site.facts
        if not moved.issuperset(open_runs):
            return "Dates that stay are there."
        return "" if undone.issuperset(courses_in_parts) else "Parts of courses that stay are taught there."


def _date(moment: dt.datetime) -> dt.date:
    return moment.astimezone(timezone.get_default_timezone()).date()


def _day(day: dt.date) -> str:
    return date_format(_date(day) if isinstance(day, dt.datetime) else day, "j F Y")

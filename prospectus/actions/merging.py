"""A staged catalogue becomes the provider's courses, runs and requirements, in set statements."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, cast

from django.db import connection, models
from psycopg.types.json import Jsonb

from core import clock
from core.bulk import copy_rows
from core.references import new_references
from prospectus.actions.staged import AS_FEEDS_SAY, Called, StagedCourse, StagedRun, batches
from prospectus.models import Course, CourseRun
from prospectus.part_words import PartWords
from providers.models import IssueSeverity, Organisation, Upload
from providers.uploads import RowIssue

# What a plain feed has no words for stays as somebody entered it here, unless the file says it all.
SAID_BY_FEW = {"kind", "stage", "consortium_id", "option_block", "extra_cost_pence"}
OPENING = {"apply_from_on", "apply_until_on", "apply_url"}  # set here, they stay whatever a feed says of them


class Merge:
    """The staging tables of one transaction, and the set statements that read them."""

    def __init__(
        self,
        *,
        provider: Organisation,
        upload: Upload,
        course_columns: Sequence[str],
        run_columns: Sequence[str],
        kept: Collection[str] | None = None,
        spot: str = "line",
        called: Called = AS_FEEDS_SAY,
    ) -> None:
        """``kept`` are the columns (of courses and runs, as in the database) that the file says nothing about, where it
        is a kind of file that says everything else; None for feeds. ``spot`` is what its places are called."""
        self.kept = kept
        self.is_fetched = upload.by_id is None
        self.spot = spot
        self.called = called
        self.values: dict[str, Any] = {
            "provider": provider.pk,
            "upload": upload.pk,
            "now": clock.now(),
            "today": clock.today(),
        }
        self.course_columns = [_column(Course, name) for name in course_columns]
        self.run_columns = [_column(CourseRun, name) for name in run_columns]
        self.json_at = [at for at, name in enumerate(course_columns) if _is_json(Course, name)]
        self.has_requirements = False
        self.said_parts: dict[int, Sequence[PartWords]] = {}  # by the position of the course
        self.says_parts = False
        self.renamed_runs: list[int] = []  # the keys of runs that were numbered anew, before they are merged
        self.execute("DROP TABLE IF EXISTS staged_course, staged_run, staged_site, staged_broken, staged_requirement")
        self.execute("DROP TABLE IF EXISTS staged_spared, staged_part")
        self.execute(
            f"""CREATE TEMP TABLE staged_course ON COMMIT DROP AS
            SELECT 0 AS position, 0 AS line, reference, state, false AS says_all, ''::text AS consortium,
                false AS says_parts, {", ".join(self.course_columns)}
            FROM prospectus_course WITH NO DATA"""
        )
        self.execute(
            f"""CREATE TEMP TABLE staged_run ON COMMIT DROP AS
            SELECT 0 AS position, 0 AS course_position, 0 AS line, provider_reference AS course_reference,
                ''::text AS place, reference, false AS says_all, {", ".join(self.run_columns)}
            FROM prospectus_courserun WITH NO DATA"""
        )
        self.execute("CREATE TEMP TABLE staged_site (place text, site_id bigint) ON COMMIT DROP")
        self.execute("CREATE TEMP TABLE staged_broken (course_reference text) ON COMMIT DROP")
        self.execute("CREATE TEMP TABLE staged_spared (course_reference text, run_reference text) ON COMMIT DROP")
        self.execute(
            """CREATE TEMP TABLE staged_requirement ON COMMIT DROP AS
            SELECT 0 AS course_position, position, how_many, qualification_type_id, level_id, grade, subject_words,
                is_essential
            FROM prospectus_entryrequirement WITH NO DATA"""
        )
        self.execute(
            """CREATE TEMP TABLE staged_part ON COMMIT DROP AS
            SELECT 0 AS course_position, position, name, provider_id, site_id, days
            FROM prospectus_coursepart WITH NO DATA"""
        )

    def execute(self, sql: str) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values | {"renamed": self.renamed_runs})
            return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]

    # Staging

    def stage(self, courses: Iterable[StagedCourse]) -> None:
        """Every course and run is in the staging tables, numbered in the order of the file."""
        run_position = 0
        for first, batch in batches(courses):
            new = [(first + at, course) for at, course in enumerate(batch) if not course.is_more]
            copy_rows("staged_course", map(self._course_row, new_references(len(new)), new))
            runs = [(first + at, course.values[0], run) for at, course in enumerate(batch) for run in course.runs]
            copy_rows("staged_run", map(self._run_row, count(run_position), new_references(len(runs)), runs))
            run_position += len(runs)
            requirements = [
                (first + at, position, *requirement)
                for at, course in enumerate(batch)
                for position, requirement in enumerate(course.requirements, start=1)
            ]
            self.has_requirements |= any(course.says_all for course in batch)
            self.says_parts |= any(course.parts is not None for course in batch)
            self.said_parts |= {first + at: course.parts for at, course in enumerate(batch) if course.parts}
            copy_rows("staged_requirement", requirements)
        # Only what is joined by: the statistics of texts cost more than the statements that they are for.
        self.execute("ANALYZE staged_course (position, provider_reference, says_all)")
        self.execute("ANALYZE staged_run (position, course_position, course_reference, provider_reference, place)")

    def _course_row(self, reference: str, placed: tuple[int, StagedCourse]) -> list[Any]:
        position, course = placed
        values = list(course.values)
        for at in self.json_at:
            values[at] = Jsonb(values[at])
        head = [position, course.line, reference, course.state, course.says_all, course.consortium]
        return [*head, course.parts is not None, *values]

    def _run_row(self, position: int, reference: str, placed: tuple[int, str, StagedRun]) -> list[Any]:
        course_position, course_reference, run = placed
        head = [position, course_position, run.line, course_reference, run.place, reference, run.says_all]
        return [*head, *run.values]

    def stage_sites(self, keys: Mapping[str, int]) -> None:
        copy_rows("staged_site", keys.items())

    def stage_broken(self, references: Iterable[str]) -> None:
        copy_rows("staged_broken", ((reference,) for reference in references))

    def forget_parts(self, positions: Sequence[int]) -> None:
        """The parts of these staged courses stay as they are here."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE staged_course SET says_parts = false WHERE position = ANY(%s)", [list(positions)])

    def staged(self) -> int:
        """How many courses and runs will be, or were, merged."""
        return self.execute("SELECT (SELECT count(*) FROM staged_course) + (SELECT count(*) FROM staged_run)")[0][0]

    # Checks of the whole file

    def repeated_courses(self) -> Iterator[RowIssue]:
        """A course given twice is one course; two courses under one identifier are a mistake, and the first is used."""
        repeated = self.execute(
            """SELECT c.line, c.provider_reference, c.title, f.line, f.title, lower(c.title) = lower(f.title)
            FROM staged_course c JOIN (
                SELECT DISTINCT ON (provider_reference) * FROM staged_course ORDER BY provider_reference, position
            ) f USING (provider_reference)
            WHERE c.position <> f.position ORDER BY c.position"""
        )
        self.execute(
            """WITH gone AS (
                DELETE FROM staged_run r USING staged_course c, (
                    SELECT DISTINCT ON (provider_reference) * FROM staged_course ORDER BY provider_reference, position
                ) f
                WHERE r.course_position = c.position AND c.provider_reference = f.provider_reference
                    AND c.position <> f.position AND lower(c.title) <> lower(f.title)
                RETURNING r.course_reference, r.provider_reference
            )
            INSERT INTO staged_spared SELECT * FROM gone"""
        )
        self.execute(
            """DELETE FROM staged_course c USING (
                SELECT provider_reference, min(position) AS position FROM staged_course GROUP BY 1
            ) f
            WHERE c.provider_reference = f.provider_reference AND c.position <> f.position"""
        )
        for line, reference, title, first_line, first_title, is_same in repeated:
            first = f"{self.spot} {first_line}"
            if is_same:
                code, severity = "COURSE_IDENTIFIER_REPEATED", IssueSeverity.WARNING
                message = (
                    f"“{title[:80]}” is also on {first}. All its dates are kept; what {first} says about the course "
                    "is used. Say the same on both."
                )
            else:
                code, severity = "COURSE_IDENTIFIER_TAKEN", IssueSeverity.ERROR
                message = (
                    f"“{title[:80]}” has the identifier of “{first_title[:80]}” ({first}). This course is "
                    "not used. Give each course its own identifier, or one course one title."
                )
            yield RowIssue(line, self.called.course, reference, code, severity, message)

    def repeated_runs(self) -> Iterator[RowIssue]:
        """Of runs with one identifier in one course the first is used."""
        repeated = self.execute(
            """DELETE FROM staged_run r USING (
                SELECT course_reference, provider_reference, min(position) AS position, min(line) AS line
                FROM staged_run GROUP BY 1, 2 HAVING count(*) > 1
            ) f
            WHERE r.course_reference = f.course_reference AND r.provider_reference = f.provider_reference
                AND r.position <> f.position
            RETURNING r.line, r.provider_reference, f.line, r.position"""
        )
        for line, reference, first_line, _position in sorted(repeated, key=lambda row: row[3]):
            message = (
                f"This run has the identifier of another run of the course ({self.spot} {first_line}) and is not used. "
                "Give each run its own identifier."
            )
            yield RowIssue(line, self.called.run, reference, "RUN_IDENTIFIER_TAKEN", IssueSeverity.ERROR, message)

    # Merging

    def merge_courses(self) -> tuple[int, int]:
        """The courses are as staged; returns how many are new and how many changed. An import unpublishes nothing."""
        columns = [*self.course_columns, "consortium_id"]
        held, given, wanted = self._three(columns)
        state = "CASE WHEN held.state = 'published' THEN held.state ELSE given.state END"
        return self._merge(
            f"""MERGE INTO prospectus_course AS held USING (
                SELECT s.*, k.id AS consortium_id
                FROM staged_course s
                LEFT JOIN prospectus_consortium k ON k.lead_id = %(provider)s AND k.name = s.consortium
                    AND k.ended_on IS NULL
            ) AS given
            ON held.provider_id = %(provider)s AND held.provider_reference = given.provider_reference
            WHEN MATCHED AND ({held}, held.state) IS DISTINCT FROM ({wanted}, {state}) THEN UPDATE SET
                {self._set(columns)}, state = {state},
                published_at = CASE WHEN {state} = 'published' THEN coalesce(held.published_at, %(now)s)
                               ELSE held.published_at END,
                upload_id = %(upload)s, changed_at = %(now)s
            WHEN NOT MATCHED THEN
                INSERT (reference, provider_id, {", ".join(columns)}, state, upload_id, created_at, changed_at,
                        checked_on, published_at)
                VALUES (given.reference, %(provider)s, {given}, given.state, %(upload)s, %(now)s, %(now)s, %(today)s,
                        CASE WHEN given.state = 'published' THEN %(now)s::timestamptz END)"""
        )

    def merge_runs(self) -> tuple[int, int]:
        """The runs are as staged, also those that had been ended; returns how many are new and how many changed."""
        columns = [*self.run_columns, "site_id"]
        held, given, wanted = self._three(columns)
        added, changed = self._merge(
            f"""MERGE INTO prospectus_courserun AS held USING (
                SELECT r.*, c.id AS course_id, s.site_id
                FROM staged_run r
                JOIN prospectus_course c ON c.provider_id = %(provider)s AND c.provider_reference = r.course_reference
                LEFT JOIN staged_site s ON s.place = r.place
            ) AS given
            ON held.course_id = given.course_id AND held.provider_reference = given.provider_reference
            WHEN MATCHED AND ({held}, held.ended_on, held.state) IS DISTINCT FROM ({wanted}, NULL::date, 'published')
            THEN UPDATE SET
                {self._set(columns)}, ended_on = NULL, state = 'published',
                upload_id = %(upload)s, changed_at = %(now)s
            WHEN NOT MATCHED THEN
                INSERT (reference, course_id, {", ".join(columns)}, places_taken, takes_applications, upload_id,
                    created_at, changed_at)
                VALUES (given.reference, given.course_id, {given}, 0, false, %(upload)s, %(now)s, %(now)s)"""
        )
        only_renamed = self.execute(
            """UPDATE prospectus_courserun SET changed_at = %(now)s, upload_id = %(upload)s
            WHERE id = ANY(%(renamed)s) AND upload_id <> %(upload)s"""
        )
        return added, changed + only_renamed[0][0]

    def merge_requirements(self) -> int:
        """The requirements of courses that say all are as staged; returns how many courses that alone changed."""
        if not self.has_requirements:
            return 0
        columns = "how_many, qualification_type_id, level_id, grade, subject_words, is_essential"
        return self._merge_rows("requirement", "prospectus_entryrequirement", columns, of="s.says_all")

    def merge_parts(self) -> int:
        """The parts of courses that say them are as staged; returns how many courses that alone changed."""
        if not self.says_parts:
            return 0
        return self._merge_rows("part", "prospectus_coursepart", "name, provider_id, site_id, days", of="s.says_parts")

    def _merge_rows(self, thing: str, table: str, columns: str, *, of: str) -> int:
        """The numbered rows of the courses ``of`` which they are said."""
        self.execute(
            f"""CREATE TEMP TABLE staged_differing ON COMMIT DROP AS
            SELECT c.id, s.position, c.changed_at <> %(now)s AS is_news
            FROM staged_course s
            JOIN prospectus_course c ON c.provider_id = %(provider)s AND c.provider_reference = s.provider_reference
            WHERE {of} AND
                (SELECT array_agg(({columns})::text ORDER BY r.position) FROM staged_{thing} r
                    WHERE r.course_position = s.position)
                IS DISTINCT FROM
                (SELECT array_agg(({columns})::text ORDER BY r.position) FROM {table} r WHERE r.course_id = c.id)"""
        )
        self.execute(f"DELETE FROM {table} r USING staged_differing d WHERE r.course_id = d.id")
        self.execute(
            f"""INSERT INTO {table} (course_id, position, {columns})
            SELECT d.id, r.position, {columns}
            FROM staged_{thing} r JOIN staged_differing d ON d.position = r.course_position"""
        )
        changed = self.execute(
            """UPDATE prospectus_course c SET changed_at = %(now)s, upload_id = %(upload)s
            FROM staged_differing d WHERE d.id = c.id AND d.is_news"""
        )[0][0]
        self.execute("DROP TABLE staged_differing")
        return changed

    def _merge(self, sql: str) -> tuple[int, int]:
        # Statistics are old right after a large load, and a nested loop chosen by them would take quadratic time.
        self.execute("SET LOCAL enable_nestloop = off")
        counted = self.execute(
            f"WITH merged AS ({sql} RETURNING merge_action() AS action) SELECT action, count(*) FROM merged GROUP BY 1"
        )
        self.execute("SET LOCAL enable_nestloop = on")
        actions = dict(counted)
        return actions.get("INSERT", 0), actions.get("UPDATE", 0)

    def end_runs(self) -> int:
        """Runs an upload made and this one no longer has are ended today; not those it names and cannot use."""
        return self.execute(
            """UPDATE prospectus_courserun r SET ended_on = %(today)s, changed_at = %(now)s
            FROM prospectus_course c
            WHERE c.id = r.course_id AND c.provider_id = %(provider)s AND r.upload_id IS NOT NULL AND r.ended_on IS NULL
                AND NOT EXISTS (SELECT FROM staged_run s WHERE s.course_reference = c.provider_reference
                    AND s.provider_reference = r.provider_reference)
                AND NOT EXISTS (SELECT FROM staged_broken b WHERE b.course_reference = c.provider_reference)
                AND (c.provider_reference, r.provider_reference) NOT IN (TABLE staged_spared)"""
        )[0][0]

    def end_rolled_drafts(self) -> int:
        """Copies of last year's runs that nobody has looked into are ended where this upload says what takes their
        place: it has the course's runs of that year (August to July), or has the course no longer."""
        return self.execute(
            """UPDATE prospectus_courserun r SET ended_on = %(today)s, changed_at = %(now)s
            FROM prospectus_course c
            WHERE c.id = r.course_id AND c.provider_id = %(provider)s AND r.upload_id IS NULL
                AND r.rolled_from_id IS NOT NULL AND r.state = 'draft' AND r.ended_on IS NULL
                AND r.changed_at = r.created_at
                AND (EXISTS (SELECT FROM staged_run s WHERE s.course_reference = c.provider_reference
                        AND date_trunc('year', s.starts_on - interval '7 months')
                            = date_trunc('year', r.starts_on - interval '7 months'))
                    OR c.upload_id IS NOT NULL
                        AND NOT EXISTS (SELECT FROM staged_course s WHERE s.provider_reference = c.provider_reference)
                        AND NOT EXISTS (SELECT FROM staged_broken b WHERE b.course_reference = c.provider_reference))"""
        )[0][0]

    def withdraw_courses(self) -> int:
        """Courses an upload made and this one no longer has are withdrawn, unless somebody gave them a run by hand."""
        return self.execute(
            """UPDATE prospectus_course c SET state = 'withdrawn', changed_at = %(now)s
            WHERE c.provider_id = %(provider)s AND c.upload_id IS NOT NULL AND c.state <> 'withdrawn'
                AND NOT EXISTS (SELECT FROM staged_course s WHERE s.provider_reference = c.provider_reference)
                AND NOT EXISTS (SELECT FROM staged_broken b WHERE b.course_reference = c.provider_reference)
                AND NOT EXISTS (SELECT FROM prospectus_courserun r WHERE r.course_id = c.id AND r.ended_on IS NULL)"""
        )[0][0]

    def say_checked(self) -> None:
        """The provider has said today that these courses are right."""
        self.execute(
            """UPDATE prospectus_course c SET checked_on = %(today)s FROM staged_course s
            WHERE c.provider_id = %(provider)s AND c.provider_reference = s.provider_reference
                AND c.checked_on IS DISTINCT FROM %(today)s"""
        )

    # Which side of a comparison counts

    @property
    def group(self) -> str:
        """SQL: the name of the group that is to teach the staged course ``s``; ``h`` is that of the held one, where
        it has not ended."""
        given, held = "s.consortium", "coalesce(h.name, '')"
        if self.kept is None:
            return f"CASE WHEN s.says_all THEN {given} ELSE {held} END"
        return held if "consortium_id" in self.kept else given

    def says(self, name: str) -> bool:
        """Whether the file says this of runs."""
        return name in (*self.run_columns, "site_id") and name not in (self.kept or ())

    def _three(self, columns: Sequence[str]) -> tuple[str, str, str]:
        """The columns as they are held, as they are given, and as they are to be, for the two sides of a comparison."""
        return (
            ", ".join(f"held.{name}" for name in columns),
            ", ".join(f"given.{name}" for name in columns),
            ", ".join(self._wanted(name) for name in columns),
        )

    def _wanted(self, name: str) -> str:
        given = f"held.{name}" if name in (self.kept or ()) else f"given.{name}"
        if self.kept is None and name in SAID_BY_FEW:
            given = f"CASE WHEN given.says_all THEN given.{name} ELSE held.{name} END"
        if self.is_fetched and name in OPENING:
            return f"CASE WHEN held.opening_set_on IS NULL THEN {given} ELSE held.{name} END"
        return given

    def _set(self, columns: Sequence[str]) -> str:
        return ", ".join(f"{name} = {self._wanted(name)}" for name in columns)


def _column(model: type[models.Model], name: str) -> str:
    return str(cast("models.Field", model._meta.get_field(name)).column)


def _is_json(model: type[models.Model], name: str) -> bool:
    return isinstance(model._meta.get_field(name), models.JSONField)

"""The open-data table: one list of columns is the query, the heading and the data dictionary.

PostgreSQL writes the lines itself (COPY); Python only passes them on, so that memory and time do not grow with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core import clock
from core.sheets import FORMULA_STARTS
from prospectus.models import CourseState, RunState

CHUNK = 2**16
MARK = "\ufeff".encode()  # Excel takes the file for UTF-8 because of it
TEXT, CODES, DATE, NUMBER, YES_NO = "text", "codes", "date", "number", "yes or no"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its name, what it means, what stands in it, and where that comes from."""

    name: str
    meaning: str
    holds: str
    source: str
    sql: str
    unit: str = ""

    @property
    def neutral_sql(self) -> str:
        """The value as it may stand in a cell: text that looks like a formula is shown and never run."""
        if self.holds != TEXT:
            return self.sql
        starts = ", ".join(f"chr({ord(sign)})" for sign in FORMULA_STARTS)
        return f"CASE WHEN left({self.sql}, 1) IN ({starts}) THEN '''' || {self.sql} ELSE {self.sql} END"


def _from(source: str, name: str, meaning: str, holds: str = TEXT, *, sql: str, unit: str = "") -> Column:
    return Column(name=name, meaning=meaning, holds=holds, source=source, sql=sql, unit=unit)


def _yes_no(sql: str) -> str:
    return f"CASE WHEN {sql} THEN 'yes' WHEN NOT {sql} THEN 'no' END"


COLUMNS = (
    _from("Course.reference", "course_reference", "This portal's own code for the course; it never changes.", CODES,
          sql="c.reference"),
    _from("CourseRun.reference", "run_reference", "This portal's own code for the course run; empty where a course has "
          "no run yet.", CODES, sql="r.reference"),
    _from("Area.name", "area", "The area whose prospectus it is in.", sql="a.name"),
    _from("Organisation.name", "provider", "The college, school or training provider.", sql="o.name"),
    _from("Organisation.ukprn", "provider_ukprn", "Its number in the UK Register of Learning Providers.", CODES,
          sql="o.ukprn"),
    _from("Organisation.website", "provider_website", "Its website.", sql="o.website"),
    _from("Course.provider_reference", "provider_course_code", "The provider's own code for the course.",
          sql="c.provider_reference"),
    _from("CourseRun.provider_reference", "provider_run_code", "The provider's own code for the run.",
          sql="r.provider_reference"),
    _from("Course.title", "title", "What the course is called.", sql="c.title"),
    _from("Course.kind", "kind", "course, apprenticeship, re_engagement, taster or activity.", CODES, sql="c.kind"),
    _from("Course.stage", "stage", "post_16 (after Year 11) or key_stage_4 (in Years 10 and 11).", CODES,
          sql="c.stage"),
    _from("Course.summary", "summary", "One or two sentences about it.", sql="c.summary"),
    _from("Course.levels", "levels", "Qualification levels, E for Entry and 1 to 8, with a space between.", CODES,
          sql="array_to_string(c.levels, ' ')"),
    _from("Course.subject", "subject_code", "Sector subject area.", CODES, sql="c.subject_id"),
    _from("Subject.name", "subject", "The name of the sector subject area.", sql="s.name"),
    _from("Course.qualification_type", "qualification_type", "What kind of qualification it ends with.", CODES,
          sql="c.qualification_type_id"),
    _from("Course.qualification_title", "qualification_title", "The full name of the qualification.",
          sql="c.qualification_title"),
    _from("Course.awarding_organisation", "awarding_organisation", "Who awards it.", sql="c.awarding_organisation"),
    _from("Course.website", "course_website", "The provider's own page about the course.", sql="c.website"),
    _from("Course.checked_on", "checked_on", "When the provider last said that it is right.", DATE, unit="YYYY-MM-DD",
          sql="c.checked_on"),
    _from("Consortium.name", "taught_with", "What those who teach it together are called; empty where one does.",
          sql="together.taught_with"),
    _from("ConsortiumPartner.provider", "partners", "The others who teach it, with a semicolon between.",
          sql="together.partners"),
    _from("CoursePart", "parts", "A line for each part: its name, who teaches it, at which site, when in the week; "
          "with a bar between.", sql="together.parts"),
    _from("CourseRun.starts_on", "starts_on", "First day; empty where it is not known or any day will do.", DATE,
          unit="YYYY-MM-DD", sql="r.starts_on"),
    _from("CourseRun.start_text", "start_words", "The provider's own words for the start.", sql="r.start_text"),
    _from("CourseRun.is_flexible_start", "starts_any_day", "Whether one can start on any day.", YES_NO,
          sql=_yes_no("r.is_flexible_start")),
    _from("CourseRun.ends_on", "ends_on", "Last day.", DATE, unit="YYYY-MM-DD", sql="r.ends_on"),
    _from("CourseRun.duration_text", "duration", "How long it takes, in the provider's words.", sql="r.duration_text"),
    _from("CourseRun.study_mode", "study_mode", "full_time, part_time, part_of_programme, flexible or unknown.", CODES,
          sql="r.study_mode"),
    _from("CourseRun.delivery", "delivery", "classroom, workplace, online, blended, outreach or unknown.", CODES,
          sql="r.delivery"),
    _from("CourseRun.pattern", "pattern", "daytime, evening, weekend, block_release, flexible or unknown.", CODES,
          sql="r.pattern"),
    _from("CourseRun.cost_pence", "cost_pounds", "What a learner pays who pays; empty where it is not known.", NUMBER,
          unit="pounds", sql="(r.cost_pence / 100.0)::numeric(12, 2)"),
    _from("CourseRun.cost_text", "cost_words", "The provider's own words for the cost.", sql="r.cost_text"),
    _from("CourseRun.extra_cost_pence", "extra_cost_pounds", "Kit, books and trips; empty where it is not known.",
          NUMBER, unit="pounds", sql="(r.extra_cost_pence / 100.0)::numeric(12, 2)"),
    _from("CourseRun.places", "places", "How many places there are in all; empty where it is not known.", NUMBER,
          unit="places", sql="r.places"),
    _from("CourseRun.apply_from_on", "apply_from_on", "First day to apply.", DATE, unit="YYYY-MM-DD",
          sql="r.apply_from_on"),
    _from("CourseRun.apply_until_on", "apply_until_on", "Last day to apply.", DATE, unit="YYYY-MM-DD",
          sql="r.apply_until_on"),
    _from("CourseRun.takes_applications", "apply_here",
          "Whether one applies for it in this portal today; not before the day its provider or area opens.", YES_NO,
          sql=_yes_no("(r.takes_applications AND o.takes_applications AND NOT "
                      "coalesce(greatest(o.applying_from_on, a.applying_from_on) > %(today)s, false))")),
    _from("Site.name", "site", "Where it takes place; empty for what is learnt online.", sql="p.name"),
    _from("Site.address", "site_address", "Street and house.", sql="p.address"),
    _from("Site.town", "site_town", "Town.", sql="p.town"),
    _from("Site.postcode", "site_postcode", "Postcode.", sql="p.postcode"),
    _from("Site.latitude", "site_latitude", "North. Only where the place itself is known, not just its postcode.",
          NUMBER, unit="degrees", sql="CASE WHEN p.is_exact THEN p.latitude END"),
    _from("Site.longitude", "site_longitude", "East. Given only where the place itself is known.", NUMBER,
          unit="degrees", sql="CASE WHEN p.is_exact THEN p.longitude END"),
    _from("Course.changed_at", "course_changed_at", "When something about the course last changed here.", DATE,
          unit="YYYY-MM-DDTHH:MM:SSZ",
          sql="""to_char(c.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""),
)  # fmt: skip


def _in_a_line(sql: str) -> str:
    """As ``prospectus.part_words`` writes it."""
    return f"replace(replace({sql}, '\\', '\\\\'), '|', '\\|')"


PLACE = "concat_ws(', ', i.name, nullif(i.postcode, ''))"
# Who teaches a course together today, as its page names them: prospectus.queries.teaching. A test holds them together.
TOGETHER = f"""
WITH together AS MATERIALIZED (
    SELECT c.id, k.name AS taught_with,
        string_agg(DISTINCT e.name, '; ' ORDER BY e.name) FILTER (WHERE e.id <> c.provider_id) AS partners,
        (SELECT string_agg(concat_ws(' | ', {_in_a_line("t.name")}, {_in_a_line("w.name")},
                {_in_a_line(PLACE)}, {_in_a_line("t.days")}), E'\\n' ORDER BY t.position)
            FROM prospectus_coursepart t JOIN providers_organisation w ON w.id = t.provider_id
            LEFT JOIN providers_site i ON i.id = t.site_id
            WHERE t.course_id = c.id AND t.provider_id = ANY(array_agg(e.id))) AS parts
    FROM prospectus_course c
    JOIN prospectus_consortium k
        ON k.id = c.consortium_id AND (k.ended_on IS NULL OR k.ended_on >= %(today)s)
    CROSS JOIN LATERAL (
        SELECT c.provider_id AS id
        UNION
        SELECT m.provider_id FROM prospectus_consortiumpartner m
        WHERE m.consortium_id = k.id AND m.joined_on <= %(today)s AND m.ended_on IS NULL
    ) AS who
    JOIN providers_organisation e
        ON e.id = who.id AND e.is_provider AND (e.ended_on IS NULL OR e.ended_on >= %(today)s)
    WHERE c.state = '{CourseState.PUBLISHED.value}'
    GROUP BY c.id, k.id
)
"""
# The published prospectus: what Course.visible_to gives a visitor, and CourseRun.shown. A test holds them together.
TABLES = f"""
FROM prospectus_course c
JOIN providers_organisation o ON o.id = c.provider_id AND o.ended_on IS NULL
JOIN providers_area a ON a.id = o.area_id
LEFT JOIN prospectus_subject s ON s.code = c.subject_id
LEFT JOIN prospectus_courserun r ON r.course_id = c.id AND r.state = '{RunState.PUBLISHED.value}' AND r.ended_on IS NULL
LEFT JOIN providers_site p ON p.id = r.site_id
LEFT JOIN together ON together.id = c.id
WHERE c.state = '{CourseState.PUBLISHED.value}'
"""
SELECT = TOGETHER + "SELECT " + ", ".join(f"{column.neutral_sql} AS {column.name}" for column in COLUMNS) + TABLES
COPY = f"COPY ({SELECT}) TO STDOUT WITH (FORMAT csv, HEADER)"  # takes ``today``


def courses_csv() -> Iterator[bytes]:
    """The whole table as CSV, a line per course run and one for a course without runs, in no particular order."""
    waiting = bytearray(MARK)
    with connection.cursor() as cursor, cursor.copy(COPY, {"today": clock.today()}) as copy:
        for line in copy:
            waiting += line
            if len(waiting) >= CHUNK:
                yield bytes(waiting)
                waiting.clear()
    yield bytes(waiting)


def dictionary() -> list[tuple[Any, ...]]:
    """The rows of the data dictionary."""
    return [(column.name, column.meaning, column.holds, column.unit, column.source) for column in COLUMNS]


DICTIONARY_HEADINGS = ("name", "meaning", "holds", "unit", "source")

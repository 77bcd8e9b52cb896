"""One export, in a process of its own: seconds and how much the process grew. Or the filling of the trial database."""

import csv
import datetime as dt
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import django
import xlsxwriter

django.setup()

from django.contrib.auth.models import AnonymousUser  # noqa: E402 - models need the set-up above
from django.db import connection  # noqa: E402

from core import clock  # noqa: E402
from core.sheets import harmless  # noqa: E402
from prospectus.exports import COLUMNS, courses_csv  # noqa: E402
from prospectus.exports.table import COPY, SELECT  # noqa: E402
from prospectus.models import CourseRun  # noqa: E402
from providers.models import Organisation  # noqa: E402
from reporting.exports import write_file  # noqa: E402
from reporting.queries.reports import REPORTS, Row, Scope, Sort  # noqa: E402

# The columns of the table as Django reaches them, without those that are only another spelling of one.
PATHS = (
    "course__reference", "reference", "course__provider__area__name", "course__provider__name",
    "course__provider__ukprn", "course__provider__website", "course__provider_reference",
    "provider_reference", "course__title", "course__kind", "course__stage", "course__summary",
    "course__levels", "course__subject_id", "course__subject__name",
    "course__qualification_type_id", "course__qualification_title", "course__awarding_organisation", "course__website",
    "course__checked_on", "starts_on", "start_text", "is_flexible_start", "ends_on", "duration_text", "study_mode",
    "delivery", "pattern", "cost_pence", "cost_text", "extra_cost_pence", "places", "apply_from_on", "apply_until_on",
    "takes_applications", "site__name", "site__address", "site__town", "site__postcode", "site__latitude",
    "site__longitude", "course__changed_at",
)  # fmt: skip
BOOK_ROWS = 100_000
RUNS = REPORTS["course-runs"]
FILL = """
INSERT INTO providers_area (name, slug, holding, fresh_days, created_at)
    VALUES ('Northmoor', 'northmoor', 'here', 60, now());
INSERT INTO providers_organisation (reference, name, kind, area_id, is_provider, takes_applications, website, email,
        phone)
    SELECT 'O' || n, 'College ' || n, 'college', (SELECT id FROM providers_area), true, true,
        'https://college' || n || '.example', '', ''
    FROM generate_series(1, 500) n;
INSERT INTO providers_site (reference, organisation_id, provider_reference, name, address, town, postcode, latitude,
        longitude, is_exact)
    SELECT 'S' || o.id, o.id, '', 'Main Site', o.id || ' Hill Road', 'Northmoor', 'ZN1 1AA', 53, -1.5, true
    FROM providers_organisation o;
INSERT INTO prospectus_course (reference, provider_id, provider_reference, title, summary, what_you_do, who_it_is_for,
        entry_requirements, how_assessed, leads_to, costs_and_help, other_texts, qualification_title,
        awarding_organisation, levels, level_text, subject_id, subject_words, search_words, website, state,
        checked_on, created_at, changed_at)
    SELECT 'C' || n, o.id, 'code-' || n, 'Plumbing and heating, part ' || n,
        'You learn to fit pipes, radiators and boilers in a workshop, and a little about running a business.', '', '',
        '', '', '', '', '[]', 'Level 2 Diploma in Plumbing Studies', 'City & Guilds', '{{2}}', 'Level 2', '05.2',
        '{{}}', '', 'https://college.example/courses/' || n, 'published', '2026-10-01', now(), now()
    FROM (SELECT n, 1 + n %% 500 AS at FROM generate_series(1, {courses}) n) c
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS at FROM providers_organisation) o USING (at);
INSERT INTO prospectus_courserun (reference, course_id, provider_reference, site_id, starts_on, start_text, ends_on,
        is_flexible_start, duration_text, study_mode, delivery, pattern, mode_text, cost_pence, cost_text, option_block,
        places, places_taken, apply_url, takes_applications, created_at, changed_at)
    SELECT 'R' || c.id || '-' || n, c.id, 'run-' || n, s.id, date '2027-09-06' + n, '', '2028-06-30', false, '1 year',
        'full_time', 'classroom', 'daytime', '', 12050, '', '', 20, 0, '', true, now(), now()
    FROM prospectus_course c JOIN providers_site s ON s.organisation_id = c.provider_id, generate_series(1, 10) n;
ANALYZE;
"""


def fill(rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(courses=rows // 10).replace("%%", "%"))


def ours(path: Path) -> None:
    with path.open("wb") as file:
        for part in courses_csv():
            file.write(part)


def iterator(path: Path) -> None:
    rows = CourseRun.objects.on_offer().filter(course__provider__ended_on=None).values_list(*PATHS)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in COLUMNS)
        for row in rows.iterator():
            writer.writerow([harmless(cell) for cell in row])


def copy(path: Path) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY, {"today": clock.today()}) as lines:
        for _line in lines:
            pass


def psql(path: Path) -> None:
    here = connection.get_connection_params()
    where = [f"--host={here['host']}", f"--username={here['user']}", f"--dbname={connection.settings_dict['NAME']}"]
    command = f"\\copy ({' '.join(SELECT.split()) % {'today': 'current_date'}}) TO '{path}' WITH (FORMAT csv, HEADER)"
    subprocess.run(["psql", "--quiet", "--no-psqlrc", *where, f"--command={command}"], check=True)  # noqa: S607


class Rows:
    """Course runs as their report has them, from nowhere: text, a date and a number."""

    def __len__(self) -> int:
        return BOOK_ROWS

    def __iter__(self) -> Iterator[Row]:
        for number in range(BOOK_ROWS):
            yield (
                "Northmoor", f"College {number // 200}", f"Plumbing and heating, part {number // 10}",
                "Construction, Planning and the Built Environment", "2", "", "full_time", "classroom", "Northmoor",
                dt.date(2027, 9, 6), number % 30, f"R{number}",
            )  # fmt: skip


def workbook(path: Path, lines: Iterable[Row] | None = None) -> None:
    facts: dict[str, Any] = {"asked": {}, "said": [], "whose": "", "on": clock.today()}
    with path.open("wb") as file:
        write_file("xlsx", RUNS, Rows() if lines is None else lines, out=file, **facts)  # type: ignore[arg-type]


def listed(path: Path) -> None:
    """The same, read from the database on the way."""
    scope = Scope(AnonymousUser(), "officer", Organisation.objects.filter(is_provider=True).earliest("pk"))
    listing = RUNS.rows(scope, {"of": "each", "when": "all"})
    listing.rows = listing.rows[:BOOK_ROWS]  # type: ignore[attr-defined]
    workbook(path, listing)


def xlsxwriter_book(path: Path) -> None:
    """As its own documentation has it for large files, with the same formats."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Figures")
        formats = {Sort.DATE: book.add_format({"num_format": "yyyy-mm-dd"}), Sort.TEXT: None, Sort.NUMBER: None}
        for place, column in enumerate(RUNS.columns):
            sheet.write_string(0, place, str(column.words))
        for at, row in enumerate(Rows(), start=1):
            for place, (column, cell) in enumerate(zip(RUNS.columns, row, strict=True)):
                if column.sort is Sort.DATE:
                    sheet.write_datetime(at, place, cell, formats[column.sort])
                elif column.sort is Sort.NUMBER:
                    sheet.write_number(at, place, cell)
                else:
                    sheet.write_string(at, place, harmless(cell))


def measured(export: Callable[[Path], None], path: Path) -> dict[str, float]:
    connection.ensure_connection()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    export(path)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "growth_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024}


if __name__ == "__main__":
    what, given = sys.argv[1:]
    if what == "fill":
        fill(int(given))
    else:
        trials: dict[str, Callable[[Path], None]] = {
            "ours": ours, "iterator": iterator, "copy": copy, "psql": psql,
            "workbook": workbook, "listed": listed, "xlsxwriter": xlsxwriter_book,
        }  # fmt: skip
        trial = trials[what]
        sys.stdout.write(json.dumps(measured(trial, Path(given))))

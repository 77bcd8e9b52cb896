"""One measurement of the upload bench in a process of its own, so that its peak of memory is its own too.

Run as ``python -m config.bench.upload_trial WHAT FILE UKPRN``; prints the seconds and the peak in MB as JSON.
"""

import datetime as dt
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - models need the set-up above
from import_export import resources  # noqa: E402
from import_export.fields import Field  # noqa: E402
from import_export.widgets import ForeignKeyWidget  # noqa: E402
from lxml import etree  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402
from tablib import Dataset  # noqa: E402
from xlsxwriter import Workbook  # noqa: E402

from prospectus.imports import feed  # noqa: E402
from prospectus.imports.catalogue import Catalogue  # noqa: E402
from prospectus.imports.columns import COURSE_COLUMNS, RUN_COLUMNS  # noqa: E402
from prospectus.imports.findings import Findings  # noqa: E402
from prospectus.imports.tables.applying import layout_of  # noqa: E402
from prospectus.imports.tables.catalogue import TableCatalogue  # noqa: E402
from prospectus.models import Course, CourseRun  # noqa: E402
from prospectus.xcri import DC, MLO, XCRI_1_2  # noqa: E402
from providers.actions import read_now  # noqa: E402
from providers.actions.organisations import create_area, create_provider  # noqa: E402
from providers.models import Area, Organisation  # noqa: E402

SUBJECTS = ("Plumbing", "Bakery", "Motor vehicles", "Hairdressing", "Computing", "Animal care", "History", "Music")
RUNS_PER_COURSE = 2
TEXT = "In {} you work with your hands and with others, in the workshop and outside. "


def write_feed(path: Path, records: int) -> None:
    """A 1.2 catalogue of an invented college with about this many records, a third of them courses."""
    with path.open("w", encoding="utf-8") as file:
        file.write(
            f'<?xml version="1.0" encoding="utf-8"?>\n<catalog xmlns="{XCRI_1_2}" '
            f'xmlns:mlo="{MLO}" xmlns:dc="{DC}">\n'
            "<provider><dc:title>Northfield College</dc:title>\n"
        )
        for number in range(records // (1 + RUNS_PER_COURSE)):
            file.write(_course(number))
        file.write("</provider></catalog>\n")


def _course(number: int) -> str:
    title = f"{SUBJECTS[number % len(SUBJECTS)]} {number}"
    runs = "".join(
        f"<presentation><dc:identifier>{number}-{run}</dc:identifier><mlo:start>2027-09-{run + 1:02}</mlo:start>"
        f"<end>2028-06-30</end><studyMode>Part Time Day</studyMode><mlo:cost>{number % 900}.50</mlo:cost>"
        f"<venue><provider><dc:title>Site {number % 9}</dc:title><mlo:location><mlo:town>Northmoor</mlo:town>"
        f"<mlo:postcode>ZN{number % 9} 1AA</mlo:postcode></mlo:location></provider></venue></presentation>\n"
        for run in range(RUNS_PER_COURSE)
    )
    text = f"In {title} you work with your hands and with others, in the workshop and outside. " * 4
    return (
        f"<course><dc:identifier>C{number}</dc:identifier><dc:title>{title}</dc:title><dc:subject>Crafts</dc:subject>"
        f"<abstract>{title} in a year.</abstract><dc:description>{text}</dc:description>"
        f"<mlo:prerequisite><![CDATA[<p>{text[:150]}</p><ul><li>GCSEs</li><li>An interview</li></ul>]]>"
        "</mlo:prerequisite>"
        f"<mlo:level>Level {number % 3 + 1}</mlo:level>\n{runs}</course>\n"
    )


def write_sheet(path: Path, records: int) -> None:
    """A workbook of an invented college, a row for each of this many runs, two to a course, every fiftieth row with a
    fault. The columns that providers fill in."""
    headings = [
        "Course code", "Course title", "Summary", "What you will do", "Entry requirements", "Level", "Subject",
        "Qualification", "Web page of the course", "Date code", "Starts on", "Ends on", "Full or part time",
        "When in the week", "Cost", "Places", "Site", "Site postcode",
    ]  # fmt: skip
    with Workbook(path, {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Courses")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, headings)
        for row in range(1, records + 1):
            number, run = divmod(row - 1, RUNS_PER_COURSE)
            title = f"{SUBJECTS[number % len(SUBJECTS)]} {number}"
            text = TEXT.format(title)
            start = dt.date(2027, 9, run + 1) if row % 50 else "31/02/2027"
            cells = [
                f"C{number}", title, f"{title} in a year.", text * 4, text * 2, f"Level {number % 3 + 1}",
                "05.2 Building and construction", f"Diploma in {title}", f"https://www.example.org/courses/{number}",
                f"{number}-{run}", start, dt.date(2028, 6, 30), "Part time", "Daytime", number % 900 + 0.5, 20,
                f"Site {number % 9}", f"ZN{number % 9} 1AA",
            ]  # fmt: skip
            for at, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(row, at, cell, day)
                else:
                    sheet.write(row, at, cell)


def _provider(ukprn: str) -> Organisation:
    area = Area.objects.first() or create_area(name="Northmoor", by=None)
    found = Organisation.objects.filter(ukprn=ukprn).first()
    return found or create_provider(name=f"Northfield College {ukprn}", ukprn=ukprn, area=area, by=None)


def ours(path: Path, ukprn: str) -> Callable[[], Any]:
    """The whole upload: file kept, read, checked, merged, search refreshed, committed."""
    provider = _provider(ukprn)
    return lambda: read_now(kind="courses", organisation=provider, path=path)


def parse(path: Path, ukprn: str) -> Callable[[], Any]:
    """The parser alone, each row or course dropped once it has been seen."""

    def read() -> None:
        with path.open("rb") as file:
            if path.suffix == ".xlsx":
                for _row in CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).iter_rows():
                    pass
                return
            for _event, element in etree.iterparse(file, tag="{*}course"):
                element.clear()

    return read


def openpyxl(path: Path, ukprn: str) -> Callable[[], Any]:
    """The peer in memory: openpyxl, reading only."""
    from openpyxl import load_workbook

    def read() -> None:
        book = load_workbook(path, read_only=True, data_only=True)
        for _row in book.worksheets[0].iter_rows(values_only=True):
            pass
        book.close()

    return read


def copy(path: Path, ukprn: str) -> Callable[[], Any]:
    """Nothing but COPY of the same values, made beforehand, into tables without indexes."""
    courses, runs = _values(path, ukprn)

    def write() -> None:
        with connection.cursor() as cursor:
            for table, model, columns, rows in (
                ("copied_course", Course, COURSE_COLUMNS, courses),
                ("copied_run", CourseRun, RUN_COLUMNS, runs),
            ):
                names = [model._meta.get_field(name).column for name in columns]
                empty = f"SELECT {', '.join(names)} FROM {model._meta.db_table} LIMIT 0"
                cursor.execute(f"CREATE TEMP TABLE {table} AS {empty}")
                with cursor.copy(f"COPY {table} FROM STDIN") as copying:
                    for row in rows:
                        copying.write_row(row)

    return write


def peer(path: Path, ukprn: str) -> Callable[[], Any]:
    """django-import-export's own row loop on the same values, already parsed and cleaned."""
    provider = _provider(ukprn)
    courses, runs = _values(path, ukprn, of_runs=True)
    course_rows = Dataset(headers=["provider", *COURSE_COLUMNS])
    for row in courses:
        # The stock lookup of a course knows no provider, so its reference must be the only one of all rounds.
        course_rows.append([provider.pk, f"{ukprn}-{row[0]}", *(_cell(value) for value in row[1:])])
    run_rows = Dataset(headers=["course", *RUN_COLUMNS])
    for row in runs:
        run_rows.append([f"{ukprn}-{row[0]}", *(_cell(value) for value in row[1:])])

    def load() -> None:
        for stock, rows in ((StockCourse(), course_rows), (StockRun(), run_rows)):
            result = stock.import_data(rows, use_transactions=True, raise_errors=True)
            if result.has_validation_errors():
                raise SystemExit(str(result.invalid_rows[0].error))

    return load


class StockCourse(resources.ModelResource):
    class Meta:
        model = Course
        fields = ("provider", *COURSE_COLUMNS)
        import_id_fields = ("provider", "provider_reference")


class StockRun(resources.ModelResource):
    course = Field(attribute="course", column_name="course", widget=ForeignKeyWidget(Course, "provider_reference"))

    class Meta:
        model = CourseRun
        fields = ("course", *RUN_COLUMNS)
        import_id_fields = ("course", "provider_reference")


def _values(path: Path, ukprn: str, *, of_runs: bool = False) -> tuple[list[list[Any]], list[list[Any]]]:
    """The converted values of every course and run; with ``of_runs`` a run starts with its course's reference."""
    with path.open("rb") as file:
        organisation = _provider(ukprn)
        catalogue: Any
        if path.suffix == ".xlsx":
            layout = layout_of(file, organisation)
            catalogue = TableCatalogue(layout, organisation=organisation, findings=Findings(), progress=_unwatched)
        else:
            catalogue = Catalogue(
                file, survey=feed.look_through(file), place=0, organisation=organisation, findings=Findings(),
                progress=_unwatched,
            )  # fmt: skip
        staged = list(catalogue.courses())
        if not staged:
            raise SystemExit("The file has no course that could be used, so there is nothing to measure.")
    json_at = COURSE_COLUMNS.index("other_texts")
    courses = [[json.dumps(value) if at == json_at else value for at, value in enumerate(c.values)] for c in staged]
    runs = [[*([c.values[0]] if of_runs else []), *run.values] for c in staged for run in c.runs]
    return courses, runs


def _cell(value: Any) -> Any:
    return ",".join(value) if isinstance(value, list) else value


def _unwatched(*, done: int, of: int | None = None, doing: str = "") -> None:
    """Nobody watches."""


def _peak_mb() -> float:
    """The most memory this process has had. Linux counts the parent's peak into ``ru_maxrss``, so its own is read."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(what: str, path: str, ukprn: str) -> dict[str, float]:
    measured = {"ours": ours, "parse": parse, "copy": copy, "peer": peer, "openpyxl": openpyxl}[what](Path(path), ukprn)
    started = time.perf_counter()
    measured()
    return {"seconds": time.perf_counter() - started, "peak_mb": _peak_mb()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:4])))

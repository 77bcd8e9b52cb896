"""A school's file of results becomes rows the action can take, and everything wrong with it becomes issues."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import IO

from accounts.imports import cells, identifiers
from applications.actions.results import ResultRow, bring_results
from applications.imports.columns import HEADINGS, OTHERS, Columns, find_columns, subject_of
from applications.queries.grade_scales import is_grade
from core import clock
from providers.models import IssueSeverity, Upload
from providers.tables import text, workbook
from providers.tables.kinds import Table, is_xml, kind_of_file, words_of
from providers.tables.marked import marked_file
from providers.tables.sheet import Corrections, Sheet, written
from providers.uploads import FileRefused, MarkedFile, RowIssue, UploadResult

ERROR, WARNING, NOTICE = IssueSeverity.ERROR, IssueSeverity.WARNING, IssueSeverity.NOTICE
ABOVE = 15  # rows among which headings are looked for
SAMPLE = 200  # rows from which it is told which columns are subjects
MOST_ROWS = 60_000
MOST_SAID = 200_000  # results, and things to say about them: a large school has 40,000
EVERY = 500  # rows between two reports of progress
SMALL = 2 * 2**20  # bytes of a workbook that somebody can wait for
TOLD = {heading for headings in HEADINGS.values() for heading in headings} | OTHERS
OTHER_FILE = "Save your results as a spreadsheet (.xlsx, .ods or .csv), with headings in the first rows."


def import_results(upload: Upload, progress: Callable[..., None]) -> UploadResult:
    """The results of the file stand for the school's learners. Raises: FileRefused."""
    with upload.file.open("rb") as file:
        source = open_results(file, corrections=upload.corrections)
        reader = ResultReader(source)
        rows = reader.read(progress)
    outcome = bring_results(school=upload.organisation, rows=rows, by=upload.by, upload=upload, progress=progress)
    upload.found_changes = outcome.changes  # type: ignore[attr-defined] - for the watch of the same run
    counts = {"rows": reader.number, **outcome.counts}
    return UploadResult(counts=counts, issues=sorted([*reader.issues, *outcome.issues], key=lambda each: each.row))


def look_at_results(_upload: Upload, file: IO[bytes]) -> None:
    """Raises: FileRefused where nothing of the file could be used, before it is kept."""
    if is_xml(file):
        raise FileRefused(f"This is an XML file or a web page. {OTHER_FILE}")
    kind = kind_of_file(file)
    file.seek(0, 2)
    if kind == "text" or file.tell() <= SMALL:
        open_results(file)
    file.seek(0)


def table_of(upload: Upload) -> Sheet:
    """The open file as rows with what was corrected here."""
    return open_results(upload.file.file, corrections=upload.corrections).sheet


def mark_results(upload: Upload, words: Mapping[int, str]) -> MarkedFile | None:
    """The open file with what is wrong beside each row."""
    return marked_file(table_of(upload), upload, words, told=TOLD, page="Results")


class Source:
    """A table of results with headings."""

    def __init__(self, sheet: Sheet, columns: Columns) -> None:
        self.sheet, self.columns = sheet, columns

    def records(self) -> Iterator[tuple[int, dict[str, str], list[str]]]:
        """The number of each row, what it says of each thing, and all of its cells. Raises: FileRefused."""
        for row, found in self.sheet.rows():
            said = [words_of(cell).strip() for cell in found]
            yield row, {thing: said[place] for thing, place in self.columns.places.items()}, said


def open_results(file: IO[bytes], *, corrections: Corrections | None = None) -> Source:
    """The table of the file that looks most like results. Raises: FileRefused."""
    kind = kind_of_file(file)
    if kind == "word":
        raise FileRefused(f"This is a Word document. {OTHER_FILE}")
    reader = text if kind == "text" else workbook
    refused: FileRefused | None = None
    best: tuple[int, Table, Columns] | None = None
    for table in reader.tables(file, kind, TOLD):
        try:
            columns = _columns_of(table)
        except FileRefused as refusal:
            refused = refused or refusal
            continue
        worth = len(columns.places) + len(columns.subjects)
        if best is None or worth > best[0]:
            best = (worth, table, columns)
    if best is None:
        raise refused or FileRefused(f"There is no sheet in this workbook that can be seen. {OTHER_FILE}")
    _worth, table, columns = best
    return Source(Sheet(kind, columns.names, columns.row, table.numbered, dict(corrections or {})), columns)


def _columns_of(table: Table) -> Columns:
    head: list[list[str]] = []
    sample: list[list[str]] = []
    for number, found in islice(table.numbered(), ABOVE + SAMPLE):
        said = [written(words_of(cell)) for cell in found]
        if number <= ABOVE:
            head += [[] for _ in range(number - len(head) - 1)]
            head.append(said)
        sample.append(said)
    return find_columns(head, sample)


class ResultReader:
    """Reads every row and keeps what is wrong with any of them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.columns = source.columns
        self.today = clock.today()
        self.issues: list[RowIssue] = []
        self.number = 0

    def read(self, progress: Callable[..., None] = lambda **_: None) -> list[ResultRow]:
        """Every result that can be used, each with the row it stands in. Raises: FileRefused."""
        if unused := self.columns.unused:
            words = f"These columns are not used, and nothing in them was kept: {', '.join(unused)}"
            words = f"{words}." if len(words) < 300 else f"{words[:290].rpartition(', ')[0]} …"
            self.issues.append(RowIssue(self.columns.row, "", "", "RESULTS_COLUMNS_UNUSED", NOTICE, words))
        rows: list[ResultRow] = []
        for row, said, found in self.source.records():
            if self.number >= MOST_ROWS:
                raise FileRefused(f"This file has more than {MOST_ROWS:,} rows. Hand it over in parts.")
            if self.number % EVERY == 0:
                progress(done=self.number, doing="Reading the rows")
            self.number += 1
            rows += self._long(row, said) if self.columns.is_long else self._wide(row, said, found)
            if len(rows) + len(self.issues) > MOST_SAID:
                raise FileRefused(f"This file has more than {MOST_SAID:,} results. Hand it over in parts.")
        if not self.number:
            raise FileRefused("There is no result in this file. Export the results again.")
        return rows

    def _long(self, row: int, said: dict[str, str]) -> list[ResultRow]:
        in_heading, subject = subject_of(said["subject"]) if said["subject"] else ("", "")
        qualification = cells.read_text(said.get("qualification", ""))[:60] or in_heading
        if not subject:
            self._issue(row, ("subject", ""), "RESULTS_SUBJECT_MISSING", ERROR, "The subject is missing. Enter it.")
        grade = self._grade(row, "grade", said["grade"])
        if not said["grade"]:
            words = "The grade is missing. Enter it, or take this row out."
            self._issue(row, ("grade", ""), "RESULTS_GRADE_MISSING", ERROR, words)
        return [self._row(row, said, qualification, subject, grade)] if subject and grade else []

    def _wide(self, row: int, said: dict[str, str], found: list[str]) -> list[ResultRow]:
        rows = []
        for (qualification, subject), place in self.columns.subjects:
            if grade := self._grade(row, self.columns.names[place], found[place]):
                rows.append(self._row(row, said, qualification, subject, grade))
        return rows

    def _grade(self, row: int, thing: str, text: str) -> str:
        """The grade on one line; "" where there is none, or none that fits. What is no grade we know is kept."""
        grade = cells.read_text(text)
        if len(grade) > 20:
            words = "This is longer than any grade. Check it; it was left out."
            self._issue(row, (thing, grade), "RESULTS_GRADE_LONG", ERROR, words)
            return ""
        if grade and not is_grade(grade):
            words = "This is not a grade we know. It was kept as it is; check it."
            self._issue(row, (thing, grade), "RESULTS_GRADE_UNKNOWN", WARNING, words)
        return grade

    def _row(self, row: int, said: dict[str, str], qualification: str, subject: str, grade: str) -> ResultRow:
        family_name, given_name = self._names(said)
        born = cells.read_date(said.get("birth_on", ""), today=self.today)
        uln = cells.read_number(said.get("uln", ""))
        return ResultRow(
            row=row,
            upn=identifiers.read_upn(said.get("upn", "")),
            uln="" if uln == identifiers.NO_ULN_YET else uln,
            local_id=cells.read_text(said.get("local_id", "")),
            family_name=family_name,
            given_name=given_name,
            birth_on=born,
            qualification=qualification,
            subject=subject,
            grade=grade,
        )

    @staticmethod
    def _names(said: dict[str, str]) -> tuple[str, str]:
        if "full_name" not in said:
            return cells.read_text(said.get("family_name", "")), cells.read_text(said.get("given_name", ""))
        family_name, comma, given_name = said["full_name"].partition(",")
        if not comma:  # "Amina Yusuf"
            given_name, _space, family_name = said["full_name"].rpartition(" ")
        return cells.read_text(family_name), cells.read_text(given_name)

    def _issue(self, row: int, place: tuple[str, str], code: str, severity: str, message: str) -> None:
        thing, value = place
        at = self.columns.places.get(thing)
        column = thing if at is None else self.columns.names[at]
        self.issues.append(RowIssue(row, column, value, code, severity, message))

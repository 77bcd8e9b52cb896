"""The upload kind "enrolments": a provider's list of who has started becomes rows here."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from accounts.imports import cells, identifiers
from applications.actions.enrolments import EnrolmentRow, bring_enrolments, enrolment_undo_steps, undo_enrolments
from applications.imports.lists import Layout, ReadList, look_at, open_list
from applications.policies import lists_from
from core import clock
from prospectus.models import Level
from providers.models import IssueSeverity, Upload
from providers.tables.kinds import squeezed, words_of
from providers.tables.marked import marked_file
from providers.tables.sheet import Sheet
from providers.uploads import FileRefused, FoundChanges, MarkedFile, RowIssue, Said, UploadKind, UploadResult

KEEP_DAYS = 30  # then the file, and what it said, is removed; what it said of learners who were found stays
MOST_ROWS = 60_000
EVERY = 500
MOST_CHANGED, FEWEST_CHANGED = 0.2, 10
LAYOUT = Layout(
    headings={
        "course": ("course", "coursetitle", "title", "programme", "programmetitle", "learningaim", "learningaimtitle"),
        "level": ("level", "courselevel", "nvqlevel", "notionallevel"),
        "started_on": ("startdate", "started", "learningstartdate", "learnstartdate", "enrolmentdate", "start"),
        "left_on": ("leavingdate", "left", "enddate", "actualenddate", "learningactualenddate", "withdrawaldate"),
    },
    needed=("started_on",),
    missing=(
        "No columns were found that say who started, and when. The list needs a start date, and the UPN or the ULN, or "
        "the surname, forename and date of birth, under headings in the first rows."
    ),
    other_file="Save your list as a spreadsheet (.xlsx, .ods or .csv), with headings in the first rows.",
)
ERROR, NOTICE = IssueSeverity.ERROR, IssueSeverity.NOTICE


def import_enrolments(upload: Upload, progress: Callable[..., None]) -> UploadResult:
    """The rows of the list stand for the provider. Raises: FileRefused."""
    with upload.file.open("rb") as file:
        reader = EnrolmentReader(open_list(file, LAYOUT, corrections=upload.corrections))
        rows = reader.read(progress)
    outcome = bring_enrolments(provider=upload.organisation, rows=rows, by=upload.by, upload=upload, progress=progress)
    upload.found_changes = outcome.changes  # type: ignore[attr-defined]
    issues = sorted([*reader.issues, *outcome.issues], key=lambda each: each.row)
    return UploadResult(counts={"rows": reader.number, **outcome.counts}, issues=issues)


def look_at_list(_upload: Upload, file: IO[bytes]) -> None:
    """Raises: FileRefused where nothing of the file could be used, before it is kept."""
    look_at(file, LAYOUT)


def table_of_list(upload: Upload) -> Sheet:
    """The open file as rows with what was corrected here."""
    return open_list(upload.file.file, LAYOUT, corrections=upload.corrections).sheet


def mark_list(upload: Upload, words: Mapping[int, str]) -> MarkedFile | None:
    """The open file with what is wrong beside each row."""
    return marked_file(table_of_list(upload), upload, words, told=LAYOUT.told, page="Enrolments")


class EnrolmentReader:
    """Reads every row and keeps what is wrong with any of them."""

    def __init__(self, source: ReadList) -> None:
        self.source = source
        self.today = clock.today()
        self.levels = set(Level.objects.values_list("code", flat=True))
        self.issues: list[RowIssue] = []
        self.number = 0

    def read(self, progress: Callable[..., None] = lambda **_: None) -> list[EnrolmentRow]:
        """Every row that can be used. Raises: FileRefused."""
        rows = []
        for number, found in self.source.sheet.rows():
            if self.number >= MOST_ROWS:
                raise FileRefused(f"This file has more than {MOST_ROWS:,} rows. Hand it over in parts.")
            if self.number % EVERY == 0:
                progress(done=self.number, doing="Reading the rows")
            self.number += 1
            said = {thing: words_of(found[place]).strip() for thing, place in self.source.places.items()}
            if (row := self._row(number, said)) is not None:
                rows.append(row)
        if not self.number:
            raise FileRefused("There is nobody in this list. Export it again.")
        return rows

    def _row(self, number: int, said: dict[str, str]) -> EnrolmentRow | None:
        started_on = self._day(number, said, "started_on")
        if started_on is None:
            if not said["started_on"]:
                self._issue(number, "started_on", "", "The start date is missing. Enter it, or take this row out.")
            return None
        uln = cells.read_number(said.get("uln", ""))
        row = EnrolmentRow(
            row=number,
            started_on=started_on,
            family_name=cells.read_text(said.get("family_name", ""))[:100],
            given_name=cells.read_text(said.get("given_name", ""))[:100],
            birth_on=self._day(number, said, "birth_on"),
            upn=identifiers.read_upn(said.get("upn", ""))[:13],
            uln="" if uln == identifiers.NO_ULN_YET else uln[:10],
            course=cells.read_text(said.get("course", ""))[:160],
            level=self._level(said.get("level", "")),
            left_on=self._day(number, said, "left_on"),
        )
        if not (row.upn or row.uln or (row.family_name and row.given_name and row.birth_on)):
            words = "Nothing says who this is. Enter the UPN or ULN, or surname, forename and date of birth."
            self._issue(number, "family_name", row.family_name, words)
            return None
        if row.started_on > self.today or (row.left_on is not None and row.left_on < row.started_on):
            words = "The start date is still to come, or is later than the leaving date. Check both."
            self._issue(number, "started_on", said["started_on"], words)
            return None
        return row

    def _day(self, number: int, said: dict[str, str], thing: str) -> dt.date | None:
        written_day = said.get(thing, "")
        day = cells.read_date(written_day, today=self.today) if written_day else None
        if written_day and day is None:
            self._issue(number, thing, written_day, "This is not a date we can read. Write it like 2026-09-07.")
        return day

    def _level(self, words: str) -> str:
        """The code in "Level 3", "3" or "Entry"; "" where it says none that there is."""
        plain = squeezed(words).removeprefix("level")[:1].upper()
        return plain if plain in self.levels else ""

    def _issue(self, row: int, thing: str, value: str, message: str) -> None:
        at = self.source.places.get(thing)
        column = thing if at is None else self.source.names[at]
        self.issues.append(RowIssue(row, column, value, "ENROLMENT_UNREADABLE", ERROR, message))


def why_list_held(counts: Mapping[str, Any]) -> str:
    """The sentence for a list that would change a large share of what stands; empty for another."""
    changed, stood = counts["changed"], counts["stood"]
    if changed < FEWEST_CHANGED or changed <= MOST_CHANGED * stood:
        return ""
    return (
        f"This list would change {changed:,} of the {stood:,} enrolments that stand. Have the columns slipped? Look at "
        "some of the changes before you go on."
    )


NAMES = {"course": "Course", "level": "Level", "left_on": "Left on"}


def say_list_changes(changes: Sequence[Any]) -> list[list[Said]]:
    return [[Said(NAMES[name], *pair) for name, pair in change.fields.items()] for change in changes]


ENROLMENTS = UploadKind(
    name="enrolments",
    title="Enrolment list",
    organisations_for=lists_from,
    apply=import_enrolments,
    accepts=(".csv", ".txt", ".xlsx", ".xls", ".ods"),
    keep_days=KEEP_DAYS,
    intro="applications/_enrolments_upload_intro.html",
    result="applications/_enrolments_upload_result.html",
    labels={
        "rows": "Rows in the list",
        "added": "Started, and new here",
        "changed": "Said otherwise than before",
        "unchanged": "Unchanged",
    },
    handed_over_by=("admissions", "manager", "officer", "help_desk"),
    needs_confirmation=True,
    watch=FoundChanges,
    hold=why_list_held,
    things={"enrolment": "Enrolment"},
    say=say_list_changes,
    look=look_at_list,
    table=table_of_list,
    mark=mark_list,
    undo_steps=enrolment_undo_steps,
    undo=undo_enrolments,
    publishing=(
        "The authority and the advice service of each learner see that they have started, and schools see it as a "
        "number. Rows without a number that fits are looked at by a person of the authority."
    ),
    undoing="Rows that the list added are removed, and those that it changed are as they were before.",
)

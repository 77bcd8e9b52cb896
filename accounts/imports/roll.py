"""A school's file becomes rows the roll action can take, and everything wrong with it becomes issues."""

import io
from collections.abc import Callable, Mapping
from typing import IO, Any

from django.urls import reverse

from accounts.actions.matching import Unreadable
from accounts.actions.roll_states import RollRow
from accounts.actions.rolls import apply_roll
from accounts.imports.columns import HEADINGS, NEEDED
from accounts.imports.ctf import CtfSource
from accounts.imports.rows import ERROR, RowReader, RowRefused
from accounts.imports.sources import Source, TableSource, open_roll_table
from accounts.models import RollHeading
from core import clock
from providers.models import IssueSeverity, LocalAuthority, Organisation, Upload
from providers.tables.kinds import NOTHING, is_xml, kind_of_file
from providers.tables.marked import TO_MEND, marked_file
from providers.tables.sheet import Corrections, Sheet
from providers.uploads import FileRefused, MarkedFile, RowIssue, UploadResult

NOTICE = IssueSeverity.NOTICE
MAX_ROWS = 50_000
EVERY = 500  # rows between two reports of progress
SMALL = 2 * 2**20  # bytes of a workbook that somebody can wait for; a larger one is opened by the worker only


def import_roll(upload: Upload, progress: Callable[..., None]) -> UploadResult:
    """The school's roll is what the uploaded file says. Raises: FileRefused."""
    with upload.file.open("rb") as file:
        source = open_source(file, school=upload.organisation, corrections=upload.corrections)
        reader = RollReader(source, authorities=dict(LocalAuthority.objects.values_list("code", "name")))
        rows = reader.read(progress)
    outcome = apply_roll(
        school=upload.organisation,
        rows=rows,
        unreadable=reader.unreadable,
        by=upload.by,
        upload=upload,
        progress=progress,
    )
    upload.found_changes = outcome.changes  # type: ignore[attr-defined] - for the watch of the same run
    return UploadResult(counts=outcome.counts, issues=sorted([*reader.issues, *outcome.issues], key=lambda i: i.row))


def open_source(file: IO[bytes], *, school: Organisation, corrections: Corrections | None = None) -> Source:
    """The records of the file, whatever it is. Raises: FileRefused."""
    if is_xml(file):
        return CtfSource(file)
    return open_roll_table(file, answers=headings_of(school), corrections=corrections)


def headings_of(school: Organisation) -> dict[str, str]:
    """What somebody has said about the columns of this school's files: {heading, squeezed: thing}."""
    return dict(RollHeading.objects.filter(school=school).values_list("heading", "thing"))


def look_at_roll(upload: Upload, file: IO[bytes]) -> None:
    """Raises: FileRefused where nothing of the file could be used, before it is kept.

    A file that only needs somebody to say which column is which is kept: they are asked.
    """
    if is_xml(file):
        if not file.read(1024).strip():
            raise FileRefused(NOTHING)
        return
    kind = kind_of_file(file)
    file.seek(0, io.SEEK_END)
    if kind == "text" or file.tell() <= SMALL:
        try:
            open_roll_table(file, answers=headings_of(upload.organisation))
        except FileRefused as refusal:
            if refusal.asks is None:
                raise
    file.seek(0)


def where_to_explain(upload: Upload) -> str:
    """The page that asks which column is which, where that is what a file was refused for."""
    return reverse("accounts:roll-headings", args=[upload.reference]) if upload.counts.get("asks") else ""


def table_of(upload: Upload) -> Sheet | None:
    """The open file as rows with what was corrected here; None for XML, which one corrects in the school system."""
    source = open_source(upload.file.file, school=upload.organisation, corrections=upload.corrections)
    return source.sheet if isinstance(source, TableSource) else None


def mark_roll(upload: Upload, words: Mapping[int, str]) -> MarkedFile | None:
    """The open file with what is wrong beside each row."""
    sheet = table_of(upload)
    known = {heading for headings in HEADINGS.values() for heading in headings}
    return marked_file(sheet, upload, words, told=known, page="Roll") if sheet else None


class RollReader:
    """Reads every record and keeps what is wrong with any of them."""

    def __init__(self, source: Source, *, authorities: Mapping[str, str]) -> None:
        self.source = source
        self.authorities = authorities
        self.today = clock.today()
        self.issues: list[RowIssue] = []
        self.unreadable: list[Unreadable] = []
        self.rows: list[RollRow] = []
        self.first_with: dict[Any, int] = {}

    def read(self, progress: Callable[..., None] = lambda **_: None) -> list[RollRow]:
        """The rows that can be used. Afterwards ``issues`` and ``unreadable`` are complete. Raises: FileRefused."""
        self._notice_columns()
        for done, (row, record) in enumerate(self.source.records()):
            if done >= MAX_ROWS:
                raise FileRefused(f"This file has more than {MAX_ROWS:,} rows, which no school's roll has.")
            if done % EVERY == 0:
                progress(done=done, doing="Reading the rows")
            self._read_row(RowReader(self, row, record))
        if not self.rows and not self.unreadable:
            raise FileRefused("There is no learner in this file. Export the roll again from your school system.")
        return self.rows

    def _notice_columns(self) -> None:
        row = self.source.heading_row
        for thing, heading in self.source.guessed.items():
            words = f"The column “{heading}” was taken for {NEEDED[thing]}."
            self.issues.append(RowIssue(row, heading, "", "ROLL_HEADING_GUESSED", NOTICE, words))
        if unused := [name for name in self.source.unused if name != TO_MEND]:
            words = f"These columns are not used, and nothing in them was kept: {', '.join(unused)}"
            words = f"{words}." if len(words) < 300 else f"{words[:290].rpartition(', ')[0]} …"
            self.issues.append(RowIssue(row, "", "", "ROLL_COLUMNS_UNUSED", NOTICE, words))

    def _read_row(self, row: RowReader) -> None:
        upn, uln, local_id = row.upn(), row.uln(), row.text("local_id", 40)
        try:
            read = row.read(upn=upn, uln=uln, local_id=local_id)
            self._refuse_repeated(row, read)
        except RowRefused:
            self.unreadable.append(Unreadable(row.row, upn, uln, local_id))
            return
        self.rows.append(read)

    def _refuse_repeated(self, row: RowReader, read: RollRow) -> None:
        """Remembers the row. Raises: RowRefused when an earlier row is about the same learner."""
        person = (read.given_name.casefold(), read.family_name.casefold(), read.birth_on)
        if read.upn:
            first = self.first_with.setdefault(read.upn, row.row)
            if first != row.row:
                row.issue(
                    "upn",
                    read.upn,
                    "ROLL_UPN_REPEATED",
                    ERROR,
                    f"Row {first} has the same UPN. Correct one of the two.",
                )
                raise RowRefused
        earlier = self.first_with.setdefault(person, row.row)
        with_upn = self.first_with.setdefault((*person, "with UPN"), row.row if read.upn else 0)
        if earlier != row.row and not (read.upn and with_upn):
            row.issue(
                "", "", "ROLL_LEARNER_REPEATED", ERROR,
                f"Row {earlier} has the same names and date of birth. Keep one of the two, or give both their UPNs.",
            )  # fmt: skip
            raise RowRefused

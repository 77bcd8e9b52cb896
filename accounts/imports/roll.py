"""A school's export becomes rows the roll action can take, and everything wrong with it becomes issues."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.actions.matching import Unreadable
from accounts.actions.roll_states import RollRow
from accounts.actions.rolls import apply_roll
from accounts.imports import cells, identifiers
from accounts.imports.columns import NEEDED, find_columns
from accounts.imports.tables import read_table
from core import clock
from providers.models import IssueSeverity, LocalAuthority, Upload
from providers.queries import normalise_postcode
from providers.uploads import FileRefused, RowIssue, UploadResult

ERROR, WARNING, NOTICE = IssueSeverity.ERROR, IssueSeverity.WARNING, IssueSeverity.NOTICE
YEARS = range(7, 15)
AGES = range(9, 27)  # years; outside these a date of birth is probably a slip
MAX_ROWS = 50_000


def import_roll(upload: Upload, progress: Callable[..., None]) -> UploadResult:
    """The school's roll is what the uploaded file says. Raises: FileRefused."""
    with upload.file.open("rb") as file:
        records = read_table(file.read())
    reader = RollReader(records, authorities=set(LocalAuthority.objects.values_list("code", flat=True)))
    progress(done=0, of=len(records), doing="Reading the rows")
    rows = reader.read()
    outcome = apply_roll(
        school=upload.organisation,
        rows=rows,
        unreadable=reader.unreadable,
        by=upload.by,
        upload=upload,
        progress=progress,
    )
    return UploadResult(counts=outcome.counts, issues=sorted([*reader.issues, *outcome.issues], key=lambda i: i.row))


class RowRefused(Exception):
    """This row cannot be used; the reasons are among the issues already."""


class RollReader:
    """Reads every record and keeps what is wrong with any of them."""

    def __init__(self, records: list[list[str]], *, authorities: set[str]) -> None:
        self.columns = find_columns(records)
        self.records = records
        self.authorities = authorities
        self.today = clock.today()
        self.issues: list[RowIssue] = []
        self.unreadable: list[Unreadable] = []
        self.rows: list[RollRow] = []
        self.first_with: dict[Any, int] = {}
        if len(records) > MAX_ROWS:
            raise FileRefused(f"This file has {len(records):,} rows; a school's roll has at most {MAX_ROWS:,}.")

    def read(self) -> list[RollRow]:
        """The rows that can be used. Afterwards ``issues`` and ``unreadable`` are complete."""
        self._notice_columns()
        for row, record in enumerate(self.records[self.columns.row :], self.columns.row + 1):
            if any(cell.strip() for cell in record):
                self._read_row(_Row(self, row, record))
        return self.rows

    def _notice_columns(self) -> None:
        row = self.columns.row
        for thing, heading in self.columns.guessed.items():
            words = f"The column “{heading}” was taken for {NEEDED[thing]}."
            self.issues.append(RowIssue(row, heading, "", "ROLL_HEADING_GUESSED", NOTICE, words))
        if unused := self.columns.unused:
            words = f"These columns are not used, and nothing in them was kept: {', '.join(unused)}"
            words = f"{words}." if len(words) < 300 else f"{words[:290].rpartition(', ')[0]} …"
            self.issues.append(RowIssue(row, "", "", "ROLL_COLUMNS_UNUSED", NOTICE, words))

    def _read_row(self, row: "_Row") -> None:
        upn, uln, local_id = row.upn(), row.uln(), row.text("local_id", 40)
        try:
            read = row.read(upn=upn, uln=uln, local_id=local_id)
            self._refuse_repeated(row, read)
        except RowRefused:
            self.unreadable.append(Unreadable(row.row, upn, uln, local_id))
            return
        self.rows.append(read)

    def _refuse_repeated(self, row: "_Row", read: RollRow) -> None:
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


class _Row:
    """One record being read."""

    def __init__(self, reader: RollReader, row: int, record: Sequence[str]) -> None:
        self.reader, self.row, self.record = reader, row, record
        self.is_refused = False

    def cell(self, thing: str) -> str:
        place = self.reader.columns.places.get(thing)
        return self.record[place].strip() if place is not None and place < len(self.record) else ""

    def issue(self, thing: str, value: str, code: str, severity: str, message: str) -> None:
        place = self.reader.columns.places.get(thing)
        column = self.reader.columns.names[place] if place is not None else ""
        self.reader.issues.append(RowIssue(self.row, column, value, code, severity, message))
        self.is_refused |= severity == ERROR

    def read(self, **numbers: str | None) -> RollRow:
        """Every cell has been read. Raises: RowRefused when what is needed is not there."""
        family_name, given_name = self._name("family_name"), self._name("given_name")
        birth_on, year_group = self._birth_on(), self._year_group()
        rest = {
            "preferred_name": self._preferred_name(given_name),
            "tutor_group": self.text("tutor_group", 20),
            "email": self._email(),
            "phone": self.text("phone", 30),
            "postcode": self._postcode(),
            "address": self._address(),
        }
        if self.is_refused or birth_on is None or year_group is None:
            raise RowRefused
        return RollRow(
            row=self.row,
            family_name=family_name,
            given_name=given_name,
            birth_on=birth_on,
            year_group=year_group,
            **rest,
            **numbers,
        )

    def text(self, thing: str, longest: int) -> str | None:
        """The cell on one line, None where it is blank; what does not fit is left out with a warning."""
        text = cells.read_text(self.cell(thing))
        if len(text) > longest:
            code = f"ROLL_{thing.upper()}_LONG"
            self.issue(
                thing, text, code, WARNING, f"This is longer than {longest} characters and was left out. Shorten it."
            )
            return None
        return text or None

    def _name(self, thing: str) -> str:
        name = cells.read_text(self.cell(thing))
        code = f"ROLL_{thing.upper()}"
        what = NEEDED[thing].partition(" (")[0].removeprefix("the ")
        if not name:
            self.issue(thing, "", f"{code}_MISSING", ERROR, f"The {what} is missing. Enter it in your school system.")
        elif len(name) > 100:
            self.issue(thing, name, f"{code}_LONG", ERROR, f"The {what} is longer than 100 characters. Check this row.")
        return name

    def _preferred_name(self, given_name: str) -> str | None:
        name = self.text("preferred_name", 100)
        return None if name is None or name.casefold() == given_name.casefold() else name

    def _birth_on(self) -> dt.date | None:
        text, today = self.cell("birth_on"), self.reader.today
        if not text:
            self.issue(
                "birth_on",
                "",
                "ROLL_BIRTH_ON_MISSING",
                ERROR,
                "The date of birth is missing. Enter it in your school system.",
            )
            return None
        born = cells.read_date(text, today=today)
        if born is None:
            words = "This is not a date. Write the day, the month and the year, like 01/09/2010."
            self.issue("birth_on", text, "ROLL_BIRTH_ON_INVALID", ERROR, words)
        elif born > today:
            self.issue(
                "birth_on", text, "ROLL_BIRTH_ON_FUTURE", ERROR, "This date of birth is in the future. Correct it."
            )
        elif (today - born).days // 365 not in AGES:
            words = f"This learner would be {(today - born).days // 365} years old. Check the date of birth."
            self.issue("birth_on", text, "ROLL_BIRTH_ON_UNLIKELY", WARNING, words)
        return born

    def _year_group(self) -> int | None:
        text = self.cell("year_group")
        year = cells.read_year_group(text)
        if not text:
            self.issue(
                "year_group",
                "",
                "ROLL_YEAR_GROUP_MISSING",
                ERROR,
                "The year group is missing. Enter a number from 7 to 14.",
            )
        elif year not in YEARS:
            words = "This is not a year group the portal knows. It must be a number from 7 to 14."
            self.issue("year_group", text, "ROLL_YEAR_GROUP_UNKNOWN", ERROR, words)
        return year

    def upn(self) -> str | None:
        """The UPN, None when there is none that could be one. A wrong check letter is a warning, no more."""
        text = self.cell("upn")
        upn = identifiers.read_upn(text)
        if not upn:
            return None
        if not identifiers.is_upn(upn):
            words = "This is not a UPN: a letter, eleven numbers, and a number or a letter. It was left out."
            self.issue("upn", text, "ROLL_UPN_SHAPE", WARNING, words)
            return None
        if identifiers.upn_check_letter(upn) != upn[0]:
            words = "The first letter of this UPN does not agree with its numbers. Check it; it was kept as it is."
            self.issue("upn", text, "ROLL_UPN_CHECK", WARNING, words)
        elif self.reader.authorities and identifiers.upn_authority(upn) not in self.reader.authorities:
            authority = identifiers.upn_authority(upn)
            words = f"No local authority has or had the number {authority} in this UPN. Check it; it was kept as it is."
            self.issue("upn", text, "ROLL_UPN_AUTHORITY", WARNING, words)
        return upn

    def uln(self) -> str | None:
        """The ULN, None when there is none that could be one."""
        text = self.cell("uln")
        uln = cells.read_number(text)
        if not uln or uln == identifiers.NO_ULN_YET:
            return None
        if cells.is_shortened(text):
            words = "A spreadsheet has shortened this ULN. Format the column as text and export again. It was left out."
            self.issue("uln", text, "ROLL_ULN_SHORTENED", WARNING, words)
            return None
        if not identifiers.is_uln(uln):
            self.issue(
                "uln", text, "ROLL_ULN_SHAPE", WARNING, "A ULN has ten numbers. This one was left out; check it."
            )
            return None
        if not identifiers.has_uln_check(uln):
            words = "The last number of this ULN does not agree with the others. Check it; it was kept as it is."
            self.issue("uln", text, "ROLL_ULN_CHECK", WARNING, words)
        return uln

    def _email(self) -> str | None:
        email = self.text("email", 254)
        if email is not None:
            try:
                validate_email(email)
            except ValidationError:
                self.issue(
                    "email", email, "ROLL_EMAIL_SHAPE", WARNING, "This is not an e-mail address. It was left out."
                )
                return None
        return email

    def _postcode(self) -> str | None:
        text = self.text("postcode", 20)
        if text is None:
            return None
        postcode = normalise_postcode(text)
        if not postcode:
            self.issue(
                "postcode", text, "ROLL_POSTCODE_SHAPE", WARNING, "This is not a postcode. It was left out; check it."
            )
        return postcode or None

    def _address(self) -> str | None:
        """The address on one line, from its one cell or from its parts."""
        lines = [cells.read_text(line) for line in self.cell("address").splitlines()]
        if not any(lines):
            lines = [
                cells.read_text(self.record[part])
                for part in self.reader.columns.address_parts
                if part < len(self.record)
            ]
        return ", ".join(_unrepeated(line for line in lines if line))[:400] or None


def _unrepeated(lines: Iterable[str]) -> list[str]:
    """Without lines that only repeat the one before, as systems that fill two kinds of address do."""
    return list(dict.fromkeys(lines))

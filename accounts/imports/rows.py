"""One record of a school's file becomes a row the roll action can take; what is wrong with it becomes issues."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Protocol

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.actions.roll_states import RollRow
from accounts.imports import cells, identifiers
from accounts.imports.columns import NEEDED
from accounts.imports.facts import read_facts
from accounts.imports.sources import Record, Source
from providers.models import IssueSeverity
from providers.queries import normalise_postcode
from providers.uploads import RowIssue

ERROR, WARNING = IssueSeverity.ERROR, IssueSeverity.WARNING
YEARS = range(7, 15)
AGES = range(9, 27)  # years; outside these a date of birth is probably a slip


class Reader(Protocol):
    """Who reads the rows: what it knows, and where issues go."""

    source: Source
    today: dt.date
    authorities: Mapping[str, str]
    issues: list[RowIssue]


class RowRefused(Exception):
    """This row cannot be used; the reasons are among the issues already."""


class RowReader:
    """One record being read."""

    def __init__(self, reader: Reader, row: int, record: Record) -> None:
        self.reader, self.row, self.record = reader, row, record
        self.is_refused = False

    def cell(self, thing: str) -> str:
        return self.record.get(thing, "")

    def issue(self, thing: str, value: str, code: str, severity: str, message: str) -> None:
        column = self.reader.source.names.get(thing, "")
        self.reader.issues.append(RowIssue(self.row, column, value, code, severity, message))
        self.is_refused |= severity == ERROR

    def read(self, **numbers: str | None) -> RollRow:
        """Every cell has been read. Raises: RowRefused when what is needed is not there."""
        family_name, given_name = self._names()
        birth_on, year_group = self._birth_on(), self._year_group()
        rest = {
            "preferred_name": self._preferred_name(given_name),
            "tutor_group": self.text("tutor_group", 20),
            "email": self._email(),
            "phone": self._phone(),
            "postcode": self._postcode(),
            "address": self._address(),
            "residence": self._residence(),
            **read_facts(self),
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

    def _names(self) -> tuple[str, str]:
        if "full_name" not in self.record:
            return self._name("family_name"), self._name("given_name")
        family_name, comma, given_name = self.cell("full_name").partition(",")
        if family_name.strip() and not comma:
            words = "Both names must be here, the family name first and a comma between them, like “Yusuf, Amina”."
            self.issue("full_name", self.cell("full_name"), "ROLL_NAME_COMMA", ERROR, words)
            return "", ""
        return self._name("family_name", family_name), self._name("given_name", given_name)

    def _name(self, thing: str, text: str | None = None) -> str:
        name = cells.read_text(self.cell(thing) if text is None else text)
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

    def _phone(self) -> str | None:
        """The number, with the first 0 that a spreadsheet has dropped."""
        phone = self.text("phone", 30)
        return f"0{phone}" if phone and len(phone) == 10 and phone.isdecimal() and phone[0] in "1237" else phone

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

    def _residence(self) -> str | None:
        """The code of the authority the learner lives in, said by its code or its name."""
        text = self.text("residence", 80)
        if text is None:
            return None
        if (code := cells.read_number(text)) in self.reader.authorities:
            return code
        plain = text.casefold()
        named = [code for code, name in self.reader.authorities.items() if name.casefold() == plain]
        if len(named) == 1:
            return named[0]
        words = "No one local authority has this number or name. It was left out; check it."
        self.issue("residence", text, "ROLL_RESIDENCE_UNKNOWN", WARNING, words)
        return None

    def _address(self) -> str | None:
        """The address on one line, from its one cell or from its parts."""
        lines = [cells.read_text(line) for line in self.cell("address").splitlines()]
        if not any(lines):
            lines = [cells.read_text(part) for part in self.record.get("address_parts", ())]
        return ", ".join(_unrepeated(line for line in lines if line))[:400] or None


def _unrepeated(lines: Iterable[str]) -> list[str]:
    """Without lines that only repeat the one before, as systems that fill two kinds of address do."""
    return list(dict.fromkeys(lines))

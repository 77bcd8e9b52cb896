"""What a record says of grades, attendance and characteristics. What cannot be read is left out with a warning."""

from typing import Any, Protocol

from accounts.actions.roll_states import Grade, Sessions, Traits
from accounts.imports import cells, codes
from accounts.imports.sources import Record
from providers.models import IssueSeverity

WARNING = IssueSeverity.WARNING
THOUSAND = 1000  # a file that only gives a percentage is kept as so many of a thousand
MOST_SESSIONS = 1000
OF_TRAITS = ("sex", "ethnicity", "sen_provision", "sen_need_1", "sen_need_2", "has_free_meals", "is_looked_after")
NO_VALUE = {"", "-", "n/a", "na", "none", "null", "."}


class FactRow(Protocol):
    """A row being read."""

    record: Record
    reader: Any

    def cell(self, thing: str) -> str: ...

    def issue(self, thing: str, value: str, code: str, severity: str, message: str) -> None: ...


def read_facts(row: FactRow) -> dict[str, Any]:
    """``traits``, ``grades`` and ``attendance`` of a roll's row."""
    return {"traits": _traits(row), "grades": _grades(row), "attendance": _attendance(row)}


def _traits(row: FactRow) -> Traits | None:
    if not any(row.cell(thing) for thing in OF_TRAITS):
        return None
    said = [thing for thing in ("sen_need_1", "sen_need_2") if row.cell(thing)]
    needs = [need for thing in said if (need := _read(row, thing, codes.read_need, "a kind of need the portal knows"))]
    return Traits(
        sex=_read(row, "sex", codes.read_sex, "F or M"),
        ethnicity=_read(row, "ethnicity", codes.read_ethnicity, "a code or name of an ethnic group the portal knows"),
        sen_provision=_read(row, "sen_provision", codes.read_sen, "N, K or E, or their names"),
        sen_needs=tuple(dict.fromkeys(needs)) if needs else None,
        has_free_meals=_read(row, "has_free_meals", codes.read_yes_no, "yes or no"),
        is_looked_after=_read(row, "is_looked_after", codes.read_yes_no, "yes or no"),
    )


def _read(row: FactRow, thing: str, read: Any, what: str) -> Any:
    text = row.cell(thing)
    if not text:
        return None
    value = read(text)
    if value is None:
        row.issue(thing, text, f"ROLL_{thing.upper()}_UNKNOWN", WARNING, f"This is not {what}. It was left out.")
    return value


def _grades(row: FactRow) -> tuple[Grade, ...]:
    found: dict[tuple[str, str, str], str] = {}
    for kind, stage, subject, text in row.record.get("grades", ()):
        value = cells.read_text(text)
        if value.lower() in NO_VALUE or not subject:
            continue
        if len(value) > 20:
            words = f"The grade for {subject} is longer than 20 characters and was left out. Shorten it."
            row.issue("grades", value, "ROLL_GRADE_LONG", WARNING, words)
            continue
        found[kind, stage, cells.read_text(subject)[:80]] = value
    return tuple(sorted((*key, value) for key, value in found.items()))


def _attendance(row: FactRow) -> tuple[Sessions, ...]:
    years = list(row.record.get("years", ()))
    today = row.reader.today
    this_year = today.year - (today.month < 9)
    if row.cell("possible"):
        marks = [mark for mark in row.record.get("marks", ()) if mark]
        attended = row.cell("attended") or (str(sum(map(_whole, marks))) if row.record.get("marks") is not None else "")
        years.append((this_year, row.cell("possible"), attended))
    elif row.cell("attendance_percent"):
        return _from_percent(row, this_year)
    found = {}
    for year, possible_text, attended_text in years:
        possible, attended = _whole(possible_text), _whole(attended_text)
        if not possible and possible_text.strip() in ("0", "0.0", ""):
            continue
        if not (0 < possible <= MOST_SESSIONS) or not 0 <= attended <= possible or not _is_whole(attended_text):
            words = "This attendance cannot be: sessions attended must be a number up to those possible. Left out."
            row.issue("attended", f"{attended_text} of {possible_text}", "ROLL_ATTENDANCE_RANGE", WARNING, words)
            continue
        found[year] = (year, possible, attended)
    return tuple(found[year] for year in sorted(found))


def _from_percent(row: FactRow, year: int) -> tuple[Sessions, ...]:
    text = row.cell("attendance_percent")
    try:
        percent = float(text.replace("%", "").strip())
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        words = "This is not a percentage from 0 to 100. It was left out."
        row.issue("attendance_percent", text, "ROLL_ATTENDANCE_PERCENT", WARNING, words)
        return ()
    if 0 < percent < 1:
        percent *= 100  # a spreadsheet's way to keep 94%
    return ((year, THOUSAND, round(percent * 10)),)


def _is_whole(text: str) -> bool:
    plain = text.strip().removesuffix(".0")
    return plain.isascii() and plain.isdecimal() and len(plain) < 6


def _whole(text: str) -> int:
    """The number, 0 where it is none."""
    return int(text.strip().removesuffix(".0")) if _is_whole(text) else 0

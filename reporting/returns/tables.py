"""A return as a table: a row for each person, under headings as caseload systems and spreadsheets write them.

Source: the flat file beside the sample return, and two extracts of a county, of 2016 and 2022, with their slips.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from typing import IO

from core import clock
from core.sheets import meant
from reporting.returns.record import ACTIVITY, CHARACTERISTIC, DESTINATION, NEED, PERSONAL, Header, YoungPerson
from reporting.returns.rules.base import day

SPREADSHEET_BEGAN = dt.date(1899, 12, 30)  # what a spreadsheet counts its days from
SERIAL, MONTH = re.compile(r"[2-6][0-9]{4}(\.0+)?"), re.compile(r"(0?[1-9]|1[0-2])/([0-9]{4})")
BRITISH, WITH_TIME = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})"), re.compile(r"[ T]00:00(:00(\.0+)?)?$")
DATES = ("birth", "started", "ascertained", "verified", "review", "due_to_lapse", "neet_since", "course_ends")
FIELDS = PERSONAL | NEED | ACTIVITY | DESTINATION
OTHER_HEADINGS = {
    "surname": "family_name", "mothyearofbirth": "birth", "monthyearofbirth": "birth", "dateofbirth": "birth",
}  # fmt: skip
HEADER = {"databaseid": "database", "dateofsend": "sent_on", "periodend": "period_end", "suppliername": "supplier"}
STATUS, AUTHORITY = re.compile(r"guaranteestatus\d?"), re.compile(r"leacode\d?")
MOST_CHARACTERS = 200_000  # of the line of headings; of a cell as many as csv allows anybody


class NotATable(Exception):
    """The file has no headings of a return, or a row that is none."""


class TooMany(Exception):
    """The file has more records than whoever reads it takes."""


def plain(heading: str) -> str:
    """A heading without what people write differently: capitals, spaces, strokes."""
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def headings(names: list[str]) -> dict[int, str]:
    """Column by column what it holds. Of two Guarantee statuses and two authorities the first are Year 11's; an
    authority before any status is the one whose file it is. Raises: NotATable."""
    known = {plain(element): name for name, element in FIELDS.items()} | OTHER_HEADINGS | HEADER
    known[plain(CHARACTERISTIC)] = "characteristics"
    found: dict[int, str] = {}
    statuses = 0
    for place, heading in enumerate(map(plain, names)):
        if STATUS.fullmatch(heading):
            statuses += 1
            found[place] = "year_11.status" if statuses == 1 else "year_12.status"
        elif AUTHORITY.fullmatch(heading):
            found[place] = {0: "authority", 1: "year_11.authority"}.get(statuses, "year_12.authority")
        elif heading in known:
            found[place] = known[heading]
    if "person_id" not in found.values() or "activity" not in found.values():
        raise NotATable
    return found


def read_date(text: str) -> str:
    """CCYY-MM-DD of whatever a spreadsheet has made of it, CCYY-MM where only the month is said; as it is otherwise."""
    text = WITH_TIME.sub("", text)
    if match := MONTH.fullmatch(text):
        return f"{match[2]}-{int(match[1]):02}"
    if match := BRITISH.fullmatch(text):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    if SERIAL.fullmatch(text):
        return (SPREADSHEET_BEGAN + dt.timedelta(days=int(float(text)))).isoformat()
    return text


def read_people(file: IO[bytes], *, most: int | None = None) -> Iterator[YoungPerson]:
    """Every row. A column of another heading is left out. Raises: NotATable, TooMany."""
    for row in _rows(file, most):
        yield _person(row)


def columns_of(file: IO[bytes]) -> frozenset[str]:
    """What the columns hold. Raises: NotATable."""
    file.seek(0)
    first = file.readline(MOST_CHARACTERS).decode("utf-8-sig", "replace")
    return frozenset(headings(next(csv.reader([first]), [])).values())


def read_header(file: IO[bytes], *, asked: Header, most: int | None = None) -> Header:
    """What the columns say of the whole file, beside what somebody asked. A table that does not say of when it is, is
    of the month in which it was last confirmed. Raises: NotATable, TooMany."""
    databases: dict[str, None] = {}
    authorities: dict[str, None] = {}
    said = Header(supplier=asked.supplier)
    newest: dt.date | None = None
    for row in _rows(file, most):
        values = dict(row)
        databases.setdefault(values.get("database", ""))
        authorities.setdefault(values.get("authority", ""))
        said.supplier = said.supplier or values.get("supplier", "")
        said.period_end = said.period_end or day(read_date(values.get("period_end", "")))
        said.sent_on = said.sent_on or day(read_date(values.get("sent_on", "")))
        verified = day(read_date(values.get("verified", "")))
        if verified is not None and verified <= clock.today() and (newest is None or verified > newest):
            newest = verified
    return Header(
        databases=asked.databases or tuple(filter(None, databases)),
        authorities=asked.authorities or tuple(filter(None, authorities)),
        sent_on=asked.sent_on or said.sent_on,
        period_end=asked.period_end or said.period_end or _end_of_month(newest),
        supplier=said.supplier,
    )


def _end_of_month(on: dt.date | None) -> dt.date | None:
    return (on.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1) if on else None


def _rows(file: IO[bytes], most: int | None) -> Iterator[list[tuple[str, str]]]:
    """Each row as pairs of what a column holds and its text, trimmed."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    try:
        table = csv.reader(text)
        try:
            columns = headings(next(table, []))
            read = 0
            for row in table:
                if any(row):
                    read += 1
                    if most is not None and read > most:
                        raise TooMany
                    yield [(name, _text(row[place])) for place, name in columns.items() if place < len(row)]
        except csv.Error as fault:
            raise NotATable from fault
    finally:
        text.detach()


def _text(cell: str) -> str:
    """PostgreSQL keeps no zero characters, which broken files do have."""
    return str(meant(cell.strip())).replace("\0", "\ufffd")


def _person(row: Iterable[tuple[str, str]]) -> YoungPerson:
    it = YoungPerson()
    for name, value in row:
        if name == "characteristics":
            it.characteristics += re.findall(r"[^\s;,|/]+", value)
        elif "." in name:
            node, _, part = name.partition(".")
            setattr(getattr(it, node), part, value)
        elif name not in HEADER_NAMES:
            setattr(it, name, read_date(value) if name in DATES else value)
    return it


HEADER_NAMES = frozenset((*HEADER.values(), "authority"))

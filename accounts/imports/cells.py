"""What one cell of a school's export means. A function answers None for what it cannot read."""

import datetime as dt
import re

MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip
EXCEL_ZERO = dt.date(1899, 12, 30)  # spreadsheets count days from here
EXCEL_DAYS = range(20_000, 60_000)  # 1954 to 2064
DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2}|[a-z]{3,9})[/.\-, ]+(\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
TIME_OF_DAY = re.compile(r"[ t]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:\d{2})?$")


def read_text(text: str) -> str:
    """The text on one line, without characters that print nothing."""
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())


def read_date(text: str, *, today: dt.date) -> dt.date | None:
    """A date as a school system or a spreadsheet writes it, the day before the month. Two-digit years are past ones."""
    plain = TIME_OF_DAY.sub("", text.strip().lower())
    if re.fullmatch(r"\d{5}(\.0+)?", plain):
        days = int(plain[:5])
        return EXCEL_ZERO + dt.timedelta(days=days) if days in EXCEL_DAYS else None
    if found := YEAR_FIRST.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups())
    elif found := DAY_FIRST.fullmatch(plain):
        day, year = int(found[1]), int(found[3])
        month = int(found[2]) if found[2].isdigit() else MONTHS.get(found[2][:3], 0)
        if len(found[3]) == 2:
            year += 2000 if year <= today.year % 100 else 1900
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def read_year_group(text: str) -> int | None:
    """The number in "11", "Year 11", "Yr 11", "Y11" or "11.0"; also of years that have no roll here."""
    found = re.fullmatch(r"(?:nc)?\s*(?:year|yr|y)?\.?\s*(?:group)?\s*(\d{1,2})(?:\.0+)?", text.strip().lower())
    return int(found[1]) if found else None


def read_number(text: str) -> str:
    """The digits of a long number, also where a spreadsheet added ".0" or an apostrophe."""
    return re.sub(r"\.0+$", "", text.strip().lstrip("'")).replace(" ", "").replace("-", "")


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet has cut a long number to something like 1.23E+09."""
    return re.fullmatch(r"\d([.,]\d+)?e\+?\d+", text.strip().lower()) is not None

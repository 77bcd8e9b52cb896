"""What one cell says, whichever way its spreadsheet keeps it: 36.0 is 36, 44629 is a day, '=x is =x."""

import datetime as dt
import math
import re

from django.core.exceptions import ValidationError

from prospectus import checks, texts
from providers.tables.kinds import Cell, words_of

DAY_ZERO = dt.date(1899, 12, 30)  # from which Excel counts
DAYS = range(20_000, 80_000)  # 1954 to 2119
SERIAL = re.compile(r"[2-7]\d{4}(?:\.0+)?")
PART = re.compile(r"^##[ \t]*(.*)$", re.MULTILINE)


def date_of(cell: Cell, *, at_end: bool = False) -> dt.date | None:
    """The day of a date, of Excel's number for one, or of words. Raises: ValidationError as ``checks.check_date``."""
    if type(cell) is dt.date and checks.EARLIEST_YEAR <= cell.year <= checks.LATEST_YEAR:
        return cell
    if isinstance(cell, bool):
        raise ValidationError("This is not a date. Write it like 2026-09-07.", code="not_a_date")
    if isinstance(cell, int | float) or (isinstance(cell, str) and SERIAL.fullmatch(cell.strip())):
        number = float(cell)
        if math.isfinite(number) and int(number) in DAYS:
            return checks.check_date((DAY_ZERO + dt.timedelta(days=int(number))).isoformat())
    if isinstance(cell, dt.date):
        return checks.check_date(cell.isoformat())  # the year is looked at too
    return checks.check_date(words_of(cell), at_end=at_end)


def pence_of(cell: Cell) -> int | None:
    """Raises: ValidationError as ``checks.check_pence``."""
    if isinstance(cell, bool):
        raise ValidationError("This is not one amount. Write it like 120.00.", code="not_an_amount")
    return checks.check_pence(words_of(cell))


def parts_of(cell: Cell) -> list[tuple[str, str]]:
    """(heading, text) of every part; a line that begins with ## is a heading."""
    text = words_of(cell).replace("\r\n", "\n")
    first, *rest = PART.split(text)
    parts = [("", first)] if first.strip() else []
    return parts + [(heading.strip(), part.strip("\n")) for heading, part in zip(rest[::2], rest[1::2], strict=True)]


def several(cell: Cell) -> list[str]:
    """What stands between semicolons, or lines."""
    return [part for part in re.split(r"[;\n]", words_of(cell)) if part.strip()]


def squeezed_words(cell: Cell) -> str:
    return texts.tidy(words_of(cell)).lower()

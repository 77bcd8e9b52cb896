"""What one field of a course or run may hold. The web form and the converters of every import call these functions.

Each takes what somebody wrote and returns the value to keep, or raises ``ValidationError`` with a sentence that says
what to do and a stable ``code``; imports build the code of their issue from it.
"""

import calendar
import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from prospectus import texts

EARLIEST_YEAR, LATEST_YEAR = 1990, 2099
MOST_PENCE = 100_000_00
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?|Z)?")
BRITISH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: 0?0:00(?::00)?)?")
WORDED_DATE = re.compile(r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]+)\.?,?[ -](\d{4}|\d{2})", re.IGNORECASE)
MONTH_AND_YEAR = re.compile(r"([a-z]+)\.?,?[ -](\d{4})", re.IGNORECASE)
PACKED_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?: [\d:]+)?")  # 20171122 08:55:27, of the national extracts
ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
WEB_ADDRESS = re.compile(r"https?://[a-z0-9.\-]+\.[a-z]{2,}(?::\d{1,5})?(?:[/?#][^\s<>\"]*)?", re.IGNORECASE)
MONEY = re.compile(r"(?:£|GBP)? ?(\d[\d,]*(?:\.\d{1,4})?)(?: ?(?:GBP|pounds?))?", re.IGNORECASE)
YES = {"yes", "y", "true", "1", "1.0", "on", "x"}
NO = {"", "no", "n", "false", "0", "0.0", "off"}
FREE = {"free", "none", "no fee", "no charge", "free of charge", "no cost", "nil"}


def check_text(value: Any, *, max_length: int | None = None) -> str:
    """One tidy line. Raises: ``too_long``."""
    text = texts.tidy(texts.without_controls(str(value))) if value else ""
    if max_length and len(text) > max_length:
        raise ValidationError(
            _("This is %(number)s characters long. Use at most %(max_length)s.")
            % {"number": len(text), "max_length": max_length},
            code="too_long",
            params={"max_length": max_length},
        )
    return text


def check_html(value: Any) -> str:
    """Safe HTML of few tags; what a browser would run or hide is gone."""
    return texts.clean_html(texts.without_controls(value)) if value else ""


def check_web_address(value: Any, *, max_length: int = 500) -> str:
    """A whole web address; a missing http:// is added. Raises: ``not_a_web_address``, ``too_long``."""
    text = check_text(value, max_length=max_length)
    if text and "://" not in text and "@" not in text:
        text = f"http://{text}"
    if text and not WEB_ADDRESS.fullmatch(text):
        raise ValidationError(
            _("This is not a web address. Write it like https://www.example.org/page."), code="not_a_web_address"
        )
    return text


def check_date(value: Any, *, at_end: bool = False) -> dt.date | None:
    """A date written as 2026-09-07, 2026-09-07T00:00:00, 7/9/2026, 07-Sep-26 or 7 September 2026; a month alone
    is its first day, or its last with ``at_end``.

    Raises: ``not_a_date`` for words that are no date, ``no_such_day`` for 31 February, ``year_out_of_range`` for 1900.
    """
    if isinstance(value, dt.date):
        return value
    text = texts.tidy(value or "")
    if not text:
        return None
    year, month, day = _parts(text)
    try:
        last_day = calendar.monthrange(year, month)[1]
        date = dt.date(year, month, day or (last_day if at_end else 1))
    except (ValueError, calendar.IllegalMonthError) as error:
        raise ValidationError(_("There is no such day. Write the date like 2026-09-07."), code="no_such_day") from error
    if not EARLIEST_YEAR <= date.year <= LATEST_YEAR:
        raise ValidationError(
            _("Use a year from %(earliest_year)s to %(latest_year)s.")
            % {"earliest_year": EARLIEST_YEAR, "latest_year": LATEST_YEAR},
            code="year_out_of_range",
        )
    return date


def _parts(text: str) -> tuple[int, int, int | None]:
    if match := ISO_DATE.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := BRITISH_DATE.fullmatch(text):
        return _year(match[3]), int(match[2]), int(match[1])
    if match := PACKED_DATE.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if (match := WORDED_DATE.fullmatch(text)) and match[2].lower() in MONTHS:
        return _year(match[3]), MONTHS[match[2].lower()], int(match[1])
    if (match := MONTH_AND_YEAR.fullmatch(text)) and match[1].lower() in MONTHS:
        return int(match[2]), MONTHS[match[1].lower()], None
    if match := ISO_MONTH.fullmatch(text):
        return int(match[1]), int(match[2]), None
    raise ValidationError(_("This is not a date. Write it like 2026-09-07."), code="not_a_date")


def _year(text: str) -> int:
    """The year somebody means who writes 26: spreadsheet programs cut dates like that."""
    return int(text) + (2000 if len(text) == 2 else 0)


def names_a_day(text: str) -> bool:
    """Whether the text is a date and nothing else, so that the date says it all."""
    text = texts.tidy(text)
    return any(form.fullmatch(text) for form in (ISO_DATE, BRITISH_DATE, PACKED_DATE, WORDED_DATE))


def check_pence(value: Any) -> int | None:
    """An amount in pounds, as pence; "free" is 0. Raises: ``not_an_amount``, ``too_much``."""
    text = texts.tidy(str(value)) if value not in (None, "") else ""
    if not text:
        return None
    if text.lower().rstrip(".") in FREE:
        return 0
    match = MONEY.fullmatch(text)
    if not match:
        raise ValidationError(_("This is not one amount. Write it like 120.00."), code="not_an_amount")
    try:
        pence = int((Decimal(match[1].replace(",", "")) * 100).to_integral_value())
    except InvalidOperation as error:
        raise ValidationError(_("This is not one amount. Write it like 120.00."), code="not_an_amount") from error
    if pence > MOST_PENCE:
        raise ValidationError(
            _("This is more than a course costs. Write the amount in pounds, like 120.00."), code="too_much"
        )
    return pence


def check_yes_no(value: Any) -> bool:
    """Whether the answer is yes; nothing is no. Raises: ``not_yes_or_no``."""
    text = texts.tidy(str(value)).lower().rstrip(".") if value not in (None, "") else ""
    if text in YES:
        return True
    if text in NO:
        return False
    raise ValidationError(_("This is neither yes nor no. Write Yes or No."), code="not_yes_or_no")


def check_whole_number(value: Any, *, most: int = 100_000) -> int | None:
    """A number of places. Raises: ``not_a_number``, ``too_many``."""
    text = texts.tidy(str(value)) if value not in (None, "") else ""
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(?:\.0+)?", text):
        raise ValidationError(_("This is not a whole number. Write it like 20."), code="not_a_number")
    number = int(float(text))
    if number > most:
        raise ValidationError(_("Use a number up to %(most)s.") % {"most": most}, code="too_many")
    return number

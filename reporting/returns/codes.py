"""The codes a return may hold. They are the requirement's, in the tables that come with the portal; the words and the
grouping that an authority puts right in the database change no rule."""

import csv
import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from django.conf import settings

from ilp.actions.record import CODES
from providers.models import LocalAuthority

STATUSES = "reporting/data/guarantee_statuses.csv"
# The editions of the requirement begin with the financial year.
EDITION_2017, EDITION_2019, EDITION_2020 = dt.date(2017, 4, 1), dt.date(2019, 4, 1), dt.date(2020, 4, 1)
REFUGEE = "720"  # an activity until 2018-19
MENTAL_HEALTH = "210"  # a characteristic from 2020-21
AWAY = frozenset({"000", "001", "002", "003"})  # pseudo-authorities: left England
UNKNOWN_AUTHORITY = "004"
GUARANTEE_ONLY = "G"  # the cohort status of whom another authority leads for


class Codes(NamedTuple):
    """What each field may say in one edition."""

    authorities: frozenset[str]
    activities: frozenset[str]
    compulsory: frozenset[str]
    neet: frozenset[str]
    lapsing: frozenset[str]
    with_course_end: frozenset[str]
    with_review: frozenset[str]
    characteristics: frozenset[str]
    cohort_statuses: frozenset[str]
    ethnicities: frozenset[str]
    needs: frozenset[str]
    destinations: frozenset[str]
    year_11: frozenset[str]
    year_12: frozenset[str]


def codes_of(period_end: dt.date | None, *, authorities: Iterable[str]) -> Codes:
    """Those of the edition in force on this day, the newest where nobody says a day."""
    day = period_end or dt.date.max
    rows, statuses = _table(CODES), _table(STATUSES)
    activities = [row for row in rows if row["kind"] == "activity"]
    if day >= EDITION_2019:
        activities = [row for row in activities if row["code"] != REFUGEE]
    later = {MENTAL_HEALTH} if day < EDITION_2020 else set()
    with_review = {row["code"] for row in activities if row["needs_review"] == "Y"}
    if day < EDITION_2019:
        with_review.discard("616")
    return Codes(
        authorities=frozenset(authorities),
        activities=frozenset(row["code"] for row in activities),
        compulsory=frozenset(row["code"] for row in activities if row["group"] == "compulsory"),
        neet=frozenset(row["code"] for row in activities if row["headline"] == "NEET"),
        lapsing=frozenset(row["code"] for row in activities if row["lapse"] != "never"),
        with_course_end=frozenset(row["code"] for row in activities if row["needs_course_end"] == "Y"),
        with_review=frozenset(with_review),
        characteristics=_of(rows, "characteristic") - later,
        cohort_statuses=_of(rows, "cohort_status"),
        ethnicities=_of(rows, "ethnicity"),
        needs=_of(rows, "need"),
        destinations=_of(rows, "destination"),
        year_11=frozenset(row["code"] for row in statuses if row["for_year_11"] == "Y"),
        year_12=frozenset(row["code"] for row in statuses if row["for_year_12"] == "Y"),
    )


def known_authorities() -> frozenset[str]:
    """Every authority there is or was, as the portal knows them."""
    return frozenset(LocalAuthority.objects.values_list("code", flat=True))


def _of(rows: list[dict[str, str]], kind: str) -> frozenset[str]:
    return frozenset(row["code"] for row in rows if row["kind"] == kind)


@cache
def _table(name: str) -> list[dict[str, str]]:
    with (settings.BASE_DIR / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

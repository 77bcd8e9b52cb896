"""Reads that span several tables of this floor."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import holidays
from django.db.models import Count

from providers.models import Area, Closure, IssueSeverity, Organisation, Outcode, StaffRole, Upload, UploadChange
from providers.uploads import KINDS, Said, UploadKind
from providers.workflow import ChangeAction

# People


def role_kinds(user: Any) -> frozenset[str]:
    """The kinds of role ``user`` holds today, asked of the database once per request (kept on the user object)."""
    if not user.is_authenticated:
        return frozenset()
    if not hasattr(user, "role_kinds_today"):
        user.role_kinds_today = frozenset(StaffRole.objects.of(user).values_list("kind", flat=True))
    return user.role_kinds_today


def may_upload(user: Any) -> bool:
    """Whether the menu shows uploads. What exactly may be handed over is asked of each kind."""
    return bool(role_kinds(user) & {"coordinator", "editor", "manager"})


# Uploads


def uploadable_by(user: Any) -> list[tuple[UploadKind, list[Organisation]]]:
    """The kinds of file this person may hand over, each with the organisations it may be for."""
    if not may_upload(user):
        return []
    found = [(kind, list(kind.organisations_for(user).order_by("name"))) for kind in KINDS.values()]
    return [(kind, organisations) for kind, organisations in found if organisations]


def issues_by_severity(upload: Upload) -> dict[str, int]:
    """How many issues of each severity the upload has, the gravest first, none left out."""
    counted = dict(upload.issues.order_by().values_list("severity").annotate(Count("pk")))
    return {severity: counted.get(severity, 0) for severity in IssueSeverity.values}


def usual_mode(kind: UploadKind, organisations: list[Organisation]) -> str:
    """What was said of the last such file of these organisations; nothing where none was handed over yet."""
    before = Upload.objects.filter(kind=kind.name, organisation__in=organisations, by__isnull=False)
    return before.order_by("-pk").values_list("mode", flat=True).first() or ""


class ChangeInWords(NamedTuple):
    """One change of an upload for people: the row, what it is of, and its fields."""

    change: UploadChange
    thing: str
    fields: list[Said]


def in_words(kind: UploadKind, changes: Sequence[UploadChange]) -> list[ChangeInWords]:
    said = kind.say(changes) if kind.say else [[] for _ in changes]
    return [
        ChangeInWords(change, kind.things.get(change.thing, change.thing), fields)
        for change, fields in zip(changes, said, strict=True)
    ]


def changes_by_action(upload: Upload) -> dict[str, int]:
    """How many changes of each action the upload has, none left out."""
    counted = dict(upload.changes.order_by().values_list("action").annotate(Count("pk")))
    return {action: counted.get(action, 0) for action in ChangeAction.values}


# The calendar


@cache
def _bank_holidays() -> Any:
    """England's bank holidays; the library works out each year when it is first asked about."""
    return holidays.country_holidays("GB", subdiv="ENG")


def _calendar(area: Area) -> Callable[[dt.date], bool]:
    """Answers whether a day is a working day in this area; its closures are asked for once."""
    closed = list(Closure.objects.filter(area=area).values_list("starts_on", "ends_on"))
    bank_holidays = _bank_holidays()

    def is_working(day: dt.date) -> bool:
        return (
            day.weekday() < 5 and day not in bank_holidays and not any(first <= day <= last for first, last in closed)
        )

    return is_working


def is_working_day(day: dt.date, *, area: Area) -> bool:
    """Not a weekend, a bank holiday in England or one of the area's closures."""
    return _calendar(area)(day)


def add_working_days(start_on: dt.date, days: int, *, area: Area) -> dt.date:
    """The day on which ``days`` working days after ``start_on`` have been counted. None to count: the day itself."""
    is_working = _calendar(area)
    day, left = start_on, days
    while left > 0:
        day += dt.timedelta(days=1)
        left -= is_working(day)
    return day


def working_days_between(start_on: dt.date, end_on: dt.date, *, area: Area) -> int:
    """How many working days come after ``start_on``, up to and with ``end_on``. Never negative."""
    is_working = _calendar(area)
    span = max((end_on - start_on).days, 0)
    return sum(is_working(start_on + dt.timedelta(days=number)) for number in range(1, span + 1))


# Places

OUTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
POSTCODE = re.compile(rf"({OUTCODE})([0-9O][A-Z]{{2}})")


class Place(NamedTuple):
    """Where a postcode is. Not exact: the middle of its district, to be said as "about"."""

    latitude: float
    longitude: float
    is_exact: bool


def normalise_postcode(text: str) -> str:
    """The postcode as the Post Office writes it, "M14 5RX"; empty when it is not one."""
    found = POSTCODE.fullmatch(_letters_and_digits(text))
    # A letter O is often typed where only a zero can be.
    return f"{found[1]} {found[2].replace('O', '0', 1) if found[2].startswith('O') else found[2]}" if found else ""


def outcode_of(text: str) -> str:
    """The first half of a whole, half or half-typed postcode ("M14 5RX", "m14", "M14 5"); empty when it is none."""
    if whole := normalise_postcode(text):
        return whole.partition(" ")[0]
    first, *_rest = text.split() or [""]
    first = _letters_and_digits(first)
    return first if re.fullmatch(OUTCODE, first) else ""


def locate(postcode: str) -> Place | None:
    """About where this postcode, or first half of one, is. None: not known, or no fixed place (ZZ99)."""
    outcode = outcode_of(postcode)
    found = Outcode.objects.filter(pk=outcode).first() if outcode else None
    return Place(found.latitude, found.longitude, is_exact=False) if found else None


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())

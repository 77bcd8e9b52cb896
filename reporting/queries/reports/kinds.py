"""What a report is: its columns, and one function that gives its rows. Page, picture and files are made of these."""

import datetime as dt
import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Aggregate, BigIntegerField, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.suppression import blurred
from providers.models import Organisation, StaffRole

Cell = str | int | float | dt.date | None  # None: hidden from who reads it
Row = tuple[Cell, ...]
FEWEST = 10  # of what is rounded, less is not said
# They stand in the place of a number that there is not; nothing is hidden there.
UNSAID, UNKNOWN, NONE, UNCOUNTED = _("not said"), _("not known"), _("none"), _("not counted")


class Sort(enum.Enum):
    """What stands in a column."""

    TEXT = "text"
    NUMBER = "number"
    DAYS = "days"  # with one decimal place
    MILES = "miles"  # with one decimal place
    RATIO = "ratio"  # with one decimal place
    DEGREES = "degrees"  # north or east
    PERCENT = "percent"  # whole, of a hundred
    DATE = "date"


class Column(NamedTuple):
    """One column: its heading, what it means, and from where it is."""

    words: Any
    means: Any
    source: Any
    sort: Sort = Sort.NUMBER


class Scope(NamedTuple):
    """As whom somebody reads a report, in which role and for which organisation."""

    user: Any
    kind: str
    organisation: Organisation

    @property
    def is_of_provider(self) -> bool:
        """They read of learners who applied to them, and know each by name."""
        return self.kind in ("admissions", "manager")


class Filter(NamedTuple):
    """Something that can be chosen; the first of its values holds where nothing is."""

    name: str
    words: Any
    values: Callable[[Scope], list[tuple[str, Any]]]


class Lines(NamedTuple):
    """A picture of rows over time: the words under it, each line's numbers, and in a sentence what it shows."""

    labels: list[str]
    series: list[tuple[str, list[float | None]]]
    summary: str


class Bars(NamedTuple):
    """The picture is a bar for each line, the longest first. ``number`` is the column it is of."""

    number: int


class Stacks(NamedTuple):
    """The picture is a bar for each line in parts that follow each other; ``parts`` are the columns they are of."""

    parts: tuple[int, ...]


class Tally(NamedTuple):
    """The picture is a bar for each text of the first column, in parts: how many lines say what in ``column``."""

    column: int
    parts: tuple[Any, ...]


class Sets(NamedTuple):
    """The picture is circles that cross: lines as ``core.figures.parts_of`` orders them. ``columns`` by what ``by``
    asks; ``names`` are the filters that name the circles."""

    by: str
    columns: Mapping[str, int]
    names: tuple[str, ...]


class Spots(NamedTuple):
    """The picture is a map: the number, its kind, its size, and where it is, by column."""

    number: int
    kind: int
    size: int
    north: int
    east: int


class OverTime(NamedTuple):
    """The picture is the lines that ``lines(asked, rows)`` makes of them; where it makes none, bars of ``number``."""

    number: int
    lines: Callable[[Mapping[str, str], Sequence[Row]], Lines | None]


Drawn = Bars | Stacks | Tally | Sets | Spots | OverTime
LINE = _("Line")  # the heading of a first column that takes the words of what was chosen a line for
OTHERS = _("Others, each of few people")  # a line of all that are too few for one of their own
APPLIED = _("Of the area’s providers, for whoever applied to them.")
ROUNDED = _("Numbers of learners and applications are rounded to 5, and fewer than 10 are not shown.")


def of_area(*words: Any) -> Callable[[Scope], str]:
    """Whose figures they are, for an area: its name, and these sentences."""

    def whose(scope: Scope) -> str:
        return " ".join([f"{scope.organisation.area}.", *map(str, words)])

    return whose


def _of_applications(scope: Scope) -> Any:
    if scope.is_of_provider:
        return _("Of %(provider)s.") % {"provider": scope.organisation}
    return of_area(APPLIED, ROUNDED)(scope)


class Report(NamedTuple):
    """``rows(scope, asked)``: as that person may read them, in their order. ``drawn``: the picture of them; None: there
    is none. ``whose``: whom the figures are of; ``nothing``: why there are none; ``see_also``: the name of an address
    with more, and its words."""

    name: str
    title: Any
    about: Any
    roles: tuple[str, ...]
    filters: tuple[Filter, ...]
    columns: tuple[Column, ...]
    rows: Callable[[Scope, Mapping[str, str]], Sequence[Row]]
    drawn: Drawn | None
    whose: Callable[[Scope], Any] = _of_applications
    nothing: Any = _("There is nothing here for what you have chosen.")
    see_also: tuple[str, Any] | None = None


def roles_that_read(user: Any, kinds: Iterable[str]) -> QuerySet:
    """Those of this person's roles of today that are of an authority or a provider."""
    is_either = Q(organisation__kind="authority") | Q(organisation__is_provider=True)
    return StaffRole.objects.of(user, *kinds).filter(is_either)


def scope_of(report: Report, user: Any) -> Scope | None:
    """As whom this person reads it, an authority or a provider; None: they do not."""
    held = roles_that_read(user, report.roles).select_related("organisation__area").order_by("-pk")
    found = {role.kind: role for role in held}  # of several the oldest
    kind = next((kind for kind in report.roles if kind in found), None)
    return None if kind is None else Scope(user, kind, found[kind].organisation)


def asked_of(report: Report, scope: Scope, given: Mapping[str, Any]) -> dict[str, str]:
    """What was chosen of each filter; a value that is not on offer counts as not chosen."""
    asked = {}
    for each in report.filters:
        values = [value for value, _words in each.values(scope)]
        said = given.get(each.name)
        asked[each.name] = said if said in values else (values or [""])[0]
    return asked


def as_asked(report: Report, scope: Scope, asked: Mapping[str, str]) -> Report:
    """The report with its first column called what a line is for, where that was chosen."""
    first, *others = report.columns
    if first.words is not LINE:
        return report
    by = next(each for each in report.filters if each.name == "by")
    words = dict(by.values(scope)).get(asked["by"], LINE)
    return report._replace(columns=(first._replace(words=words), *others))


def as_shown(report: Report, rows: Sequence[Row]) -> tuple[Report, Sequence[Row]]:
    """The report and its rows as a table, without columns of words that are empty in every row. Pictures have all."""
    if not isinstance(rows, list) or not rows:
        return report, rows
    held = [place for place, column in enumerate(report.columns)
            if column.sort is not Sort.TEXT or any(row[place] != "" for row in rows)]  # fmt: skip
    if len(held) == len(report.columns):
        return report, rows
    columns = tuple(report.columns[place] for place in held)
    return report._replace(columns=columns), [tuple(row[place] for place in held) for row in rows]


def in_words(report: Report, scope: Scope, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """(filter, value) as people read them."""
    return [(str(one.words), str(dict(one.values(scope)).get(asked[one.name], ""))) for one in report.filters]


class Crowd(Aggregate):
    """Which learners these are, as one number: the same learners have the same."""

    template = "bit_xor(DISTINCT hashint8extended(%(expressions)s, 0))"
    output_field = BigIntegerField()


def told(number: int, crowd: int | None) -> int | None:
    """To the nearest 5, and below 10 not said. Whichever way it falls, it does in every line, column and report that is
    of the same learners (``crowd``): two answers for one number would tell it."""
    shown = blurred(number, question=f"{number} of {crowd}")
    return shown if shown >= FEWEST or number == 0 else None


def answer(body: str, *values: Any, **rows: QuerySet) -> list[tuple[Any, ...]]:
    """What the statement answers, in which each of ``rows`` is a table of that name, with the columns of its
    ``values()``: who may see what stays with the querysets."""
    tables, given = [], []
    for name, queryset in rows.items():
        statement, asked = queryset.order_by().query.sql_with_params()
        tables.append(f"{name} AS ({statement})")
        given += asked
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(tables)} {body}", [*given, *values])
        return list(cursor.fetchall())

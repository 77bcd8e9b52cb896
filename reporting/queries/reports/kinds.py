"""What a report is: its columns, and one function that gives its rows. Page, picture and files are made of these."""

import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from providers.models import Organisation, StaffRole

Cell = str | int | float | None  # None: not shown, or there is none
Row = tuple[Cell, ...]


class Sort(enum.Enum):
    """What stands in a column."""

    TEXT = "text"
    NUMBER = "number"
    DAYS = "days"  # with one decimal place
    PERCENT = "percent"  # whole, of a hundred


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


def _of_applications(scope: Scope) -> Any:
    if scope.is_of_provider:
        return _("Of %(provider)s.") % {"provider": scope.organisation}
    return _(
        "Of the providers of %(area)s, for whoever applied to them. Numbers from 1 to 4 are not shown, nor those from "
        "which they would follow."
    ) % {"area": scope.organisation.area}


class Report(NamedTuple):
    """``rows(scope, asked)``: as that person may read them, in their order. ``drawn``: the column of the picture, which
    ``lines(asked, rows)`` may draw over time instead. ``whose``: whom the figures are of; ``nothing``: why there are
    none; ``see_also``: the name of an address with more, and its words."""

    name: str
    title: Any
    about: Any
    roles: tuple[str, ...]
    filters: tuple[Filter, ...]
    columns: tuple[Column, ...]
    rows: Callable[[Scope, Mapping[str, str]], Iterable[Row]]
    drawn: int
    lines: Callable[[Mapping[str, str], list[Row]], Lines | None] = lambda _asked, _rows: None
    whose: Callable[[Scope], Any] = _of_applications
    nothing: Any = _("No application has been sent for this September.")
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


def in_words(report: Report, scope: Scope, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """(filter, value) as people read them."""
    return [(str(one.words), str(dict(one.values(scope)).get(asked[one.name], ""))) for one in report.filters]

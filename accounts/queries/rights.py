"""What is told of a learner's data, and what goes when."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext

from accounts.models import (
    Learner,
    RetentionRule,
)
from core import clock, personal


class Section(NamedTuple):
    """One kind of thing in a copy of somebody's data, in words and as plain values."""

    name: str
    title: str
    headings: list[str]
    rows: list[list[Any]]
    plain: list[dict[str, Any]]

    @property
    def pairs(self) -> list[tuple[str, Any]]:
        """Heading and value of the first row."""
        return list(zip(self.headings, self.rows[0], strict=True))


def told(learner: Learner, *, progress: Callable[..., None] = lambda **_: None) -> list[Section]:
    """Everything every floor keeps of a learner, as far as they may read it by now: a section for each kind of thing
    that there is some of."""
    sections = []
    for done, table in enumerate(personal.TABLES.values()):
        progress(done=done, of=len(personal.TABLES), doing="Collecting")
        found = list(table.told(learner).values_list(*table.shows)) if table.shows else []
        if not found:
            continue
        words = [_words_of(table.model, lookup) for lookup in table.shows]
        rows = [[say(value) for say, value in zip(words, row, strict=True)] for row in found]
        headings = [str(words) for words in table.shows.values()]
        plain = [dict(zip(headings, map(_plain, row), strict=True)) for row in rows]
        name = f"{len(sections) + 1:02}-{slugify(table.title)}"
        sections.append(Section(name, str(table.title), headings, rows, plain))
    return sections


def _words_of(model: Any, lookup: str) -> Callable[[Any], Any]:
    """How the values of a column are said to people."""
    *steps, last = lookup.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    choices = dict(model._meta.get_field(last).flatchoices or ())

    def say(value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return {None: "", True: gettext("Yes"), False: gettext("No")}[value]
        return str(choices[value]) if choices and value in choices else value

    return say


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def days_of(name: str) -> int:
    """How many days things of this kind are kept."""
    rule = RetentionRule.objects.filter(pk=name).first()
    return rule.days if rule else personal.RETENTIONS[name].days


def due_counts() -> dict[str, int]:
    """How many of each kind would go tonight."""
    today = clock.today()
    return {
        name: retention.due(today - dt.timedelta(days=days_of(name))).count()
        for name, retention in personal.RETENTIONS.items()
    }


class Fate(NamedTuple):
    """What an erasure does with one kind of thing."""

    title: str
    goes: str  # "all", "part" or "none"
    because: str


def what_erasure_does() -> list[Fate]:
    """What goes and what stays, and why, a line for each kind of thing that is kept of a learner."""
    fates = {personal.Erase.DELETE: "all", personal.Erase.KEEP: "none"}
    return [
        Fate(str(table.title), fates.get(table.erase, "part"), str(table.because)) for table in personal.TABLES.values()
    ]

"""What the portal keeps of people: each floor says it of its own tables, in AppConfig.ready().

A copy of somebody's data, erasure, merging of two records of one person and the page that says how long things are
kept all read this one list. The floor that knows who people are names the two tables everything leads to.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q


class Erase(Enum):
    """What erasure does with whole rows."""

    DELETE = "removed"
    KEEP = "kept"


class Blank:
    """Erasure empties these columns of each row and keeps the others for figures."""

    def __init__(self, **values: Any) -> None:
        self.values = values


class Table(NamedTuple):
    """What one table says of a person.

    ``paths``: the lookups from a row to the person, "" for the person's own row; more than one where a row is about
    two people. ``shows``: column or lookup -> words,
    in the order people read them in a copy of their data. ``because``: why whatever stays after an erasure stays.
    ``merge(keep, other)``: how rows of two records become one's; without it, rows that point straight to the person
    or the account are pointed to the one that is kept, but for those it has already by the columns ``once_by``, which
    are removed; rows further away go with what they are part of. ``tells(rows)``: those the person may read by now,
    where there are others.
    """

    model: type[models.Model]
    paths: tuple[str, ...]
    title: str
    shows: Mapping[str, str]
    erase: Erase | Blank
    because: str
    merge: Callable[[Any, Any], None] | None
    once_by: tuple[str, ...]
    tells: Callable[[Any], Any] | None

    def rows(self, person: models.Model) -> models.QuerySet:
        """This person's rows, oldest first."""
        mine = reduce(or_, (Q(**{path or "pk": person.pk}) for path in self.paths))
        return self.model._default_manager.filter(mine).order_by("pk")

    def told(self, person: models.Model) -> models.QuerySet:
        """Of these, what a copy of the person's data says today."""
        return self.tells(self.rows(person)) if self.tells else self.rows(person)

    def point(self, column: str, *, old: Any, new: Any) -> None:
        """Rows that belonged to ``old`` by this column belong to ``new``."""
        theirs = self.model._default_manager.filter(**{column: old}).order_by()
        if self.once_by:
            same = {name: OuterRef(name) for name in self.once_by}
            theirs.filter(Exists(self.model._default_manager.filter(**{column: new}, **same))).delete()
        theirs.update(**{column: new})


class Retention(NamedTuple):
    """One kind of thing that does not stay for ever.

    ``due(before)``: what has been needed last before this date; ``remove(rows)`` answers how many are gone.
    ``days`` is how long by default, ``least_days`` the shortest an area may choose, ``source`` why.
    """

    name: str
    title: str
    days: int
    least_days: int
    source: str
    due: Callable[[dt.date], models.QuerySet]
    remove: Callable[[models.QuerySet], int]


class Tidying(NamedTuple):
    """What goes by itself after days that nobody chooses, because how the thing works rests on them.

    ``since``: from when the days are counted, in words; ``run`` removes what is due tonight.
    """

    name: str
    title: str
    days: int
    since: str
    run: Callable[[], Any]


Hold = Callable[[Any], str]

TABLES: dict[type[models.Model], Table] = {}
APART: dict[type[models.Model], str] = {}
RETENTIONS: dict[str, Retention] = {}
TIDYINGS: dict[str, Tidying] = {}
LOCKS: dict[str, Callable[[Sequence[Any]], None]] = {}
HOLDS: dict[str, Hold] = {}
SWEEPS: dict[str, Callable[[Any], None]] = {}
MERGE_HOLDS: dict[str, Callable[[Any, Any], str]] = {}


def register(
    model: type[models.Model],
    *,
    path: str | tuple[str, ...],
    title: str,
    shows: Mapping[str, str] | None = None,
    erase: Erase | Blank,
    because: str = "",
    merge: Callable[[Any, Any], None] | None = None,
    once_by: tuple[str, ...] = (),
    tells: Callable[[Any], Any] | None = None,
) -> None:
    """From now on this table is part of everything that is done with a person's data.

    A table that others point to comes before those.
    """
    if erase is not Erase.DELETE and not because:
        raise ValueError(f"{model._meta.label}: say why something stays after an erasure")
    paths = (path,) if isinstance(path, str) else path
    TABLES[model] = Table(model, paths, title, shows or {}, erase, because, merge, once_by, tells)


def register_apart(model: type[models.Model], *, because: str) -> None:
    """This table belongs to accounts, but never to those of the people whose data this is."""
    APART[model] = because


def register_retention(retention: Retention) -> None:
    """From now on the nightly tidying removes what is due, and the page about keeping says so."""
    RETENTIONS[retention.name] = retention


def register_tidying(tidying: Tidying) -> None:
    """From now on this runs every night, and the page about keeping says so."""
    TIDYINGS[tidying.name] = tidying


def register_lock(name: str, take: Callable[[Sequence[Any]], None]) -> None:
    """Whoever erases or joins people also holds what ``take(people)`` locks, until the end: what the floor's own
    actions lock, so that nothing begins between the question whether something goes on and the answer."""
    LOCKS[name] = take


def register_hold(name: str, why: Hold) -> None:
    """A person is not erased while ``why(person)`` answers a sentence; "" is no objection."""
    HOLDS[name] = why


def register_merge_hold(name: str, why: Callable[[Any, Any], str]) -> None:
    """Two records are not merged while ``why(keep, other)`` answers a sentence."""
    MERGE_HOLDS[name] = why


def register_sweep(name: str, run: Callable[[Any], None]) -> None:
    """Erasure also does ``run(person)``, before any row is touched: for what no foreign key leads to."""
    SWEEPS[name] = run


def hold_still(*people: Any) -> None:
    """Nothing of these people, who are locked already, moves until the end of the transaction."""
    for take in LOCKS.values():
        take(people)


def holds(person: Any) -> list[str]:
    """Why this person cannot be erased now, a sentence each."""
    return [sentence for why in HOLDS.values() if (sentence := why(person))]


def merge_holds(keep: Any, other: Any) -> list[str]:
    """Why these two records cannot become one now, a sentence each."""
    return [sentence for why in MERGE_HOLDS.values() if (sentence := why(keep, other))]


def tables_to_erase() -> list[Table]:
    """Those that point to others first."""
    return list(reversed(TABLES.values()))


def paths_to(person: type[models.Model], account: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Every table and column by which a row belongs to a person or to an account.

    A column that only says who did something (``by``, ``asked_by`` and the like) is none: the account it names stays,
    nameless, after an erasure.
    """
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not (field.concrete and (field.many_to_one or field.one_to_one)) or field.remote_field is None:
                continue
            target = field.related_model
            is_actor = field.name == "by" or field.name.endswith("_by")
            if target is person or (target is account and not is_actor) or target in set(TABLES) - {person, account}:
                yield model, field.name


def missing(person: type[models.Model], account: type[models.Model]) -> list[str]:
    """The tables that belong to people and are not in the list, with the column that says so."""
    found = paths_to(person, account)
    return [f"{model._meta.label}.{name}" for model, name in found if model not in TABLES and model not in APART]

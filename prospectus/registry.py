"""What the prospectus asks of higher floors. They register in AppConfig.ready()."""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

# How many learners have something going on that stands on these runs, by key.
Counter = Callable[[Collection[int]], int]
# Those of these runs, by key, that learners have applied for since then.
Finder = Callable[[Collection[int], dt.datetime], set[int]]

_live: list[Counter] = []
_applied: list[Finder] = []


def register_live(count: Counter) -> None:
    """From now on ``live_on`` also counts what ``count(run_ids)`` says. Called once, from AppConfig.ready()."""
    if count not in _live:
        _live.append(count)


def live_on(run_ids: Collection[int]) -> int:
    """How many live choices stand on these runs: what somebody should know before taking a course out."""
    return sum(count(run_ids) for count in _live) if run_ids else 0


def register_applied(find: Finder) -> None:
    """From now on ``applied_since`` also asks ``find(run_ids, since)``. Called once, from AppConfig.ready()."""
    if find not in _applied:
        _applied.append(find)


def applied_since(run_ids: Collection[int], since: dt.datetime) -> set[int]:
    """The runs that learners have applied for since then, and still want: what is true of them must stay true."""
    return set().union(*(find(run_ids, since) for find in _applied)) if run_ids else set()


_told: dict[str, Callable[[], Any]] = {}


def register_told(name: str, expression: Callable[[], Any]) -> None:
    """From now on the query that reads a course for its page also reads this, as a column of that name: what a slot
    of the page shows without asking again. Called once, from AppConfig.ready()."""
    _told[name] = expression


def told_columns() -> dict[str, Any]:
    """What higher floors read with a course for its page."""
    return {name: expression() for name, expression in _told.items()}


# By which page somebody leaves for the provider's own way to apply for this run.
Leaver = Callable[[Any, Any], str]
_leaving: list[Leaver] = []


def register_leaving(way: Leaver) -> None:
    """From now on people leave by the page whose address ``way(user, run)`` says; empty: not this person. Called once,
    from AppConfig.ready()."""
    if way not in _leaving:
        _leaving.append(way)


def way_out(user: Any, run: Any) -> str:
    """The address at which this person goes on to the provider's own way to apply."""
    return next((address for way in _leaving if (address := way(user, run))), run.apply_url)

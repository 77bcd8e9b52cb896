"""What many tests stand on is built once for those that follow each other, and each of them gets a copy.

``@ground`` in place of ``@pytest.fixture``: what the function builds stays in a transaction that is left open, the
tests of this process run in savepoints of it, and another ground may be built on it. It is for what takes longer to
build than to look at, and may only write to the database: the other fixtures of a test are not there yet. A test with
real transactions, and one that asks for the fixture by name while it runs, builds its own.
"""

import datetime as dt
import functools
import inspect
import pickle
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import time_machine
from django.db import connection, transaction


def ground(build: Callable[..., Any]) -> Any:
    """A fixture that gives what ``build`` makes in the database. ``build`` may take other grounds, and ``db``."""

    @functools.wraps(build)
    def given(**others: Any) -> Any:
        return _stands.copies[build] if build in _stands.copies else build(**others)

    given.ground = build
    return pytest.fixture(given)


class Layer(NamedTuple):
    build: Callable[..., Any]
    savepoint: transaction.Atomic
    made: bytes  # everything up to here, by its builder


class Stands:
    """The layers that are built now, the lowest first, and this test's copies of what they hold."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.copies: dict[Any, Any] = {}

    def under(self, item: pytest.Item, day: dt.datetime) -> None:
        """The database holds what this test stands on, and nothing else. Called before its own transaction begins."""
        wanted = grounds_of(item)
        kept = 0
        while kept < min(len(wanted), len(self.layers)) and self.layers[kept].build is wanted[kept]:
            kept += 1
        self.down_to(kept)
        for build in wanted[kept:]:
            self._add(build, day)
        self.copies = self._made()

    def down_to(self, number: int) -> None:
        """The layers above the first ``number`` are gone."""
        self.copies = {}
        while len(self.layers) > number:
            _undo(self.layers.pop().savepoint)

    def _add(self, build: Callable[..., Any], day: dt.datetime) -> None:
        made = self._made()
        by_name = {ground.__name__: thing for ground, thing in made.items()}
        savepoint = transaction.atomic()
        savepoint._from_testcase = True
        savepoint.__enter__()
        try:
            # No time passes: nothing that a test stands on was done later than the moment at which it begins.
            with time_machine.travel(day, tick=False):
                made[build] = build(**{name: by_name.get(name) for name in inspect.signature(build).parameters})
            connection.check_constraints()
            self.layers.append(Layer(build, savepoint, _pickled(made)))
        except BaseException:
            _undo(savepoint)
            raise

    def _made(self) -> dict[Any, Any]:
        if not self.layers:
            return {}
        things = pickle.loads(self.layers[-1].made)  # noqa: S301 - our own, from a moment ago
        return dict(zip([layer.build for layer in self.layers], things, strict=True))


def _pickled(made: dict[Any, Any]) -> bytes:
    return pickle.dumps(list(made.values()))


def _undo(savepoint: transaction.Atomic) -> None:
    transaction.set_rollback(True)
    savepoint.__exit__(None, None, None)


_stands = Stands()
under = _stands.under


def leave() -> None:
    """Nothing is built any more; the next test builds what it stands on."""
    _stands.down_to(0)


def is_transactional(item: pytest.Item) -> bool:
    """Whether the test's changes are committed, so that the database has to be emptied after it."""
    marker = item.get_closest_marker("django_db")
    by_mark = marker is not None and bool(marker.kwargs.get("transaction"))
    return by_mark or bool({"transactional_db", "live_server"} & set(item.fixturenames))


def grounds_of(item: pytest.Item) -> list[Callable[..., Any]]:
    """The builders of what a test stands on, the lowest first. None for a test with real transactions."""
    if is_transactional(item):
        return []
    fixtures = item._fixtureinfo.name2fixturedefs
    wanted: list[Callable[..., Any]] = []

    def add(name: str) -> None:
        build = getattr(fixtures[name][-1].func, "ground", None) if name in fixtures else None
        if build and build not in wanted:
            for below in inspect.signature(build).parameters:
                add(below)
            wanted.append(build)

    for name in sorted(item.fixturenames):
        add(name)
    return wanted

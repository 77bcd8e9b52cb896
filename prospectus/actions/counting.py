"""Counts that no page waits for: added up in this process and written together, a few seconds later."""

import atexit
import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Hashable
from functools import partial

from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction

logger = logging.getLogger(__name__)

MOST_KEYS = 10_000  # different things counted and not yet written; beyond them a new one is let go
FLUSH_AT = 1_000  # so many are written at once, without waiting for the time

Write = Callable[[dict[Hashable, int]], None]


class Tally:
    """Adds up in memory. ``write`` gets everything since the last flush, in one transaction."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._counts: Counter[Hashable] = Counter()

    def add(self, key: Hashable, times: int = 1) -> None:
        """Once this transaction commits, and without a question to the database, ``key`` counts once more."""
        transaction.on_commit(partial(self._add, {key: times}))

    def add_now(self, key: Hashable) -> None:
        """The same for what no transaction can take back. Needs no connection to a database."""
        self._add({key: 1})

    def _add(self, counts: dict[Hashable, int]) -> None:
        with self._lock:
            for key, times in counts.items():
                if key in self._counts or len(self._counts) < MOST_KEYS:
                    self._counts[key] += times
            waiting = len(self._counts)
        _background.start()
        if waiting >= FLUSH_AT:
            _background.hurry()

    def take(self) -> dict[Hashable, int]:
        """What was counted since the last time. It is the caller's now."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return dict(counts)

    def flush(self) -> int:
        """What was counted is in the database; returns how many different things. A database that is down keeps it
        here for the next time."""
        counts = self.take()
        if counts:
            try:
                with transaction.atomic():
                    self._write(counts)
            except DatabaseError as error:
                logger.warning("%s counts could not be written: %s", len(counts), type(error).__name__)
                self._add(counts)
                return 0
        return len(counts)

    def forget(self) -> None:
        """Nothing is waiting. After a fork: what the parent counted is the parent's to write."""
        self._lock = threading.Lock()
        self._counts = Counter()


class _Background:
    """One quiet thread per process, from the first count on. It ends with the process, which then writes the rest."""

    def __init__(self) -> None:
        self._pid = 0
        self._lock = threading.Lock()
        self._wake = threading.Event()

    def start(self) -> None:
        if settings.COUNTS_SECONDS and self._pid != os.getpid():
            with self._lock:
                if self._pid != os.getpid():
                    self._pid = os.getpid()
                    threading.Thread(target=self._run, name="counts", daemon=True).start()
                    atexit.register(flush)

    def hurry(self) -> None:
        self._wake.set()

    def forget(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()

    def _run(self) -> None:
        while True:
            self._wake.wait(settings.COUNTS_SECONDS)
            self._wake.clear()
            close_old_connections()
            flush()
            close_old_connections()


_background = _Background()
_tallies: list[Tally] = []


def tally(write: Write) -> Tally:
    """A new tally, which is flushed with the others."""
    new = Tally(write)
    _tallies.append(new)
    return new


def flush() -> int:
    """Everything that this process has counted is in the database. Returns how many rows that took."""
    return sum(one.flush() for one in _tallies)


def _forget_the_parents() -> None:
    _background.forget()
    for one in _tallies:
        one.forget()


# gunicorn and Celery load the program once and then fork.
os.register_at_fork(after_in_child=_forget_the_parents)

"""What time it is, for everything the portal decides. Demonstrations move it; nothing else does."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone

FIRST_YEAR, LAST_YEAR = 1900, 2100  # of any day that somebody types, or another system says

_moved_to: ContextVar[dt.datetime | None] = ContextVar("clock_moved_to", default=None)


def now() -> dt.datetime:
    """This moment, in UTC."""
    return _moved_to.get() or timezone.now() + settings.CLOCK_OFFSET


def today() -> dt.date:
    """Today's date in London: a deadline lasts to the end of its day there."""
    return timezone.localdate(now())


@contextmanager
def at(moment: dt.datetime | dt.date) -> Iterator[dt.datetime]:
    """Inside the block it is ``moment`` (10 in the morning, London, for a date) in this thread only."""
    if not isinstance(moment, dt.datetime):
        moment = timezone.make_aware(dt.datetime.combine(moment, dt.time(10)))
    token = _moved_to.set(moment)
    try:
        yield moment
    finally:
        _moved_to.reset(token)

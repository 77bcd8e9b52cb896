"""What changed since another system asked last: complete, in an order that stays, whoever is writing meanwhile.

Each choice has the number of the transaction that last changed it (migration 0011). Numbers are given out at the start
of a transaction and seen at its end, so a higher one can be seen before a lower one. Below the *horizon*, the lowest
number that is still under way in this database, nothing can appear any more: only that is told, in the order of
(number, key). A choice that changes again comes again at the end.
"""

import base64
import binascii
import json
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from applications.models import Choice


class Cursor(NamedTuple):
    """Everything up to here has been told."""

    changed_in: int
    pk: int

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(list(self)).encode()).decode().rstrip("=")


START = Cursor(-1, 0)


class CursorUnknown(Exception):
    """It is none of ours, or of this database: whoever has it begins anew."""


class Page(NamedTuple):
    choices: list[Choice]
    since: Cursor  # to ask with next
    has_more: bool


def read_cursor(text: str) -> Cursor:
    """Raises: CursorUnknown."""
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if isinstance(said, list) and [type(one) for one in said] == [int, int]:
            cursor = Cursor(*said)
            if START.changed_in <= cursor.changed_in < 2**62 and 0 <= cursor.pk < 2**62:
                return cursor
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError):
        pass
    raise CursorUnknown


def changed_choices(user: Any, *, after: Cursor = START, limit: int) -> Page:
    """What this account's provider received and was last changed after the cursor, the oldest change first.

    Raises: CursorUnknown where the cursor is ahead of the database: it was put back from a copy onto another server.
    """
    # The horizon first: whatever is below it now is there for every later statement.
    horizon, next_number = _numbers()
    if after.changed_in >= next_number:
        raise CursorUnknown
    found = (
        Choice.objects.received_by(user)
        .filter(changed_in__gte=after.changed_in, changed_in__lt=horizon)
        .filter(Q(changed_in__gt=after.changed_in) | Q(pk__gt=after.pk))
        .for_list()
        .order_by("changed_in", "pk")[: limit + 1]
    )
    choices = list(found)
    told, more = choices[:limit], choices[limit:]
    since = Cursor(told[-1].changed_in, told[-1].pk) if told else after
    return Page(told, since, bool(more))


# Which transactions are under way is told of the whole server. One of another database is known by the lock on its own
# number and by where its process is connected; whichever has no such lock has just ended, or has just begun.
NUMBERS = """
SELECT max(pg_snapshot_xmax(now_in)::text::bigint), min(number::text::bigint),
    bool_or(number IS NOT NULL AND holder IS NULL)
FROM pg_current_snapshot() AS now_in LEFT JOIN (
    SELECT number, held.pid AS holder
    FROM pg_snapshot_xip(pg_current_snapshot()) AS number
    LEFT JOIN pg_locks held ON held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
        AND held.transactionid = number::xid
    LEFT JOIN pg_stat_activity process ON process.pid = held.pid
    WHERE process.datname IS NULL OR process.datname = current_database()
) AS under_way ON true
"""
TRIES = 5


def _numbers() -> tuple[int, int]:
    """The horizon, and the number that comes next. A transaction of which nothing is known holds the horizon back; it
    is looked at again, so that a busy neighbour on the same server rarely does."""
    with connection.cursor() as cursor:
        for _again in range(TRIES):
            cursor.execute(NUMBERS)
            next_number, under_way, is_unsure = cursor.fetchone()
            if not is_unsure:
                break
    return next_number if under_way is None else min(under_way, next_number), next_number

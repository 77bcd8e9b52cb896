"""What changed since another system asked last: complete, in an order that stays, whoever is writing meanwhile.

Each choice has the number of the transaction that last changed it (migration 0003). Numbers are given out at the start
of a transaction and seen at its end, so a higher one can be seen before a lower one. Below the *horizon*, the lowest
number that is still under way in this database, nothing can appear any more: only that is told, in the order of
(number, key). A choice that changes again comes again at the end. What is the provider's no more has a row with a
number of its own (``GoneChoice``), told in the same order.
"""

import base64
import binascii
import hashlib
import json
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Q, QuerySet, Value

from applications.models import Choice, GoneChoice


class Cursor(NamedTuple):
    """Everything up to here has been told."""

    changed_in: int
    pk: int

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(list(self)).encode()).decode().rstrip("=")


START = Cursor(-1, 0)
LAST = 2**62 - 1  # no key is above it


class CursorUnknown(Exception):
    """It is none of ours, or of this database: whoever has it begins anew."""


class Key(NamedTuple):
    """One choice that changed, or that is no longer this provider's."""

    changed_in: int
    pk: int
    reference: str
    is_gone: bool


class Keys(NamedTuple):
    keys: list[Key]  # the oldest change first
    since: Cursor  # to ask with next
    has_more: bool


class Page(NamedTuple):
    choices: list[Choice]
    gone: list[str]  # references
    since: Cursor
    has_more: bool


def read_cursor(text: str) -> Cursor:
    """Raises: CursorUnknown."""
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if isinstance(said, list) and [type(one) for one in said] == [int, int]:
            cursor = Cursor(*said)
            if START.changed_in <= cursor.changed_in < 2**62 and 0 <= cursor.pk <= LAST:
                return cursor
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError):
        pass
    raise CursorUnknown


def changed_choices(user: Any, *, after: Cursor = START, limit: int) -> Page:
    """What this account's provider received and was last changed after the cursor, the oldest change first; and what
    is the provider's no more.

    Raises: CursorUnknown where the cursor is ahead of the database: it was put back from a copy onto another server.
    """
    received = Choice.objects.received_by(user)
    found = changed_keys(choices=received, gone=GoneChoice.objects.visible_to(user), after=after, limit=limit)
    choices = received.for_list().in_bulk([key.pk for key in found.keys if not key.is_gone])
    told = [choices[key.pk] for key in found.keys if key.pk in choices]
    return Page(told, [key.reference for key in found.keys if key.is_gone], found.since, found.has_more)


def changed_keys(*, choices: QuerySet, gone: QuerySet, after: Cursor, limit: int) -> Keys:
    """The same of any choices and rows of ``GoneChoice``, without reading them. Raises: CursorUnknown."""
    # The horizon first: whatever is below it now is there for every later statement.
    horizon, next_number = _numbers()
    if after.changed_in >= next_number:
        raise CursorUnknown
    first = _after(choices, "pk", after, horizon).annotate(told=F("reference"), is_gone=Value(value=False))
    second = _after(gone, "choice", after, horizon).annotate(told=F("choice__reference"), is_gone=Value(value=True))
    both = first.values_list("changed_in", "pk", "told", "is_gone")[: limit + 1].union(
        second.values_list("changed_in", "choice", "told", "is_gone")[: limit + 1], all=True
    )
    found = [Key(*row) for row in both.order_by("changed_in", "pk")[: limit + 1]]
    told = found[:limit]
    since = Cursor(told[-1].changed_in, told[-1].pk) if told else after
    return Keys(told, since, len(found) > limit)


def from_now_on() -> Cursor:
    """Everything that can be told by now has been told."""
    horizon, _next = _numbers()
    return Cursor(horizon - 1, LAST)


def _after(rows: QuerySet, key: str, after: Cursor, horizon: int) -> QuerySet:
    below = rows.filter(changed_in__gte=after.changed_in, changed_in__lt=horizon)
    return below.filter(Q(changed_in__gt=after.changed_in) | Q(**{f"{key}__gt": after.pk})).order_by("changed_in", key)


def version_of(reference: str, changed_in: int) -> str:
    """Another one whenever anything of the choice has changed."""
    return hashlib.sha256(f"{reference} {changed_in}".encode()).hexdigest()[:20]


def mark_in_file(reference: str, changed_in: int) -> str:
    """The same in a spreadsheet, where figures with an E among them would become a number."""
    return f"v{version_of(reference, changed_in)}"


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

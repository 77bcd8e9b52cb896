"""What searches with many hits counted, and their first page, kept for whoever asks the same next.

A row says for which version of search it counted. Every change of search adds to the version in its own transaction
(prospectus.actions.search.tell_change), and the count reads the version it belongs to in its own statement: an old
number is never given out. There are as many rows as slots; two questions that share one take turns.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

SLOTS = 4096
MANY = 2_000  # courses; fewer are counted as quickly as they are read
VERSION = "(SELECT coalesce(sum(changes), 0)::bigint FROM prospectus_searchchange)"
READ = f"""
SELECT key, counted, version FROM prospectus_countcache
WHERE slot = ANY(%(slots)s) AND key = ANY(%(keys)s) AND version = {VERSION}
"""
WRITE = """
INSERT INTO prospectus_countcache (slot, key, version, counted)
SELECT DISTINCT ON (slot) slot, key, version, counted::jsonb
FROM (VALUES {rows}) AS one (slot, key, version, counted) ORDER BY slot, key
ON CONFLICT (slot) DO UPDATE SET key = excluded.key, version = excluded.version, counted = excluded.counted
"""


def search_version() -> RawSQL:
    """A column for another question: another number whenever what is found has changed."""
    return RawSQL(VERSION, [], output_field=BigIntegerField())  # noqa: S611 - nothing of anybody is in it


def key_of(*parts: Any) -> str:
    """The same for the same question, however its parts are ordered."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=list).encode()).hexdigest()


def asking(*keys: str) -> dict[str, Any]:
    """The values of ``READ``: what is known of these questions as search is now."""
    return {"slots": [_slot(key) for key in keys], "keys": list(keys)}


def remember(found: Mapping[str, Any], *, version: int) -> None:
    """Whoever asks the same next need not look for it, until search changes."""
    if found:
        # Not as arrays: in those every quotation mark of the JSON would have to be marked.
        rows = [[_slot(key), key, version, json.dumps(value)] for key, value in found.items()]
        sql = WRITE.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(rows)))
        with connection.cursor() as cursor:
            cursor.execute(sql, [value for row in rows for value in row])


def _slot(key: str) -> int:
    return int(key[:8], 16) % SLOTS

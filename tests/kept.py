"""A committed town that takes long to build: built once in a run by the process that asks first, copied for others."""

import fcntl
import pickle
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

NEVER_CHANGED = {*settings.FLUSH_KEEPS, "django_migrations"}


def built_once(build: Callable[[], object], *, folder: Path, name: str) -> None:
    """What ``build`` leaves in an empty database. ``folder`` is one that all processes of this run share."""
    rows = folder / f"{name}.rows"
    with (folder / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not rows.exists():
            build()
            rows.with_suffix(".new").write_bytes(pickle.dumps(_everything()))
            rows.with_suffix(".new").rename(rows)
            return
    _put_back(pickle.loads(rows.read_bytes()))  # noqa: S301 - written above


def _everything() -> tuple[dict[str, bytes], list[tuple[str, int]]]:
    """The rows of each table that has some, and how far each sequence has counted."""
    tables = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - NEVER_CHANGED:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if cursor.fetchone()[0]:
                with cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as copy:
                    tables[table] = b"".join(bytes(part) for part in copy)
        cursor.execute("SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        return tables, cursor.fetchall()


def _put_back(kept: tuple[dict[str, bytes], list[tuple[str, int]]]) -> None:
    tables, sequences = kept
    with transaction.atomic(), connection.cursor() as cursor:
        # It is whole already: nothing is to be checked, and nothing to be done when a row comes.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, rows in tables.items():
            cursor.execute(f'DELETE FROM "{table}"')
            with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as copy:
                copy.write(rows)
        cursor.executemany("SELECT setval(%s, %s)", sequences)

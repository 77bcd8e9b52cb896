"""Thousands of rows in one statement: COPY, and UPDATE from what was copied. Constraints and defaults hold as ever."""

import datetime as dt
import gc
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import RawSQL

TEMPORARY = "bulk_change"
# What these fields of Django's own write of a value of just this class is the value itself.
PLAIN: dict[str, type] = {
    "AutoField": int,
    "BigAutoField": int,
    "BigIntegerField": int,
    "IntegerField": int,
    "PositiveIntegerField": int,
    "PositiveSmallIntegerField": int,
    "SmallIntegerField": int,
    "BooleanField": bool,
    "CharField": str,
    "TextField": str,
    "DateField": dt.date,
}
_resting = threading.Lock()
_rests: list[tuple[int, int, int]] = []  # the collector's habits before each of those who let it rest


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Python looks for circles of garbage a hundred times less often, and only among what is new.

    A file's rows are hundreds of thousands of small things that all live to its end. Looking through them again and
    again took 45 % of the time of a roll, for nothing: what is no longer needed goes as always, by its count.
    """
    with _resting:
        _rests.append(gc.get_threshold())
        gc.set_threshold(100_000, 50, 1_000)
    try:
        yield
    finally:
        with _resting:
            before = _rests.pop()
            if not _rests:
                gc.set_threshold(*before)


def new_keys(model: type[models.Model], number: int) -> list[int]:
    """Primary keys nobody else gets, for rows that are about to be copied in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, number],
        )
        return [key for (key,) in cursor.fetchall()]


def among(keys: Iterable[int]) -> RawSQL:
    """These keys for a filter with ``__in``, as one value: thousands of them one by one are slow to write and read."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])


def copy_in(things: Sequence[models.Model]) -> None:
    """These rows, all of one model, are in the database. Those without a key get one."""
    if not things:
        return
    model = type(things[0])
    keyless = [thing for thing in things if thing.pk is None]
    for thing, key in zip(keyless, new_keys(model, len(keyless)) if keyless else [], strict=True):
        thing.pk = key
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.generated]
    names = [field.attname for field in fields]
    rows = ([getattr(thing, name) for name in names] for thing in things)
    copy_rows(model._meta.db_table, _prepared(fields, rows), columns=[field.column for field in fields])


def copy_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Each row, a value for each of these fields, is in the database: ``copy_in`` without making things of them.

    A field that is not named has the model's default; a key that is not named comes from the database.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    named = {field.column for field in fields}
    rest: list[Any] = [
        field
        for field in model._meta.concrete_fields
        if not (field.generated or field.primary_key or field.column in named or field.has_db_default())
    ]
    whole = ([*row, *(field.get_default() for field in rest)] for row in rows) if rest else rows
    fields += rest
    copy_rows(model._meta.db_table, _prepared(fields, whole), columns=[field.column for field in fields])


def update_in(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Each row, a primary key followed by one value for each of these fields, is in the database."""
    rows = list(rows)
    if not rows:
        return
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    key, *columns = [str(field.column) for field in fields]
    quoted = ", ".join(f'"{column}"' for column in [key, *columns])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
        cursor.execute(
            f'CREATE TEMP TABLE {TEMPORARY} ON COMMIT DROP AS SELECT {quoted} FROM "{model._meta.db_table}" LIMIT 0'
        )
    copy_rows(TEMPORARY, _prepared(fields, rows), columns=[key, *columns])
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TEMPORARY}")
        told = ", ".join(f'"{column}" = said."{column}"' for column in columns)
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" t SET {told} FROM {TEMPORARY} said WHERE t."{key}" = said."{key}"'
        )


def _prepared(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """The rows as these fields write them."""
    writers = [_writer(field) for field in fields]
    for row in rows:
        yield [
            value if value.__class__ in plain else write(value)
            for (plain, write), value in zip(writers, row, strict=True)
        ]


def _writer(field: Any) -> tuple[set[type], Callable[[Any], Any]]:
    """The classes whose values this field writes as they are, and what it makes of others."""
    # The connection itself: the name in django.db asks which thread it is for, each time.
    real = connections[DEFAULT_DB_ALIAS]
    column = field.target_field if field.is_relation else field
    plain: set[type] = set()
    if all(type(one).__module__.startswith("django.db.models.") for one in (field, column)):
        kind = PLAIN.get(type(column).__name__)
        plain = {type(None), *([kind] if kind else [])}
    return plain, lambda value: field.get_db_prep_save(value, real)


def copy_rows(table: str, rows: Iterable[Sequence[Any]], *, columns: Sequence[str] = ()) -> None:
    """These rows of values are in the table, in the order of ``columns`` or else of the table's own."""
    names = "(" + ", ".join(f'"{column}"' for column in columns) + ")" if columns else ""
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" {names} FROM STDIN') as copying:
        for row in rows:
            copying.write_row(row)

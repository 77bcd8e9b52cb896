"""Thousands of rows in one statement: COPY, and UPDATE from what was copied. Constraints and defaults hold as ever."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

TEMPORARY = "bulk_change"


def new_keys(model: type[models.Model], number: int) -> list[int]:
    """Primary keys nobody else gets, for rows that are about to be copied in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, number],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_in(things: Sequence[models.Model]) -> None:
    """These rows, all of one model, are in the database. Those without a key get one."""
    if not things:
        return
    model = type(things[0])
    keyless = [thing for thing in things if thing.pk is None]
    for thing, key in zip(keyless, new_keys(model, len(keyless)) if keyless else [], strict=True):
        thing.pk = key
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.generated]
    rows = ([field.get_db_prep_save(getattr(thing, field.attname), connection) for field in fields] for thing in things)
    copy_rows(model._meta.db_table, rows, columns=[field.column for field in fields])


def update_in(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Each row, a primary key followed by one value for each of these fields, is in the database."""
    rows = list(rows)
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = [field.column for field in fields]
    key = str(model._meta.pk.column)
    quoted = ", ".join(f'"{column}"' for column in [key, *columns])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
        cursor.execute(
            f'CREATE TEMP TABLE {TEMPORARY} ON COMMIT DROP AS SELECT {quoted} FROM "{model._meta.db_table}" LIMIT 0'
        )
    prepared = (
        [row[0], *(field.get_db_prep_save(value, connection) for field, value in zip(fields, row[1:], strict=True))]
        for row in rows
    )
    copy_rows(TEMPORARY, prepared, columns=[key, *columns])
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TEMPORARY}")
        told = ", ".join(f'"{column}" = said."{column}"' for column in columns)
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" t SET {told} FROM {TEMPORARY} said WHERE t."{key}" = said."{key}"'
        )


def copy_rows(table: str, rows: Iterable[Sequence[Any]], *, columns: Sequence[str] = ()) -> None:
    """These rows of values are in the table, in the order of ``columns`` or else of the table's own."""
    names = "(" + ", ".join(f'"{column}"' for column in columns) + ")" if columns else ""
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" {names} FROM STDIN') as copying:
        for row in rows:
            copying.write_row(row)

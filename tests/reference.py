"""The portal's own subjects, levels, types and words of search, quickly: most tests of the prospectus stand on them."""

from typing import Any

from django.db import connection

from prospectus.actions import load_prospectus_reference
from prospectus.models import (
    CareerWord,
    CourseSearch,
    Level,
    PhraseRule,
    QualificationType,
    SearchWord,
    Subject,
    Synonym,
)

# In the order in which they may be written: who points at whom comes later.
MODELS: tuple[Any, ...] = (Subject, Level, QualificationType, Synonym, PhraseRule, CareerWord, SearchWord)
_written: dict[str, bytes] = {}


def load_reference() -> None:
    """What ``load_prospectus_reference`` leaves in an empty database. It is called once; then its rows are copied."""
    if CourseSearch.objects.exists() or any(model.objects.exists() for model in MODELS):
        load_prospectus_reference()
        return
    if not _written:
        load_prospectus_reference()
        _written.update({_columns(model): _read(_columns(model)) for model in MODELS})
        return
    with connection.cursor() as cursor:
        for columns, rows in _written.items():
            with cursor.copy(f"COPY {columns} FROM STDIN (FORMAT binary)") as copy:
                copy.write(rows)


def _columns(model: Any) -> str:
    """The table with its columns, but for the number the database gives each row."""
    columns = [field.column for field in model._meta.concrete_fields if field.get_internal_type() != "BigAutoField"]
    return f"{model._meta.db_table} ({', '.join(columns)})"


def _read(columns: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY {columns} TO STDOUT (FORMAT binary)") as copy:
        return b"".join(bytes(part) for part in copy)

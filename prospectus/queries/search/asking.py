"""How a question goes to the database: planned once for all words, or anew for these."""

import re
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.db import connection

from core.planning import planned_anew

READ = "to_tsquery("
WORDS_READ = re.compile(r"to_tsquery\('prospectus', %\(\w+\)s\)")


def as_query(name: str) -> str:
    """The value of this name, read as words to look for, in SQL: the only way a question has words read."""
    return f"to_tsquery('prospectus', %({name})s)"


def read_once(sql: str) -> str:
    """The same question with each text read as words once, not for each row.

    Raises: ValueError where words are read in another way than ``as_query`` has it, and would be read for each row.
    """
    once, number = WORDS_READ.subn(r"(SELECT \g<0>)", sql)
    if number != sql.count(READ):
        raise ValueError("Words are read here in another way than as_query has them read.")
    return once


def ask(sql: str, values: Mapping[str, Any], *, is_planned_once: bool) -> list[tuple[Any, ...]]:
    """The rows of this question.

    Planned once, it begins at the index of words whichever they are, and each text is read as words once: in a plan
    for any words it would be read again for each row. What could begin elsewhere is planned anew (decision 0096).
    """
    if is_planned_once:
        sql = read_once(sql)
    with nullcontext() if is_planned_once else planned_anew(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()

"""How a question goes to the database: planned once for all words, or anew for these."""

import re
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.db import connection

from core.planning import planned_anew

WORDS_READ = re.compile(r"to_tsquery\('prospectus', %\(\w+\)s\)")


def ask(sql: str, values: Mapping[str, Any], *, is_planned_once: bool) -> list[tuple[Any, ...]]:
    """The rows of this question.

    Planned once, it begins at the index of words whichever they are, and each text is read as words once: in a plan
    for any words it would be read again for each row. What could begin elsewhere is planned anew (decision 0096).
    """
    if is_planned_once:
        sql = WORDS_READ.sub(r"(SELECT \g<0>)", sql)
    with nullcontext() if is_planned_once else planned_anew(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()

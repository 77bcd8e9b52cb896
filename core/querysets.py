"""Rows that are one of others, where the others may be known to be none."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet


def is_nothing(rows: Iterable[Any]) -> bool:
    """Whether ``rows`` can be known to have none without asking the database (``none()``, an empty list)."""
    return rows.query.is_empty() if isinstance(rows, QuerySet) else not rows


def among(field: str, rows: Iterable[Any]) -> Q:
    """``field`` is one of ``rows``; where these are known to be none, a condition that costs nothing and holds for
    nothing. Most people have one of many reasons to see something: the others need not be made into SQL."""
    return Q(pk__in=[]) if is_nothing(rows) else Q(**{f"{field}__in": rows})

"""Rows that are one of others, where the others may be known to be none."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet


def is_nothing(rows: Iterable[Any]) -> bool:
    """Whether ``rows`` can be known to have none without asking the database (``none()``, an empty list)."""
    return rows.query.is_empty() if isinstance(rows, QuerySet) else not rows


def among(field: str, rows: Iterable[Any]) -> Q:
    """``field`` is one of ``rows``; where these are known to be none, a condition that costs nothing and holds for
    nothing. Most people have one of many reasons to see something: the others need not be made into SQL. Where the keys
    of ``rows`` are known, they are named and not asked for again."""
    return Q(pk__in=[]) if is_nothing(rows) else Q(**{f"{field}__in": keys_of(rows)})


def with_known_keys(rows: QuerySet, keys: list[int]) -> QuerySet:
    """Those of ``rows`` with these keys, which are said to be all that it would find: ``keys_of`` has them without the
    database. Whatever narrows it further forgets them."""
    found = rows.filter(pk__in=keys)
    if not rows.query.where:
        found.known_keys = keys  # type: ignore[attr-defined]
    return found


def keys_of(rows: Iterable[Any]) -> Iterable[Any]:
    """The keys of ``rows`` where they are known, else ``rows``: for a condition that something is one of them."""
    return getattr(rows, "known_keys", rows)


def has_any(rows: QuerySet, keys: Collection[int]) -> bool:
    """Whether ``rows`` has one with one of these keys; without the database where those of ``rows`` are known."""
    known = getattr(rows, "known_keys", None)
    return rows.filter(pk__in=keys).exists() if known is None else not set(keys).isdisjoint(known)

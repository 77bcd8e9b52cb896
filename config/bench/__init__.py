"""Measurements against the best peer and against the limit, taken in one run. ``./portal bench NAME`` prints them.

A bench is a module of this folder with ``run()``, which yields one ``line(...)`` per metric.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from django.db import connection

NAMES = ("export", "jobs", "load", "pages", "relevance", "reports", "roll", "search", "setup", "upload")


def line(
    *,
    metric: str,
    workload: str,
    ours: float,
    goal: str,
    met: bool | None,
    peer: float | None = None,
    peer_name: str = "",
    limit: float | None = None,
) -> dict[str, Any]:
    """One result. Ratios are ours to theirs; ``met`` is None where the peer could not be had."""
    return {
        "metric": metric,
        "workload": workload,
        "ours": _short(ours),
        "peer": _short(peer),
        "peer_name": peer_name,
        "limit": _short(limit),
        "ratio_peer": _short(ours / peer) if peer else None,
        "ratio_limit": _short(ours / limit) if limit else None,
        "goal": goal,
        "met": met,
    }


def _short(number: float | None) -> float | None:
    return number if number is None else float(f"{number:.4g}")


@contextmanager
def scratch_database(name: str) -> Iterator[str]:
    """A fresh, empty database beside the portal's own. Yields its address for DATABASE_URL; dropped at the end."""
    connection.ensure_connection()
    here = connection.get_connection_params()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield address(here, name)
    finally:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def address(here: dict[str, Any], name: str) -> str:
    """The database ``name`` of this server as another process can be told of it."""
    who = quote(str(here.get("user") or ""), safe="")
    secret = f":{quote(str(here['password']), safe='')}" if here.get("password") else ""
    port = f":{here['port']}" if here.get("port") else ""
    return f"postgresql://{who}{secret}@{port}/{quote(name)}?host={quote(str(here.get('host') or ''))}"

"""The open-data table of 1.3 million course runs: from COPY, beside Django's iterator and psql (BUDGETS 9). And
100,000 of them as a workbook, beside XlsxWriter in constant memory (BUDGETS 10).

The same query, columns and neutralised cells for each; each in a process of its own, so that memory can be told apart.
PORTAL_BENCH_ROWS makes the table smaller.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from config import env
from config.bench import line, scratch_database

ROUNDS = 5
ROWS = env.number("PORTAL_BENCH_ROWS", 1_300_000)
BOOK = "100,000 course runs, 12 columns with a date and a number, XLSX to a file, median of {rounds} interleaved"
BOOKS = ("workbook", "xlsxwriter", "listed")
WORKLOAD = "{rows:,} course runs, {columns} columns, CSV to a file, median of {rounds} interleaved"


def run() -> Iterator[dict[str, Any]]:
    """Seconds and memory of ours, of the peer and of the limit, taking turns."""
    with ExitStack() as stack:
        url = stack.enter_context(scratch_database("bench_export"))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-export-"))
        environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.bench.settings"}
        _python("manage.py", "migrate", "--verbosity=0", environment=environment)
        _python("manage.py", "load_reference", environment=environment)
        _python("-m", "config.bench.export_trial", "fill", str(ROWS), environment=environment)
        whats = ["ours", "iterator", *(["psql"] if shutil.which("psql") else ["copy"])]
        path = str(Path(folder) / "table.csv")
        yield from _lines(_measured(whats, path, environment), whats[-1])
        yield from _book_lines(_measured(BOOKS, str(Path(folder) / "book.xlsx"), environment))


def _measured(whats: Sequence[str], path: str, environment: dict[str, str]) -> dict[str, dict[str, float]]:
    taken: dict[str, list[dict[str, float]]] = {what: [] for what in whats}
    for _ in range(ROUNDS):
        for what in whats:
            said = _python("-m", "config.bench.export_trial", what, path, environment=environment)
            taken[what].append(json.loads(said))
    return {what: _middle(results) for what, results in taken.items()}


def _middle(results: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(one[name] for one in results) for name in results[0]}


def _lines(taken: dict[str, dict[str, float]], limit: str) -> Iterator[dict[str, Any]]:
    from prospectus.exports import COLUMNS

    rates = {what: ROWS / one["seconds"] for what, one in taken.items()}
    limit_name = "psql \\copy" if limit == "psql" else "COPY read by psycopg and thrown away, for want of psql"
    workload = WORKLOAD.format(rows=ROWS, columns=len(COLUMNS), rounds=ROUNDS)
    yield line(
        metric="export.rows_per_second",
        workload=f"{workload}; the limit is {limit_name}",
        ours=rates["ours"],
        peer=rates["iterator"],
        peer_name="Django's values_list().iterator() through the csv module",
        limit=rates[limit],
        goal=">= 3.5x Django's iterator; >= 0.55 of psql \\copy",
        met=rates["ours"] >= 3.5 * rates["iterator"] and rates["ours"] >= 0.55 * rates[limit],
    )
    yield line(
        metric="export.memory_growth_mb",
        workload=workload,
        ours=taken["ours"]["growth_mb"],
        peer=taken["iterator"]["growth_mb"],
        peer_name="Django's values_list().iterator() through the csv module",
        goal="<= 5 MiB",
        met=taken["ours"]["growth_mb"] <= 5,
    )


def _book_lines(taken: dict[str, dict[str, float]]) -> Iterator[dict[str, Any]]:
    workload = BOOK.format(rounds=ROUNDS)
    ours, peer, listed = (taken[what]["seconds"] for what in BOOKS)
    yield line(
        metric="workbook.seconds",
        workload=workload,
        ours=ours,
        peer=peer,
        peer_name="XlsxWriter in constant memory",
        goal=">= 5x XlsxWriter in constant memory",
        met=peer >= 5 * ours,
    )
    yield line(
        metric="workbook.memory_growth_mb",
        workload=f"{workload}, read from the database",
        ours=taken["listed"]["growth_mb"],
        peer=taken["xlsxwriter"]["growth_mb"],
        peer_name="XlsxWriter in constant memory, without a database",
        goal="<= 50 MiB",
        met=taken["listed"]["growth_mb"] <= 50,
    )
    yield line(
        metric="workbook.listed_seconds",
        workload=f"{workload}, read from the database, where its first lines are looked for among {ROWS:,}",
        ours=listed,
        limit=ours,
        goal="said, without one",
        met=None,
    )


def _python(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=env.BASE_DIR, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout

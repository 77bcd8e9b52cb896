"""Seconds for a roll of 18,000: its first import, the roll of a year later, and saving models (BUDGETS row 15).

The whole import: file kept, read, checked, matched, written with the images that undo it, committed. The second roll
moves everybody up a year, ends the oldest and brings as many new ones. PORTAL_BENCH_ROWS makes the roll smaller.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from config import env
from config.bench import line, scratch_database

ROUNDS = 3
LEARNERS = min(18_000, env.number("PORTAL_BENCH_ROWS", 18_000))
FEWER = 1_000  # saved one by one; all of them would take minutes, and each takes as long as the last
PEER_NAME = f"csv, a query and a model's save for each row we write, {FEWER:,} learners, times {LEARNERS / FEWER:g}"


def run() -> Iterator[dict[str, Any]]:
    """Both imports and the peer take turns, each time for a school of its own."""
    taken: dict[str, list[float]] = {"first": [], "again": [], "peer": []}
    with ExitStack() as stack:
        url = stack.enter_context(scratch_database("bench_roll"))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-roll-")))
        environment = os.environ | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "config.bench.settings",
            "PORTAL_TRIAL_DIR": str(folder),
        }
        _python("manage.py", "migrate", "--verbosity=0", environment=environment)
        _python("manage.py", "load_reference", environment=environment)
        for school in range(ROUNDS):
            for what, seconds in taken.items():
                number = FEWER if what == "peer" else LEARNERS
                arguments = ("-m", "config.bench.roll_trial", what, str(folder), str(number), str(school))
                seconds.append(json.loads(_python(*arguments, environment=environment))["seconds"])
    first, again = statistics.median(taken["first"]), statistics.median(taken["again"])
    peer = statistics.median(taken["peer"]) * LEARNERS / FEWER
    workload = f"CSV, {LEARNERS:,} learners, 23 columns, one process, median of {ROUNDS} interleaved"
    yield line(
        metric="roll.import_seconds",
        workload=workload,
        ours=first,
        peer=peer,
        peer_name=PEER_NAME,
        goal="<= 10 s; >= 20x faster than model saves",
        met=first <= 10 and peer >= 20 * first,
    )
    yield line(
        metric="roll.import_again_seconds",
        workload=f"{workload}; a year later: everybody moves up, a seventh leaves, a seventh comes",
        ours=again,
        goal="<= 5 s",
        met=again <= 5,
    )


def _python(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=env.BASE_DIR, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout

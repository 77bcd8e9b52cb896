"""The September Guarantee of a country: counters beside live SQL, what they cost a writer, and whether both still say
the same when many have written at once (BUDGETS 11); and after it the files of reports (BUDGETS 9 and 10: ``export``).

1.3 million learners in 150 areas with 3 million choices, put into a scratch database by SQL; counted as every night
counts. ``--learners`` makes the country smaller. It needs a database whose owner may switch triggers off while rows
are put in, as the embedded one's may.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from config import env
from config.bench import export, line, scratch_database

LEARNERS = 1_300_000


def run(*, learners: int = LEARNERS) -> Iterator[dict[str, Any]]:
    """A line for each metric. Of times the median of interleaved rounds, in milliseconds unless it says seconds."""
    with scratch_database("bench_reports") as url:
        environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.bench.settings"}
        _python("manage.py", "migrate", "--verbosity=0", environment=environment)
        _python("manage.py", "load_reference", environment=environment)
        _python("-m", "config.bench.reports_trial", "fill", str(learners), environment=environment)
        said = _python("-m", "config.bench.reports_trial", "measure", environment=environment)
        yield from _lines(json.loads(said))
    yield from export.run()


def _lines(taken: dict[str, float]) -> Iterator[dict[str, Any]]:
    workload = "{learners:,} learners, {choices:,} choices, {areas} areas".format_map(taken)
    yield line(
        metric="guarantee.national_ms",
        workload=f"{workload}; all figures of all areas",
        ours=taken["national"],
        peer=taken["national_live"],
        peer_name="one statement over all rows",
        goal=">= 500x the live SQL",
        met=taken["national_live"] >= 500 * taken["national"],
    )
    yield line(
        metric="guarantee.area_counters_ms",
        workload=f"{workload}; one area from its counters",
        ours=taken["area"],
        peer=taken["area_live"],
        peer_name="both year groups of the area's page, asked of the rows",
        goal=">= 50x the live SQL",
        met=taken["area_live"] >= 50 * taken["area"],
    )
    yield line(
        metric="guarantee.area_page_ms",
        workload=f"{workload}; one year group of an area's page, asked of the rows by school and tutor group",
        ours=taken["area_live"] / 2,
        peer=taken["area_naive"],
        peer_name="the statement over all rows, narrowed to the area",
        limit=50,
        goal="<= 50 ms",
        met=taken["area_live"] / 2 <= 50,
    )
    yield line(
        metric="guarantee.write_ms",
        workload=f"{workload}; one choice moves, committed",
        ours=taken["write"],
        limit=taken["write_uncounted"],
        goal="<= 1.4x the same write without counters",
        met=taken["write"] <= 1.4 * taken["write_uncounted"],
    )
    yield line(
        metric="guarantee.wrong_after_concurrent_writes",
        workload="{writes:,} transactions of {writers} writers about the same learners, sweeps and a nightly count "
        "between them; counters that differ from the live SQL".format_map(taken),
        ours=taken["wrong"],
        goal="0",
        met=taken["wrong"] == 0,
    )
    for name, words in (("first", "the first count of all areas"), ("nightly", "ten areas a day later, times fifteen")):
        yield line(
            metric=f"guarantee.{name}_count_seconds",
            workload=f"{workload}; {words}, learner by learner, one process",
            ours=taken[f"{name}_count_seconds"],
            goal="<= 3,300 s, the time its job has",
            met=taken[f"{name}_count_seconds"] <= 3300,
        )


def _python(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=env.BASE_DIR, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout

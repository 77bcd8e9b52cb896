"""Records a second from a provider's file to the published prospectus, and the memory it takes (BUDGETS rows 7 and 8).

Spreadsheets, which the budget is about, at 1,000, 10,000 and 50,000 rows with every fiftieth row at fault; then feeds,
which are heavier: their texts are HTML and are cleaned. The goals stand here as they are, and what is missed is
printed as missed. PORTAL_BENCH_ROWS leaves the sizes above it out, PORTAL_BENCH_ROUNDS says how often each is measured.

What is timed, each in a process of its own, in turn:

- ours: one whole publish, from the file to the commit. The file is kept and hashed, unpacked to be measured, read; each
  row is converted, checked and staged; repeated codes are found; courses, dates and sites are merged; what an undo
  needs is kept; search, its vocabulary, the health of every course and the editors' queue are brought up to date;
  issues and history are written. The preview that a person confirms is the same without search and memory, and comes
  on top.
- the peer: django-import-export's own loop over values that were parsed and cleaned beforehand, into the same two
  tables and nothing else; no search, health, undo or issues.
- raw COPY: values that were converted beforehand into two temporary tables without a constraint or an index.
- the bare parse: every cell of the file once, nothing done with it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from config import env
from config.bench import line, scratch_database

ROUNDS = env.number("PORTAL_BENCH_ROUNDS", 3)
SHEET_SIZES = (1_000, 10_000, 50_000)
FEED_SIZES = (1_000, 10_000)
MOST = env.number("PORTAL_BENCH_ROWS", max(SHEET_SIZES))
PEER_RECORDS = 600
PEER_NAME = f"django-import-export's row loop, {PEER_RECORDS} of the same records, parsed and cleaned beforehand"


def run() -> Iterator[dict[str, Any]]:
    """Rates and peaks at each size; our whole upload, the peer, raw COPY and the bare parser take turns."""
    with ExitStack() as stack:
        url = stack.enter_context(scratch_database("bench_upload"))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-upload-")))
        environment = os.environ | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "config.bench.settings",
            "PORTAL_TRIAL_DIR": str(folder),
        }
        _python("manage.py", "migrate", "--verbosity=0", environment=environment)
        _python("manage.py", "load_reference", environment=environment)
        ukprns = (f"{10_000_000 + number}" for number in count())

        def measure(what: str, records: int, ending: str) -> dict[str, float]:
            path = folder / f"courses-{records}{ending}"
            if not path.exists():
                writer = "write_sheet" if ending == ".xlsx" else "write_feed"
                write = f"from config.bench.upload_trial import *; {writer}(Path(sys.argv[1]), int(sys.argv[2]))"
                _python("-c", write, str(path), str(records), environment=environment)
            arguments = ("-m", "config.bench.upload_trial", what, str(path), next(ukprns))
            return json.loads(_python(*arguments, environment=environment))

        for ending, sizes in ((".xlsx", SHEET_SIZES), (".xml", FEED_SIZES)):
            for records in sizes:
                if records <= MOST:
                    yield from _at_size(records, ending, measure)


def _at_size(records: int, ending: str, measure: Any) -> Iterator[dict[str, Any]]:
    is_sheet = ending == ".xlsx"
    whats = ["ours", "copy", "parse", "peer", *(["openpyxl"] if is_sheet else [])]
    taken: dict[str, list[dict[str, float]]] = {what: [] for what in whats}
    for _ in range(ROUNDS):
        for what, measurements in taken.items():
            measurements.append(measure(what, PEER_RECORDS if what == "peer" else records, ending))

    def rate(what: str) -> float:
        number = PEER_RECORDS if what == "peer" else records
        return number / statistics.median(one["seconds"] for one in taken[what])

    def peak(what: str) -> float:
        return statistics.median(one["peak_mb"] for one in taken[what])

    file = f"XLSX, {records:,} rows, 2 % at fault" if is_sheet else f"XCRI-CAP 1.2, {records:,} records"
    workload = f"{file}, two runs to a course, one worker, median of {ROUNDS} interleaved"
    yield line(
        metric="upload.records_per_second",
        workload=workload,
        ours=rate("ours"),
        peer=rate("peer"),
        peer_name=PEER_NAME,
        limit=rate("copy"),
        goal=">= 25x the peer; >= 0.25 of raw COPY",
        met=rate("ours") >= 25 * rate("peer") and rate("ours") >= 0.25 * rate("copy"),
    )
    yield line(
        metric="upload.records_per_second_against_the_parser",
        workload=workload,
        ours=rate("ours"),
        limit=rate("parse"),
        goal=">= 0.25 of a bare parse",
        met=rate("ours") >= 0.25 * rate("parse"),
    )
    yield line(
        metric="upload.peak_mb",
        workload=workload,
        ours=peak("ours"),
        peer=peak("openpyxl") if is_sheet else None,
        peer_name="openpyxl, reading only, in the same program" if is_sheet else "",
        limit=peak("parse"),
        goal="<= 1.2x the parser alone" + ("; <= 3x openpyxl read-only" if is_sheet else ""),
        met=peak("ours") <= 1.2 * peak("parse") and (not is_sheet or peak("ours") <= 3 * peak("openpyxl")),
    )


def _python(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=env.BASE_DIR, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout

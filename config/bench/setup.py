"""From a fresh clone to the first page, and from a second start to the first page. Package caches are as they are."""

import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from config.bench import line
from config.bench.servers import free_port

FIRST_LIMIT_SECONDS, SECOND_LIMIT_SECONDS = 60, 3
GIVE_UP_SECONDS = 600
SECOND_STARTS = 5


def run() -> Iterator[dict[str, Any]]:
    """One line for the first start of a clone of HEAD, one for the median of five later starts."""
    with tempfile.TemporaryDirectory(prefix="portal bench ") as folder:
        clone = cloned(folder)
        first = _start(clone)
        yield line(
            metric="seconds to the first page",
            workload="clone, ./portal demo on a machine with only Python, small town",
            ours=first,
            limit=FIRST_LIMIT_SECONDS,
            goal=f"<= {FIRST_LIMIT_SECONDS} s",
            met=first <= FIRST_LIMIT_SECONDS,
        )
        second = sorted(_start(clone) for _ in range(SECOND_STARTS))[SECOND_STARTS // 2]
        yield line(
            metric="seconds to the first page",
            workload=f"second start, median of {SECOND_STARTS}",
            ours=second,
            limit=SECOND_LIMIT_SECONDS,
            goal=f"<= {SECOND_LIMIT_SECONDS} s",
            met=second <= SECOND_LIMIT_SECONDS,
        )


def cloned(folder: str) -> Path:
    """A fresh clone of HEAD in this folder."""
    clone = Path(folder) / "clone"
    subprocess.run(["git", "clone", "--quiet", settings.BASE_DIR, clone], check=True)  # noqa: S607 - whichever git
    return clone


def _start(clone: Path) -> float:
    """Seconds until the demo of this clone answers; it is stopped again before the answer."""
    with running_demo(clone) as (_, seconds):
        return seconds


@contextmanager
def running_demo(clone: Path) -> Iterator[tuple[str, float]]:
    """The address of this clone's demo, and after how many seconds it answered. It is stopped at the end."""
    port = free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DATABASE_URL"))
    }
    began = time.monotonic()
    with (clone / "bench.log").open("ab") as log:
        demo = subprocess.Popen(
            ["./portal", "demo", "--no-open", "--port", str(port)], cwd=clone, stdout=log, stderr=log, env=environment
        )
        try:
            _wait_for_page(port, demo, until=began + GIVE_UP_SECONDS)
            yield f"http://127.0.0.1:{port}", time.monotonic() - began
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait(60)


def _wait_for_page(port: int, demo: subprocess.Popen[bytes], *, until: float) -> None:
    while time.monotonic() < until:
        if demo.poll() is not None:
            raise RuntimeError(f"The demo ended by itself, with status {demo.returncode}.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                page.read()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("The demo did not answer in time.")

"""Three kill -9 of every worker in the middle of the work: how soon is all done, and is anything lost or double?"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

from config import env
from config.bench import line, scratch_database
from config.bench.servers import redis_server
from config.bench.workers import Workers

JOBS = 60
SECONDS_EACH = 0.25
KILLS = 3
LEASE_SECONDS = 10
LIMIT_SECONDS = LEASE_SECONDS + 10
# Whoever is not back after this long took five times as long as we may.
PATIENCE_SECONDS = 5 * LIMIT_SECONDS
WORKLOAD = f"{JOBS} jobs of {SECONDS_EACH} s, 2 processes, every process killed {KILLS} times"
ENQUEUE = """
import django
django.setup()
from activity.actions import enqueue
for number in range({jobs}):
    enqueue("trial", key=f"trial:{{number}}", seconds={seconds})
"""


def run() -> Iterator[dict[str, Any]]:
    """One line for each broker and metric. Without a redis-server only the filesystem broker is measured."""
    with ExitStack() as stack:
        url = stack.enter_context(scratch_database("bench_jobs"))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-jobs-")))
        redis_url, _ = stack.enter_context(redis_server(folder))
        environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.bench.settings"}
        _python(
            "-c",
            "import django; django.setup(); from django.core.management import call_command as c; "
            "c('migrate', verbosity=0)",
            environment=environment,
        )
        peer = _peer(folder, url, redis_url) if redis_url else None
        for name, address in [("filesystem", ""), *([("redis", redis_url)] if redis_url else [])]:
            yield from _ours(name, folder / name, url, address, peer)


def _ours(name: str, folder: Path, url: str, redis_url: str, peer: float | None) -> Iterator[dict[str, Any]]:
    workers = Workers(folder, database_url=url, redis_url=redis_url, lease_seconds=LEASE_SECONDS)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("TRUNCATE activity_job, activity_event RESTART IDENTITY CASCADE")

        def done() -> int:
            return _number(database, "SELECT count(*) FROM activity_job WHERE state = 'done'")

        def running() -> int:
            return _number(
                database, "SELECT count(*) FROM activity_job WHERE state = 'running' AND lease_until > now()"
            )

        _python("-c", ENQUEUE.format(jobs=JOBS, seconds=SECONDS_EACH), environment=workers.environment)
        try:
            seconds = _kill_again_and_again(workers.start, workers.kill, done=done, running=running)
        finally:
            workers.kill()
        effects = _number(database, "SELECT count(*) FROM activity_event WHERE verb = 'trial.effect'")
        jobs_with_effect = _number(
            database, "SELECT count(DISTINCT subject) FROM activity_event WHERE verb = 'trial.effect'"
        )
    yield line(
        metric=f"jobs.{name}.seconds_from_last_restart_to_all_done",
        workload=WORKLOAD,
        ours=seconds,
        peer=peer,
        peer_name=_peer_name(peer),
        limit=LIMIT_SECONDS,
        goal="<= 1/5 of the peer; <= lease + 10 s",
        met=None if peer is None else seconds <= peer / 5 and seconds <= LIMIT_SECONDS,
    )
    wrong = (JOBS - jobs_with_effect) + (effects - jobs_with_effect)
    yield line(
        metric=f"jobs.{name}.lost_or_double",
        workload=WORKLOAD,
        ours=wrong,
        limit=0,
        goal="0 lost, 0 double",
        met=wrong == 0,
    )


def _peer(folder: Path, url: str, redis_url: str) -> float:
    """The same work and the same kills for Celery alone. A peer that does not come back counts with our patience."""
    environment = os.environ | {"PEER_BROKER": redis_url.removesuffix("/0") + "/1", "PEER_DATABASE": url}
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        with (folder / "peer.log").open("ab") as log:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "celery", "--quiet", "-A", "config.bench.peer", "worker", "-c", "2"],
                    cwd=env.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True,
                )
            )  # fmt: skip

    def kill() -> None:
        if started:
            process = started.pop()
            # It leads a session of its own, so its children die with it.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE TABLE effect (number integer)")

        def done() -> int:
            return _number(database, "SELECT count(DISTINCT number) FROM effect")

        def running() -> int:
            return _number(
                database,
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND state = 'idle in transaction'",
            )

        _python("-m", "config.bench.peer", str(JOBS), str(SECONDS_EACH), environment=environment)
        try:
            return _kill_again_and_again(start, kill, done=done, running=running)
        finally:
            kill()


def _peer_name(peer: float | None) -> str:
    if peer is None:
        return "not measured: no redis-server found"
    name = "Celery on Redis, acks_late and its defaults"
    return name if peer < PATIENCE_SECONDS else f"{name} (not done after {PATIENCE_SECONDS} s, counted as such)"


def _kill_again_and_again(
    start: Callable[[], None], kill: Callable[[], None], *, done: Callable[[], int], running: Callable[[], int]
) -> float:
    """Each kill comes when some more jobs are done and others are half done.

    Returns the seconds from the last restart until all is done.
    """
    for _ in range(KILLS):
        start()
        before, deadline = done(), time.monotonic() + PATIENCE_SECONDS
        while (done() < before + 5 or not running()) and time.monotonic() < deadline:
            time.sleep(0.05)
        kill()
    restarted = time.monotonic()
    start()
    while done() < JOBS and time.monotonic() < restarted + PATIENCE_SECONDS:
        time.sleep(0.05)
    return time.monotonic() - restarted


def _number(database: psycopg.Connection[Any], query: str) -> int:
    row = database.execute(query).fetchone()  # type: ignore[call-overload]
    return int(row[0])


def _python(*arguments: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, *arguments], cwd=env.BASE_DIR, env=environment, check=True)

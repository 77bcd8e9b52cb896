"""Five hundred learners and fifty officers on the production shape, and every click held against the database.

Production's programs run on this machine, with a PostgreSQL and, where there is one, a Redis of their own. The people
are in a process of their own (``crowd.people``) and sign in as people do. The town is built once and kept.
"""

import datetime as dt
import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from config import env
from config.bench import address, line
from config.bench.crowd.clicks import Click, Found, last_rows, read_clicks, read_log, read_state, reconcile
from config.bench.crowd.machine import Meter
from config.bench.servers import free_port, redis_server
from config.demo.year import STAGES
from config.embedded.children import start_child, stop_child
from config.embedded.cluster import Cluster, hold

MOST_MS, MOST_CPU_PERCENT = 400, 70
LEAST_JUDGED = 20  # requests: of a kind of page with fewer the 95th percentile is one person's luck
GENERATOR, MACHINE = "load generator", "machine"
WEB = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket")  # docs/production.md
ARRIVALS_A_SECOND = 3
FEW = 30
STARTS_WITHIN_SECONDS = 300
SETTLES_WITHIN_SECONDS = 120
FOLDER = env.VAR_DIR / "bench-load"
CROWD = env.BASE_DIR / "config" / "bench" / "crowd"


class Asked(NamedTuple):
    """What is to be measured."""

    minutes: float
    learners: int
    officers: int
    is_peak: bool

    @property
    def stage(self) -> str:
        return "results" if self.is_peak else "january"

    @property
    def size(self) -> str:
        """Few people live in a small town, which stands soon."""
        return "few" if self.learners <= FEW else "load"

    @property
    def words(self) -> str:
        who = f"{self.learners} learners and {self.officers} officers, {self.minutes:g} minutes"
        if self.is_peak:
            return f"{who} of results day: all learners sign in and look, thinking a quarter as long"
        return f"{who}, thinking 20 s and 5 s"


def run(
    *, minutes: float | None = None, learners: int = 500, officers: int = 50, peak: bool = False
) -> Iterator[dict[str, Any]]:
    """Lines for clicks lost, clicks nobody made, errors, percentiles, requests a second and processor time."""
    asked = Asked(minutes or (2 if peak else 10), learners, officers, peak)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    log = FOLDER / "log.jsonl"
    with ExitStack() as stack:
        url, postmaster = _database(asked)
        redis_url, redis = stack.enter_context(redis_server(FOLDER))
        environment = _environment(asked.stage, url, redis_url)
        port, programs = stack.enter_context(_production(environment))
        programs["postgresql"] = postmaster
        if redis is not None:
            programs["redis"] = redis.pid
        plan = _plan(asked, environment, port, log)
        with psycopg.connect(url, autocommit=True) as database, Meter(programs) as meter:
            since = last_rows(database)
            before = read_state(database, since)
            _let_them_live(environment, plan, programs)
            _let_it_settle(database)
            after = read_state(database, since)
        clicks = list(read_clicks(log))
        yield from _judged(asked, log, meter, clicks, reconcile(clicks, before=before, after=after))


def _database(asked: Asked) -> tuple[str, int]:
    """A fresh copy of the town at this stage, and the server's process. The server is this bench's own."""
    cluster = Cluster(name="load", root=env.BASE_DIR)
    hold(cluster)
    here = {"host": str(cluster.socket_folder), "user": cluster.owner}
    kind = f"town_{asked.size}_{asked.stage}"
    town = f"{kind}_{_town_key()}"
    with psycopg.connect(cluster.connection_string("postgres"), autocommit=True) as server:
        if server.execute("SELECT FROM pg_database WHERE datname = %s", [town]).fetchone() is None:
            for (old,) in server.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{kind}%"]
            ).fetchall():
                server.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
            _build(server, asked, town, address(here, "town_building"))
        server.execute("DROP DATABASE IF EXISTS load WITH (FORCE)")
        server.execute(f'CREATE DATABASE load TEMPLATE "{town}"')
    pid = (cluster.data_folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]
    return address(here, "load"), int(pid)


def _build(server: psycopg.Connection[Any], asked: Asked, town: str, url: str) -> None:
    """Under another name until it is whole: a town whose building was cut short is no town."""
    print(f"Building the town at the stage {asked.stage}: some minutes, once", file=sys.stderr)  # noqa: T201
    server.execute("DROP DATABASE IF EXISTS town_building WITH (FORCE)")
    server.execute("CREATE DATABASE town_building")
    environment = _environment(asked.stage, url, "") | {"PORTAL_CLOCK_OFFSET": "0"}
    subprocess.run(
        [sys.executable, "-m", "config.bench.crowd.town", asked.stage, asked.size],
        cwd=env.BASE_DIR,
        env=environment,
        check=True,
    )
    server.execute(f'ALTER DATABASE town_building RENAME TO "{town}"')


def _town_key() -> str:
    """Changes when a migration or what builds the town changes."""
    files = [*env.BASE_DIR.glob("*/migrations/*.py"), *(env.BASE_DIR / "config" / "demo").rglob("*.py")]
    files.append(CROWD / "town.py")
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()[:8]


def _environment(stage: str, url: str, redis_url: str) -> dict[str, str]:
    """Production's variables. Cookies go without TLS, because the proxy that would end it is not there."""
    offset = STAGES[stage] - dt.date.today()  # noqa: DTZ011 - whole days of this machine
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DJANGO_"))}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.bench.crowd.settings",
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "PORTAL_SECRET_KEY": env.local_secret("bench-load-key"),
        "PORTAL_UNLOCK_KEY": env.local_secret("bench-load-unlock-key"),
        "PORTAL_ALLOWED_HOSTS": "127.0.0.1",
        "PORTAL_BEHIND_PROXY": "1",
        "PORTAL_SECURE_COOKIES": "0",
        "PORTAL_STATIC_ROOT": str(FOLDER / "static"),
        "PORTAL_MEDIA_ROOT": str(FOLDER / "media"),
        "PORTAL_BENCH_MAIL": str(FOLDER / "mail"),
        "PORTAL_CLOCK_OFFSET": str(int(offset.total_seconds())),
    }


@contextmanager
def _production(environment: dict[str, str]) -> Iterator[tuple[int, dict[str, int]]]:
    """Web server, worker and scheduler, as docs/production.md starts them: the port, and the process ids by name."""
    port = free_port()
    collect = ("manage.py", "collectstatic", "--noinput", "--verbosity", "0", "--ignore", "scss")
    subprocess.run([sys.executable, *collect], cwd=env.BASE_DIR, env=environment, check=True)
    celery = ("celery", "--quiet", "-A", "config")
    commands = {
        "web": ("gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", *WEB, "--log-level", "warning"),
        "worker": (*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"),
        "scheduler": (*celery, "beat", "--loglevel", "WARNING", "--schedule", str(FOLDER / "beat-schedule")),
    }
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (FOLDER / f"{name}.log").open("wb") as log:
                running[name] = start_child(
                    [sys.executable, "-m", *command], cwd=env.BASE_DIR, env=environment, stdout=log, stderr=log
                )
        _wait_for(f"http://127.0.0.1:{port}/", running["web"])
        yield port, {name: process.pid for name, process in running.items()}
    finally:
        for process in running.values():
            stop_child(process, patience=15)


def _wait_for(page: str, web: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    asked = urllib.request.Request(page, headers={"X-Forwarded-Proto": "https"})  # noqa: S310 - our own
    while time.monotonic() < deadline and web.poll() is None:
        try:
            with urllib.request.urlopen(asked, timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The web server does not answer: see {FOLDER / 'web.log'}")


def _plan(asked: Asked, environment: dict[str, str], port: int, log: Path) -> Path:
    """What the people are told: who they are, when they come and where they write down what they do."""
    names = subprocess.run(
        [sys.executable, "-m", "config.bench.crowd.town", "names", str(asked.learners), str(asked.officers)],
        cwd=env.BASE_DIR, env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    who = json.loads(names.stdout)
    day = STAGES[asked.stage] + dt.timedelta(days=7)
    told = who | {
        "host": f"http://127.0.0.1:{port}",
        "log": str(log),
        "minutes": asked.minutes,
        "peak": asked.is_peak,
        "arrivals_a_second": ARRIVALS_A_SECOND,
        "learners_from": len(who["staff"]) / ARRIVALS_A_SECOND + 10,
        "interviews_on": [str(day.day), str(day.month), str(day.year)],
    }
    plan = FOLDER / "plan.json"
    plan.write_text(json.dumps(told), encoding="utf-8")
    return plan


def _let_them_live(environment: dict[str, str], plan: Path, programs: dict[str, int]) -> None:
    """Everybody has come, done what they do, and gone."""
    people = json.loads(plan.read_text(encoding="utf-8"))
    number = len(people["learners"]) + len(people["staff"])
    file = CROWD / "people.py"
    command = ("locust", "--headless", "--only-summary", "-L", "WARNING", "-f", str(file), "-u", str(number))
    with (FOLDER / "people.log").open("wb") as words:
        crowd = subprocess.Popen(
            [sys.executable, "-m", *command, "-r", "1000", "--host", people["host"]],
            cwd=env.BASE_DIR, env=environment | {"PORTAL_BENCH_PLAN": str(plan)}, stdout=words, stderr=words,
        )  # fmt: skip
        programs[GENERATOR] = crowd.pid
        try:
            crowd.wait()
        finally:
            crowd.kill()
            crowd.wait()


def _let_it_settle(database: psycopg.Connection[Any]) -> None:
    """What was begun together and is worked off by a job is over, or has had its time."""
    deadline = time.monotonic() + SETTLES_WITHIN_SECONDS
    open_jobs = "SELECT EXISTS (SELECT FROM activity_job WHERE state IN ('queued', 'running'))"
    while database.execute(open_jobs).fetchone() == (True,) and time.monotonic() < deadline:
        time.sleep(0.5)


def _judged(asked: Asked, log: Path, meter: Meter, clicks: list[Click], found: Found) -> Iterator[dict[str, Any]]:
    (FOLDER / "found.json").write_text(json.dumps(found._asdict(), indent=1), encoding="utf-8")
    edges = {each["what"]: each["at"] for each in read_log(log, "begin", "end")}
    everything = list(read_log(log, "request"))
    counted = [each for each in everything if edges["begin"] <= each["at"] <= edges["end"]]
    answers = Counter(click.answer or "unanswered" for click in clicks)
    sorts = ", ".join(f"{verb} {number}" for verb, number in _sorts(clicks))
    yield _zero("lost_clicks", f"{asked.words}; of {answers['done']} answered with success: {sorts}", len(found.lost))
    yield _zero("without_a_click", asked.words, len(found.without_click))
    yield line(
        metric="load.clicks_refused", workload=f"{asked.words}; answered with a reason, and nothing done",
        ours=answers["refused"], goal="told, not judged", met=None,
    )  # fmt: skip
    problems = Counter(f"{each['kind']}: {each['problem']}" for each in everything if each["problem"])
    yield _zero("errors", asked.words, problems.total()) | {"problems": dict(problems.most_common(20))}
    yield from _times(asked, counted)
    yield line(
        metric="load.requests_a_second", workload=asked.words,
        ours=len(counted) / (edges["end"] - edges["begin"]), goal="told, not judged", met=None,
    )  # fmt: skip
    yield from _processors(asked, meter.shares(edges["begin"], edges["end"]))


def _sorts(clicks: list[Click]) -> list[tuple[str, int]]:
    return Counter(click.meaning[0] for click in clicks if click.answer == "done").most_common()


def _zero(metric: str, workload: str, number: int) -> dict[str, Any]:
    return line(metric=f"load.{metric}", workload=workload, ours=number, limit=0, goal="0", met=number == 0)


def _times(asked: Asked, counted: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Everything together, then each kind of page, the slowest first."""
    kinds: dict[str, list[float]] = defaultdict(list)
    for each in counted:
        kinds[each["kind"]].append(each["ms"])
    yield _percentiles("load.p95_ms", asked.words, [each["ms"] for each in counted if "/static/" not in each["kind"]])
    for kind, times in sorted(kinds.items(), key=lambda one: -percentile(one[1], 95)):
        yield _percentiles(f"load.p95_ms {kind}", asked.words, times)


def _percentiles(metric: str, workload: str, times: list[float]) -> dict[str, Any]:
    ours = percentile(times, 95)
    met = ours <= MOST_MS if len(times) >= LEAST_JUDGED else None
    said = line(metric=metric, workload=workload, ours=ours, limit=MOST_MS, goal=f"<= {MOST_MS} ms", met=met)
    return said | {"p50": percentile(times, 50), "p99": percentile(times, 99), "requests": len(times)}


def percentile(times: list[float], percent: int) -> float:
    """The time within which so many of a hundred were answered (nearest rank). Not a number where there are none."""
    if not times:
        return math.nan
    return sorted(times)[max(0, math.ceil(len(times) * percent / 100) - 1)]


def _processors(asked: Asked, shares: dict[str, float]) -> Iterator[dict[str, Any]]:
    """The service's programs together; the people's own process and whatever else ran here apart."""
    ours = {name: share for name, share in shares.items() if name not in {GENERATOR, MACHINE}}
    total = sum(ours.values())
    yield line(
        metric="load.cpu_percent", workload=f"{asked.words}; the service's programs, of {os.cpu_count()} processors",
        ours=total, limit=MOST_CPU_PERCENT, goal=f"<= {MOST_CPU_PERCENT} %", met=total <= MOST_CPU_PERCENT,
    ) | {name: round(share, 1) for name, share in ours.items()}  # fmt: skip
    others = shares.get(MACHINE, 0) - total - shares.get(GENERATOR, 0)
    for metric, share in (("generator", shares.get(GENERATOR, 0)), ("others_here", others)):
        yield line(
            metric=f"load.cpu_percent_of_{metric}", workload=asked.words, ours=share, goal="told, not judged", met=None
        )

"""``./portal demo``: one process that owns the web server and the worker, and leaves nothing behind.

``python -m config.embedded.run [--port N] [--stage NAME] [--fresh] [--no-open]``
"""

import argparse
import datetime as dt
import fcntl
import hashlib
import http.client
import json
import shutil
import signal
import socket
import sys
import time
import webbrowser
from pathlib import Path

import django
import psycopg

from config import env
from config.embedded.children import start_child, stop_child
from config.embedded.cluster import Cluster, EmbeddedPostgresError, hold, let_go

LOOK_SECONDS = 0.2
QUICK_SECONDS = 10  # a program that ends sooner than this, three times running, will not do better the fourth time
DEFAULT_STAGE = "october"


class DemoRefusedError(Exception):
    """The demo cannot start; the message says why and what to do."""


def main(arguments):
    """Runs until a signal asks it to stop; returns the exit status."""
    options = _options(arguments)
    demo = Demo(options)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, demo.ask_to_stop)
    env.VAR_DIR.mkdir(exist_ok=True)
    try:
        with (env.VAR_DIR / "demo.lock").open("a") as lock:
            _be_the_only_one(lock)
            return demo.run()
    except (DemoRefusedError, EmbeddedPostgresError) as refusal:
        _say(f"portal: {refusal}")
        return 1


def _options(arguments):
    parser = argparse.ArgumentParser(prog="./portal demo")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--stage", help="the time of year the demo town stands at")
    parser.add_argument("--fresh", action="store_true", help="throw the demo's data away and build it anew")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    return parser.parse_args(arguments)


def _say(text):
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command's own words


def _be_the_only_one(lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DemoRefusedError("The demo of this folder is already running.") from None


class Demo:
    """The demo's programs and their one owner."""

    def __init__(self, options):
        self.options = options
        self.stopping = []  # the signals that asked for it
        self.is_preparing = False
        self.cluster = None
        self.programs = []

    def run(self):
        """Prepare, start, tell, watch; whatever happens, stop everything. Returns the exit status."""
        self._claim_port()
        try:
            self.is_preparing = True
            self._prepare()
            self.is_preparing = False
            self._start()
            self._tell()
            self._watch()
        except KeyboardInterrupt:
            _say("Stopped before the demo was ready.")
        finally:
            self.is_preparing = False
            self._stop()
        return 0 if self.stopping[0] == signal.SIGINT else 128 + self.stopping[0]

    def ask_to_stop(self, number, _):
        """Called by signals. Preparing is broken off where it stands; the watch ends in good order."""
        self.stopping.append(number)
        if self.is_preparing:
            self.is_preparing = False
            raise KeyboardInterrupt

    def _claim_port(self):
        with socket.socket() as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                asked.bind(("127.0.0.1", self.options.port))
            except OSError as problem:
                raise DemoRefusedError(
                    f"Port {self.options.port} cannot be used ({problem.strerror}). Try --port {self.options.port + 1}."
                ) from None

    def _prepare(self):
        """The database is up to date and filled, the static files are gathered, no remains of a killed run are left."""
        env.choose_settings("config.settings.local")
        from django.conf import settings

        if settings.DATABASES["default"]["ENGINE"] == "config.embedded.postgresql":
            self.cluster = Cluster(name=settings.EMBEDDED_POSTGRES, root=env.BASE_DIR)
            hold(self.cluster)
        if self.options.fresh or env.demo_note().get("is_building"):  # a town whose building was cut short is no town
            self._throw_away()
        # Messages only wake the worker up, and a killed scheduler may leave half a file.
        shutil.rmtree(env.VAR_DIR / "broker", ignore_errors=True)
        for name in ("queue", "control", "processed"):
            (env.VAR_DIR / "broker" / name).mkdir(parents=True)
        for file in env.VAR_DIR.glob("beat-schedule*"):
            file.unlink()
        django.setup()
        _gather_static()
        _migrate()
        self._fill()
        from django.db import connections

        connections.close_all()

    def _throw_away(self):
        if self.cluster is None:
            raise DemoRefusedError("--fresh throws data away, and does so only in the embedded database.")
        with psycopg.connect(self.cluster.connection_string("postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS portal WITH (FORCE)")
            connection.execute("CREATE DATABASE portal")
        for name in ("media", "mail"):
            shutil.rmtree(env.VAR_DIR / name, ignore_errors=True)
        env.DEMO_NOTE.unlink(missing_ok=True)

    def _fill(self):
        from django.contrib.auth import get_user_model
        from django.core.management import call_command

        if get_user_model().objects.exists():
            stage = env.demo_note().get("stage")
            if self.options.stage and stage and stage != self.options.stage:
                _say(
                    f"The demo town stands at the stage {stage}. To build another: --fresh --stage {self.options.stage}"
                )
            return
        from config.demo.town import STAGES

        stage = self.options.stage or DEFAULT_STAGE
        if stage not in STAGES:
            raise DemoRefusedError(f"There is no stage called {stage}. The stages are {', '.join(STAGES)}.")
        _say("Building the demo town")
        env.DEMO_NOTE.write_text(json.dumps({"is_building": self.cluster is not None}))
        call_command("seed", stage=stage, stdout=sys.stderr)
        offset = STAGES[stage] - dt.date.today()  # noqa: DTZ011 - whole days of this machine
        env.DEMO_NOTE.write_text(json.dumps({"stage": stage, "clock_offset_seconds": int(offset.total_seconds())}))

    def _web(self):
        return [
            *("gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.options.port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "5"),
            *("--no-control-socket", "--log-level", "warning"),
        ]

    def _worker(self):
        return [
            *("celery", "--quiet", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "WARNING"),
            *("--beat", "--schedule", str(env.VAR_DIR / "beat-schedule")),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]

    def _start(self):
        # The worker is not waited for: its scheduler may sleep for seconds, and what it was doing is a row
        # that is done again at the next start.
        for program in (
            Program("web server", self._web(), farewell=signal.SIGTERM, patience=5),
            Program("worker", self._worker(), farewell=signal.SIGQUIT, patience=1),
        ):
            program.start()
            self.programs.append(program)

    def _tell(self):
        from django.core.management import call_command

        address = f"http://127.0.0.1:{self.options.port}/"
        while not self.stopping and not _answers(self.options.port):
            self._look_after_programs()
            time.sleep(LOOK_SECONDS / 4)
        if self.stopping:
            return
        _say("")
        call_command("demo_signins", stdout=sys.stderr)
        from django.db import connections

        connections.close_all()
        _say(f"\nOpen {address} (stop with Ctrl-C)")
        if not self.options.no_open and (
            sys.platform == "darwin" or env.text("DISPLAY") or env.text("WAYLAND_DISPLAY")
        ):
            webbrowser.open(address)

    def _watch(self):
        while not self.stopping:
            self._look_after_programs()
            if self.cluster:
                hold(self.cluster)  # a server that was killed is started anew
            time.sleep(LOOK_SECONDS)

    def _look_after_programs(self):
        for program in self.programs:
            program.look_after()

    def _stop(self):
        for program in self.programs:
            program.ask_to_stop()
        for program in self.programs:
            program.stop()
        if self.cluster:
            let_go(self.cluster)


class Program:
    """One child program, started again when it ends by itself."""

    def __init__(self, name, arguments, *, farewell, patience):
        self.name = name
        self.farewell = farewell
        self.patience = patience  # seconds
        # A demo in a container runs as root, which Celery does not like; what it runs is our own.
        self.arguments = [sys.executable, "-W", "ignore:You're running the worker", "-m", *arguments]
        self.child = None
        self.started = 0.0
        self.quick_ends = 0

    def start(self):
        self.started = time.monotonic()
        self.child = start_child(self.arguments, farewell=self.farewell, cwd=env.BASE_DIR)

    def look_after(self):
        """Raises: DemoRefusedError when the program keeps ending."""
        if self.child.poll() is None:
            return
        self.stop()  # what it had started goes too
        self.quick_ends = self.quick_ends + 1 if time.monotonic() - self.started < QUICK_SECONDS else 0
        if self.quick_ends >= 3:
            raise DemoRefusedError(f"The {self.name} ended three times running; its last words are above.")
        _say(f"The {self.name} ended (status {self.child.returncode}) and is started again.")
        self.start()

    def ask_to_stop(self):
        if self.child.poll() is None:
            self.child.send_signal(self.farewell)

    def stop(self):
        stop_child(self.child, request=self.farewell, patience=self.patience)


def _answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _migrate():
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        _say("Preparing the database")
        call_command("migrate", verbosity=0)
        call_command("createcachetable")


def _gather_static():
    """var/static holds what static holds, compressed, under names that change with the content."""
    from django.conf import settings
    from django.core.management import call_command

    files = sorted(path for path in (env.BASE_DIR / "static").rglob("*") if path.is_file())
    facts = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    lock = Path(env.BASE_DIR / "requirements" / "base.lock").read_bytes()
    want = hashlib.sha256(json.dumps(facts).encode() + lock).hexdigest()
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    if stamp.exists() and stamp.read_text() == want:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=["scss"])
    stamp.write_text(want)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

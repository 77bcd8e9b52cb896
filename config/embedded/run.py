"""``./portal demo``: one process that owns the web server and the worker, and leaves nothing behind.

``python -m config.embedded.run [--port N] [--stage NAME] [--fresh] [--no-open]``
"""

import argparse
import fcntl
import http.client
import signal
import socket
import sys
import time
import webbrowser

from config import env
from config.embedded.children import start_child, stop_child
from config.embedded.cluster import Cluster, EmbeddedPostgresError, hold, let_go
from config.embedded.prepare import DemoRefusedError, prepare, say

LOOK_SECONDS = 0.2
QUICK_SECONDS = 10  # a program that ends sooner than this, three times running, will not do better the fourth time


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
        say(f"portal: {refusal}")
        return 1


def _options(arguments):
    parser = argparse.ArgumentParser(prog="./portal demo")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--stage", help="the time of year the demo town stands at")
    parser.add_argument("--fresh", action="store_true", help="throw the demo's data away and build it anew")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    return parser.parse_args(arguments)


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
            sign_ins = self._prepare()
            self.is_preparing = False
            self._start()
            if not self.stopping:
                self._tell(sign_ins)
            self._watch()
        except KeyboardInterrupt:
            say("Stopped before the demo was ready.")
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
        env.choose_settings("config.settings.local")
        env.choose_address(f"http://127.0.0.1:{self.options.port}")
        if not env.text("DATABASE_URL"):
            self.cluster = Cluster(name="portal", root=env.BASE_DIR)
            hold(self.cluster)
        return prepare(stage=self.options.stage, fresh=self.options.fresh, cluster=self.cluster)

    def _web(self):
        return [
            *("gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.options.port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "5"),
            *("--preload", "--no-control-socket", "--log-level", "warning"),
        ]

    def _worker(self):
        return [
            *("celery", "--quiet", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]

    def _scheduler(self):
        return [
            *("celery", "--quiet", "-A", "config", "beat", "--loglevel", "WARNING"),
            *("--pidfile", "", "--schedule", str(env.VAR_DIR / "beat-schedule")),
        ]

    def _start(self):
        """The web server answers; the others, who would only slow it down until then, are starting."""
        self._add(Program("web server", self._web(), farewell=signal.SIGTERM, patience=5))
        while not self.stopping and not _answers(self.options.port):
            self._look_after_programs()
            time.sleep(LOOK_SECONDS / 4)
        # Celery takes five seconds to stop politely. What it was doing is a row that is done again at the next start.
        self._add(Program("worker", self._worker(), farewell=signal.SIGKILL, patience=3))
        # A program of its own: inside the worker it would outlive a worker that is killed.
        self._add(Program("scheduler", self._scheduler(), farewell=signal.SIGTERM, patience=3))

    def _add(self, program):
        program.start()
        self.programs.append(program)

    def _tell(self, sign_ins):
        address = f"http://127.0.0.1:{self.options.port}/"
        say(f"\n{sign_ins}\n\nE-mails are written to {env.VAR_DIR / 'mail'}.\nOpen {address} (stop with Ctrl-C)")
        has_display = sys.platform == "darwin" or env.text("DISPLAY") or env.text("WAYLAND_DISPLAY")
        if has_display and not self.options.no_open:
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
        say(f"The {self.name} ended (status {self.child.returncode}) and is started again.")
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


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The process that owns an embedded server: starts it, watches who uses it, stops it when nobody does.

``python -m config.embedded.keeper NAME ROOT`` returns when the server answers; the keeper goes on in the background.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg

from config.embedded.children import start_child
from config.embedded.cluster import START_SECONDS, Cluster, EmbeddedPostgresError, private_folder, programs

IDLE_SECONDS = 1.0  # so that the next command of a script finds the server still running
LOOK_SECONDS = 0.2


def main(name, root):
    """Go into the background; the caller returns with 0 when the server answers, else prints why and returns 1."""
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        with os.fdopen(reading) as pipe:
            answer = pipe.read()
        if answer == "ready":
            return 0
        print(answer or "The embedded PostgreSQL stopped while it was starting.")  # noqa: T201 - read by the caller
        return 1
    os.setsid()
    os.close(reading)
    cluster = Cluster(name=name, root=Path(root))
    log = cluster.folder / "log"
    cluster.folder.mkdir(parents=True, exist_ok=True)
    _redirect(log)
    with os.fdopen(writing, "w") as pipe:
        try:
            keeper = Keeper(cluster)
            keeper.start()
        except (EmbeddedPostgresError, OSError, subprocess.SubprocessError) as problem:
            pipe.write(f"{problem}\nThe server's own words are in {log}")
            return 1
        pipe.write("ready")
    keeper.watch()
    return 0


def _redirect(log):
    """Nothing is read from or written to the caller's terminal; the log starts anew when it has grown large."""
    if log.exists() and log.stat().st_size > 1_000_000:
        log.replace(log.with_suffix(".old"))
    with Path(os.devnull).open() as nothing, log.open("a") as file:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


class Keeper:
    """Owns one server process."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.server = None
        self.is_asked_to_stop = False
        self.lock = cluster.lock("keeper")
        fcntl.flock(self.lock, fcntl.LOCK_EX)

    def start(self):
        """The server answers and the database exists.

        Raises: EmbeddedPostgresError after 60 seconds without an answer.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        deadline = time.monotonic() + START_SECONDS
        self._make_folders()
        self._clear_remains()
        if not (self.cluster.data_folder / "PG_VERSION").exists():
            self._make_data()
        while not self._answers():
            if self.is_asked_to_stop or time.monotonic() > deadline:
                self._stop()
                raise EmbeddedPostgresError(f"The embedded PostgreSQL did not answer within {START_SECONDS} seconds.")
            if self.server is None or self.server.poll() is not None:
                # It may refuse at first: the processes of a server killed a moment ago still hold its memory.
                self._launch()
            time.sleep(0.05)
        self._make_database()

    def watch(self):
        """Returns when nobody has used the server for a moment, when asked to stop, or when the server has ended."""
        idle_since = None
        users = self.cluster.lock("users")
        while self.server.poll() is None and not self.is_asked_to_stop:
            time.sleep(LOOK_SECONDS)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                idle_since = None
                continue
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since >= IDLE_SECONDS:
                break  # keeping the lock: whoever comes now waits until the server is gone and starts it anew
            fcntl.flock(users, fcntl.LOCK_UN)
        self._stop()
        # In this order: whoever waits for ``users`` asks next whether there is a keeper, and must not find this one.
        self.lock.close()
        users.close()

    def _ask_to_stop(self, number, frame):
        self.is_asked_to_stop = True

    def _make_folders(self):
        account = self.cluster.account
        programs(self.cluster.root)  # makes the folder above, when root lends one
        if account:
            private_folder(self.cluster.home, account)
        private_folder(self.cluster.data_folder, account)
        private_folder(self.cluster.socket_folder, account)

    def _as_account(self):
        account = self.cluster.account
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}

    def _make_data(self):
        """A new cluster whose sorting and letter case are the same on every machine.

        Made beside its place and then renamed, so that a folder with PG_VERSION is always whole.
        """
        making = self.cluster.home / "data.new"
        shutil.rmtree(making, ignore_errors=True)
        subprocess.run(
            [
                programs(self.cluster.root) / "initdb",
                f"--pgdata={making}",
                f"--username={self.cluster.owner}",
                "--auth=trust",  # the socket's folder admits only its owner
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-sync",
                "--no-instructions",
            ],
            cwd="/",
            check=True,
            **self._as_account(),
        )
        self.cluster.data_folder.rmdir()
        making.rename(self.cluster.data_folder)

    def _clear_remains(self):
        """No server of an earlier keeper is running on this data, and no file says that one is."""
        pid_file = self.cluster.data_folder / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            pid = None
        if pid and self._is_our_server(pid):
            earlier = psutil.Process(pid)
            for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                try:
                    earlier.send_signal(request)
                    earlier.wait(10)
                    break
                except psutil.NoSuchProcess:
                    break
                except psutil.TimeoutExpired:
                    continue
        # Another program may have the number by now, and PostgreSQL would then refuse to start.
        pid_file.unlink(missing_ok=True)
        for file in self.cluster.socket_folder.glob(".s.PGSQL.*"):
            file.unlink(missing_ok=True)

    def _is_our_server(self, pid):
        try:
            words = psutil.Process(pid).cmdline()
        except psutil.Error:
            return False
        return str(self.cluster.data_folder) in words and Path(words[0]).name == "postgres"

    def _launch(self):
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.cluster.socket_folder,
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_error_statement": "panic",  # statements hold people's data
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "max_connections": "200",
        }
        if not self.cluster.is_durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        self.server = start_child(
            [
                programs(self.cluster.root) / "postgres",
                "-D",
                str(self.cluster.data_folder),
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            farewell=signal.SIGINT,  # PostgreSQL's word for: end the sessions, write what is due, stop
            cwd="/",
            **self._as_account(),
        )
        time.sleep(0.1)

    def _answers(self):
        """Readiness is a real connection."""
        if self.server is None:
            return False
        try:
            psycopg.connect(self.cluster.connection_string("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_database(self):
        with psycopg.connect(self.cluster.connection_string("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'").fetchone():
                connection.execute("CREATE DATABASE portal")

    def _stop(self):
        if self.server is None:
            return
        for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.server.poll() is not None:
                return
            self.server.send_signal(request)
            try:
                self.server.wait(10)
            except subprocess.TimeoutExpired:
                continue


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))

"""Real worker processes that can be killed for real. Used by the bench of jobs and by the tests."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import redis

from config import env

COMMAND = (
    *("worker", "--concurrency", "2", "--loglevel", "WARNING"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
)


class Workers:
    """A Celery worker with two processes, its scheduler, its database and its broker, in a folder of its own."""

    def __init__(self, folder: Path, *, database_url: str, redis_url: str = "", lease_seconds: int = 10) -> None:
        self.folder = folder
        for name in ("queue", "control", "processed"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.bench.settings",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PORTAL_TRIAL_DIR": str(folder),
            "PORTAL_JOB_LEASE_SECONDS": str(lease_seconds),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        schedule = ("--beat", "--schedule", str(self.folder / "schedule"))
        return [sys.executable, "-m", "celery", "--quiet", "--app", "config.bench.trial", *COMMAND, *schedule]

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=env.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Every process of the worker is gone at once, as when the machine loses its power."""
        if self.process is None:
            return
        try:
            everybody = [*psutil.Process(self.process.pid).children(recursive=True), psutil.Process(self.process.pid)]
        except psutil.NoSuchProcess:
            everybody = []
        for process in everybody:
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                pass  # it went first
        self.process.wait()
        self.process = None

    def restart(self) -> None:
        self.kill()
        self.start()

    def lose_the_queue(self) -> None:
        """The broker has forgotten everything, as after a wrong command in the wrong place."""
        if url := self.environment["REDIS_URL"]:
            with redis.Redis.from_url(url) as server:
                server.flushall()
        else:
            shutil.rmtree(self.folder / "queue", ignore_errors=True)
            shutil.rmtree(self.folder / "control", ignore_errors=True)

    def words(self) -> str:
        """What the workers have written."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

"""Keeps a running job's lease and shows its progress while its own transaction is still open."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from activity.models import Job
from activity.registry import JobRun

logger = logging.getLogger(__name__)

BEAT_SECONDS = 0.5


def lease_end() -> Now:
    """The moment a lease taken now runs out, by the database's clock."""
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


@contextmanager
def held(run: JobRun, *, is_visible: bool) -> Iterator[None]:
    """Inside the block the lease is renewed and the progress written, by a thread with a connection of its own.

    A claim inside a caller's transaction is not visible to others, so nobody can take it and there is no thread.
    """
    if not is_visible:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(run, stop), name=f"heartbeat of job {run.job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(run: JobRun, stop: threading.Event) -> None:
    """Renew until told to stop, or until another claim holds the job."""
    interval = min(BEAT_SECONDS, settings.JOB_LEASE_SECONDS / 4)
    try:
        while not stop.wait(interval):
            try:
                still_held = (
                    Job.objects.held_by(run.job.worker)
                    .filter(pk=run.job.pk)
                    .update(
                        lease_until=lease_end(),
                        done_steps=run.job.done_steps,
                        all_steps=run.job.all_steps,
                        doing=run.job.doing,
                    )
                )
            except DatabaseError:
                # The next beat may yet renew it; if none does, the job's own transaction is refused at its end.
                logger.warning("heartbeat of job %s failed", run.job.pk, exc_info=True)
                connection.close()
                continue
            if not still_held:
                run.is_lost = True
                return
    finally:
        connection.close()

"""Real Celery workers, killed for real: whatever the broker does, a job is done once."""

import time

import pytest
from django.db import connection

from activity.actions import enqueue, post
from activity.models import Event, Job, OutboxMessage
from config.bench import address
from config.bench.trial import KIND, VERB
from config.bench.workers import Workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time, pytest.mark.slow]

LEASE_SECONDS = 2


@pytest.fixture(params=["filesystem", pytest.param("redis", marks=pytest.mark.redis)])
def workers(request, tmp_path):
    redis_url = request.getfixturevalue("redis_server") if request.param == "redis" else ""
    here = connection.get_connection_params()
    workers = Workers(
        tmp_path,
        database_url=address(here, here["dbname"]),
        redis_url=redis_url,
        lease_seconds=LEASE_SECONDS,
    )
    yield workers
    workers.kill()


def trial(seconds, key="1"):
    """A job of the kind that trial workers know. This process's own broker tells nobody: the sweep must find it."""
    return enqueue(KIND, key=f"trial:{key}", seconds=seconds)


def effects():
    return Event.objects.filter(verb=VERB).count()


def wait_until(is_so, workers, *, seconds=60):
    for _ in range(seconds * 10):
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail(f"not within {seconds} seconds; the workers wrote:\n{workers.words()}")


def is_running(job):
    return Job.objects.filter(pk=job.pk, state="running", done_steps__gt=0).exists()


def is_done(job):
    return Job.objects.filter(pk=job.pk, state="done").exists()


def test_a_job_in_the_middle_of_which_every_worker_is_killed_is_done_once_after_the_restart(workers):
    job = trial(seconds=3)
    workers.start()
    wait_until(lambda: is_running(job), workers)
    workers.kill()
    job.refresh_from_db()
    assert (job.state, effects()) == ("running", 0)
    workers.start()
    wait_until(lambda: is_done(job), workers)
    job.refresh_from_db()
    assert (job.attempts, effects()) == (2, 1)
    time.sleep(LEASE_SECONDS + 1)
    assert effects() == 1


def test_a_broker_that_loses_everything_under_running_workers_loses_no_job(workers):
    workers.start()
    first = trial(seconds=0)
    wait_until(lambda: is_done(first), workers)
    workers.lose_the_queue()
    jobs = [trial(seconds=0.1, key=f"lost {number}") for number in range(5)]
    wait_until(lambda: all(is_done(job) for job in jobs), workers)
    assert effects() == 6


def test_a_message_whose_nudge_was_lost_is_found_by_the_sweep_at_the_next_start(workers):
    message = post("no-such-kind", key="lost")
    workers.start()
    # Nobody knows how to send it; that it was tried is what shows that it was found.
    wait_until(lambda: OutboxMessage.objects.get(pk=message.pk).last_error == "KeyError", workers, seconds=90)

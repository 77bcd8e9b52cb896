"""Places confirmed together by results, by a worker that is killed in the middle: each is confirmed, and once."""

import datetime as dt
import os
import signal
import warnings

import pytest
from django.db import connections

from activity.actions import run_job
from activity.models import Event, Job, OutboxMessage
from applications import actions
from applications.actions import bulk
from applications.models import BulkRun, Choice
from core import clock
from tests.applications.test_results_day import ENGLISH, offered, results_for
from tests.applications.walk import Town

pytestmark = pytest.mark.django_db(transaction=True)


def newest_job():
    return Job.objects.filter(kind=bulk.JOB_KIND).latest("pk").pk


def work_and_die():
    """The first batch is confirmed; of the second one place is, when the process is killed."""
    run_job(newest_job())
    do = bulk._do

    def last(run, item):
        do(run, item)
        os.kill(os.getpid(), signal.SIGKILL)

    bulk._do = last
    run_job(newest_job())


def test_a_worker_killed_in_the_middle_confirms_no_place_twice_and_misses_none(monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    town = Town()
    learners = [town.learner(name, "Reed", school=town.hollins) for name in ("Mia", "Noa", "Una", "Wim")]
    choices = [offered(town, learner, ENGLISH) for learner in learners]
    for learner in learners:
        results_for(town, learner, English="5")
    run = actions.pick_choices(verb="confirm_met", choices=choices, by=town.admissions)
    run = actions.confirm_bulk(run=run, answers={}, by=town.admissions)

    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking beside threads
        child = os.fork()
    if child == 0:
        try:
            work_and_die()
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)

    assert os.WTERMSIG(status) == signal.SIGKILL
    assert Choice.objects.filter(status="confirmed").count() == run.items.filter(state="done").count() == 2
    Job.objects.filter(pk=newest_job()).update(lease_until=clock.now() - dt.timedelta(days=1))
    run_job(newest_job())
    assert BulkRun.objects.get().ended_at is not None
    assert set(run.items.values_list("state", flat=True)) == {"done"}
    confirmed = Event.objects.filter(verb="choice.confirm").values_list("subject", flat=True)
    assert sorted(confirmed) == sorted(f"applications.choice:{choice.pk}" for choice in choices)
    assert OutboxMessage.objects.filter(kind="place-confirmed").count() == len(choices)

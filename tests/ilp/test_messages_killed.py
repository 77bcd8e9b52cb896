"""A message to many whose worker is killed in the middle: each learner reads it, and once."""

import datetime as dt
import os
import signal
import warnings

import pytest
from django.db import connections

from activity.actions import run_job
from activity.models import Job
from core import clock
from ilp.actions import confirm_messages, many, pick_learners
from ilp.actions.many import BATCH
from ilp.models import Message, MessageRun
from tests.ilp.talk import build_town, consent
from tests.ilp.test_messages_to_many import more

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = BATCH + 2


def newest_job():
    return Job.objects.filter(kind=many.JOB_KIND).latest("pk")


def work_and_die():
    """The first batch is sent; of the second one message is written when the process is killed."""
    run_job(newest_job().pk)
    do = many._do

    def last(run, item):
        do(run, item)
        os.kill(os.getpid(), signal.SIGKILL)

    many._do = last
    run_job(newest_job().pk)


def test_a_worker_killed_in_the_middle_writes_to_nobody_twice_and_misses_nobody():
    town = build_town()
    consent(town)
    learners = [town.amina, *(more(town) for _number in range(NUMBER - 1))]
    run = pick_learners(learners=learners, by=town.adviser)
    run = confirm_messages(run=run, text="Open day on Monday.", number=NUMBER, by=town.adviser)

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
    assert Message.objects.count() == run.items.filter(state="done").count() == BATCH
    Job.objects.filter(pk=newest_job().pk).update(lease_until=clock.now() - dt.timedelta(days=1))
    run_job(newest_job().pk)
    assert MessageRun.objects.get().ended_at is not None
    assert sorted(Message.objects.values_list("conversation__learner", flat=True)) == sorted(one.pk for one in learners)
    assert set(run.items.values_list("state", flat=True)) == {"done"}

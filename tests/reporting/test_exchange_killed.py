"""A worker is killed while an extract is being published: every learner's record is as it says, once."""

import datetime as dt
import os
import signal
import warnings

import pytest
from django.db import connections

from activity.actions import run_job
from activity.models import Job
from core import clock
from ilp.models import RecordFact
from providers.actions import confirm_upload, in_parts
from tests.reporting.extract import extract_town, hand_over, record_of, undo

pytestmark = pytest.mark.django_db(transaction=True)


def needs():
    return list(RecordFact.objects.order_by("learner").values_list("learner", flat=True))


def work_and_die(upload):
    """The first part is kept; all of the second is written when the process is killed."""
    run_job(upload.job_id)
    upload.refresh_from_db()
    write = in_parts._carry_out

    def last(*args):
        write(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    in_parts._carry_out = last
    run_job(upload.job_id)


def test_a_worker_killed_in_the_second_part_writes_nothing_twice_and_misses_nobody(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(in_parts, "PART", 1)
    town = extract_town()
    learners = sorted((town.people[name] for name in ("Nothing", "Offer", "Waiting")), key=lambda one: one.pk)
    upload = hand_over(town, [record_of(learner, need="1") for learner in learners])
    upload = confirm_upload(upload=upload, seen=upload.digest, by=town.officer)

    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking beside threads
        child = os.fork()
    if child == 0:
        try:
            work_and_die(upload)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)

    assert os.WTERMSIG(status) == signal.SIGKILL
    assert needs() == [learners[0].pk]
    upload.refresh_from_db()
    Job.objects.filter(pk=upload.job_id).update(lease_until=clock.now() - dt.timedelta(days=1))
    while not upload.is_over:
        run_job(upload.job_id)
        upload.refresh_from_db()
    assert needs() == [learner.pk for learner in learners]
    assert (upload.is_published, upload.counts["taken"], upload.counts["left"]) == (True, 3, 0)
    assert undo(upload, town.officer).counts["undone"] == {"restored": 0, "taken_out": 3, "kept": 0}
    assert not RecordFact.objects.open().exists()

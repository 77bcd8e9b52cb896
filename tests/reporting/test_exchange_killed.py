"""A worker is killed while an extract is being published or undone: every learner's record is as it says, once."""

import datetime as dt
import os
import signal
import warnings

import pytest
from django.db import connections

from activity.actions import run_job
from activity.models import Event, Job
from core import clock
from ilp.models import RecordFact
from providers.actions import confirm_upload, in_parts, undo_upload, undoing
from providers.queries import undo_plan
from tests.reporting.extract import extract_town, hand_over, record_of

pytestmark = pytest.mark.django_db(transaction=True)


def needs():
    return list(RecordFact.objects.open().order_by("learner").values_list("learner", flat=True))


def work_and_die(upload, module, name):
    """The first part is kept; what ``name`` writes of the second is written when the process is killed."""
    run_job(upload.job_id)
    upload.refresh_from_db()
    write = getattr(module, name)

    def last(*args):
        write(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, last)
    run_job(upload.job_id)


def killed_in_the_second_part(upload, module, name):
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking beside threads
        child = os.fork()
    if child == 0:
        try:
            work_and_die(upload, module, name)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    upload.refresh_from_db()
    Job.objects.filter(pk=upload.job_id).update(lease_until=clock.now() - dt.timedelta(days=1))


def work_off(upload):
    while not upload.job.is_over:
        run_job(upload.job_id)
        upload.refresh_from_db()


def test_a_worker_killed_in_the_second_part_writes_nothing_twice_and_misses_nobody(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(in_parts, "PART", 1)
    town = extract_town()
    learners = sorted((town.people[name] for name in ("Nothing", "Offer", "Waiting")), key=lambda one: one.pk)
    upload = hand_over(town, [record_of(learner, need="1") for learner in learners])
    upload = confirm_upload(upload=upload, seen=upload.digest, by=town.officer)
    killed_in_the_second_part(upload, in_parts, "_carry_out")
    assert needs() == [learners[0].pk]
    work_off(upload)
    assert needs() == [learner.pk for learner in learners]
    assert (upload.is_published, upload.counts["taken"], upload.counts["left"]) == (True, 3, 0)

    upload = undo_upload(upload=upload, seen=undo_plan(upload).digest, by=town.officer)
    killed_in_the_second_part(upload, undoing, "_store")
    assert (needs(), upload.state_words) == ([learner.pk for learner in learners[1:]], "Being undone")
    work_off(upload)
    assert (needs(), upload.is_undone) == ([], True)
    assert upload.counts["undone"] == {"restored": 0, "taken_out": 3, "kept": 0}
    reversed_ = upload.reversals.order_by("thing_key").values_list("thing_key", flat=True)
    assert list(reversed_) == [learner.pk for learner in learners]
    given_back = Event.objects.filter(verb="record_fact.give_back").values_list("subject", flat=True)
    assert sorted(given_back) == sorted(f"accounts.learner:{learner.pk}" for learner in learners)

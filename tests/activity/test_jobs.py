import threading
import time

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from activity import lease
from activity.actions import enqueue, jobs, record, run_job, sweep_jobs
from activity.models import Event, Job
from activity.querysets import JobQuerySet
from activity.registry import JobRefused
from tests.factories import UserFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch):
    """Which jobs a worker was told of."""
    told = []
    monkeypatch.setattr("activity.actions.jobs.wake", lambda task, job_id: told.append(job_id))
    monkeypatch.setattr("activity.actions.waking.wake", lambda task, job_id: told.append(job_id))
    return told


def effect(run):
    """The dullest job: one line of history."""
    record("town.painted", subject=run.job, by=None, **run.payload)


def facts():
    return [event.facts for event in Event.objects.filter(verb="town.painted")]


def free(job):
    """The lease of this job has run out, as it does when its worker is gone."""
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - jobs.timedelta(seconds=1))


def test_a_job_is_done_once_however_often_workers_are_told(kinds):
    by = UserFactory()
    kinds.register_job("paint", run=effect)
    job = enqueue("paint", key="paint:1", by=by, colour="blue")
    run_job(job.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert facts() == [{"colour": "blue"}]
    assert (job.state, job.attempts, job.by, job.is_over, job.percent) == ("done", 1, by, True, 100)
    assert job.started_at <= job.ended_at


def test_the_same_key_is_the_same_job():
    assert enqueue("paint", key="paint:1") == enqueue("paint", key="paint:1")
    assert Job.objects.count() == 1


def test_a_worker_is_told_after_the_commit_and_not_of_a_known_job(woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue("paint", key="paint:1")
        enqueue("paint", key="paint:1")
        assert woken == []
    assert woken == [job.pk]


def test_a_refusal_undoes_everything_ends_the_job_with_its_sentence_and_lets_the_kind_clean_up(kinds):
    def refuse(run):
        effect(run)
        raise JobRefused("There is no wall left to paint.")

    cleaned = []
    kinds.register_job("paint", run=refuse, on_failure=lambda job: cleaned.append(job.error))
    job = enqueue("paint", key="paint:1")
    run_job(job.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == ("failed", "There is no wall left to paint.", 1)
    assert cleaned == ["There is no wall left to paint."]
    assert facts() == []


def test_a_mistake_of_ours_is_not_tried_again_and_says_nothing_of_its_inside(kinds, caplog):
    def broken(run):
        effect(run)
        raise ValueError("Amina Yusuf")

    kinds.register_job("paint", run=broken)
    job = enqueue("paint", key="paint:1")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error == (
        f"Something went wrong on our side and nothing was changed. If it happens again, quote {job.reference}."
    )
    assert facts() == []


def test_an_unknown_kind_ends_in_a_sentence_too(kinds):
    job = enqueue("nobody-knows", key="x")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"


def test_an_error_that_can_pass_puts_the_job_back_until_it_has_been_tried_five_times(kinds, woken):
    tries, cleaned = [], []

    def unlucky(run):
        tries.append(run.job.attempts)
        raise OperationalError("the server is shutting down")

    kinds.register_job("paint", run=unlucky, on_failure=cleaned.append)
    job = enqueue("paint", key="paint:1")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "queued"
    run_job(job.pk)
    assert tries == [1], "it waits before the next try"
    for _ in range(5):
        free(job)
        run_job(job.pk)
    job.refresh_from_db()
    assert tries == [1, 2, 3, 4, 5]
    assert (job.state, cleaned) == ("failed", [job])
    assert job.error.startswith("This could not be finished after several tries, and nothing was changed.")


def test_a_job_that_takes_its_worker_with_it_every_time_is_given_up(kinds):
    class Killed(BaseException):
        """Like the operating system's kill: nothing of ours gets to handle it."""

    def fatal(run):
        raise Killed

    kinds.register_job("paint", run=fatal)
    job = enqueue("paint", key="paint:1")
    for _ in range(5):
        with pytest.raises(Killed):
            run_job(job.pk)
        free(job)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 5)


def test_a_failure_stands_even_when_the_clean_up_fails(kinds):
    def refuse(run):
        raise JobRefused("No.")

    def broken(job):
        record("half.cleaned", subject=job, by=None)
        raise ValueError

    kinds.register_job("paint", run=refuse, on_failure=broken)
    job = enqueue("paint", key="paint:1")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert not Event.objects.exists()


def test_the_sweep_tells_workers_of_jobs_nobody_holds_and_not_again_at_once(woken, settings):
    settings.JOB_LEASE_SECONDS = 10
    quiet, fresh, held, gone = (enqueue("paint", key=str(number)) for number in range(4))
    long_ago = Now() - jobs.timedelta(seconds=11)
    Job.objects.exclude(pk=fresh.pk).update(woken_at=long_ago)
    Job.objects.filter(pk=held.pk).update(state="running", lease_until=Now() + jobs.timedelta(seconds=5))
    Job.objects.filter(pk=gone.pk).update(state="running", lease_until=Now() - jobs.timedelta(seconds=1))
    assert sweep_jobs() == 2
    assert sweep_jobs() == 0
    assert woken == [quiet.pk, gone.pk]


def test_finished_jobs_are_left_alone(woken, kinds):
    kinds.register_job("paint", run=effect)
    job = enqueue("paint", key="1")
    run_job(job.pk)
    Job.objects.update(woken_at=Now() - jobs.timedelta(days=1))
    assert sweep_jobs() == 0


def test_a_broker_that_is_down_fails_nobodys_request(settings, monkeypatch, django_capture_on_commit_callbacks):
    def refused(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("activity.actions.waking.current_app.send_task", refused)
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue("paint", key="1")
    assert Job.objects.get() == job


@pytest.mark.django_db(transaction=True)
class TestInTransactionsOfTheirOwn:
    @pytest.fixture(autouse=True)
    def short_lease(self, settings, kinds):
        settings.JOB_LEASE_SECONDS = 1
        self.kinds = kinds

    def test_progress_is_seen_by_others_before_the_job_commits(self):
        painted, seen = threading.Event(), threading.Event()

        def slow(run):
            effect(run)
            run.progress(done=40, of=100, doing="Painting")
            painted.set()
            assert seen.wait(20)

        self.kinds.register_job("paint", run=slow)
        job = enqueue("paint", key="1")

        def watch():
            painted.wait(20)
            while not ((watched := Job.objects.get(pk=job.pk)).done_steps or watched.is_over):
                time.sleep(0.05)
            of_others = facts()
            seen.set()
            return watched.state, watched.done_steps, watched.all_steps, watched.doing, watched.percent, of_others

        assert at_once(lambda: run_job(job.pk), watch) == [None, ("running", 40, 100, "Painting", 40, [])]
        assert facts() == [{}]

    def test_a_job_that_outlives_its_first_lease_keeps_it(self):
        self.kinds.register_job("paint", run=lambda run: (time.sleep(1.6), effect(run)))
        job = enqueue("paint", key="1")

        def intrude():
            time.sleep(1.3)
            run_job(job.pk)

        assert at_once(lambda: run_job(job.pk), intrude) == [None, None]
        job.refresh_from_db()
        assert (facts(), job.attempts) == ([{}], 1)

    def start_twice(self, monkeypatch):
        """Two workers claim one job, each taking its time between looking and writing."""
        started = []

        def run(run):
            started.append(run.job.worker)
            effect(run)

        def slow_lease():
            time.sleep(0.3)
            return lease.lease_end()

        self.kinds.register_job("paint", run=run)
        monkeypatch.setattr(jobs, "lease_end", slow_lease)
        job = enqueue("paint", key="1")
        at_once(*[lambda: run_job(job.pk)] * 2)
        return len(started)

    def test_two_workers_at_once_start_it_once(self, monkeypatch):
        assert self.start_twice(monkeypatch) == 1
        assert facts() == [{}]

    def test_two_workers_at_once_would_start_it_twice_without_the_row_lock(self, monkeypatch):
        monkeypatch.setattr(JobQuerySet, "select_for_update", lambda queryset, **_: queryset)
        assert self.start_twice(monkeypatch) == 2

    def lose_the_lease(self, monkeypatch):
        """The first worker hangs without a heartbeat; the second takes over and finishes; then the first wakes."""
        second_is_done = threading.Event()

        def hang_once(run):
            effect(run)
            if run.job.attempts == 1:
                assert second_is_done.wait(10)

        self.kinds.register_job("paint", run=hang_once)
        monkeypatch.setattr(lease, "_beat", lambda run, stop: None)
        job = enqueue("paint", key="1")

        def take_over():
            time.sleep(1.2)
            run_job(job.pk)
            second_is_done.set()

        assert at_once(lambda: run_job(job.pk), take_over) == [None, None]
        return job

    def test_what_was_done_without_the_lease_is_rolled_back(self, monkeypatch):
        job = self.lose_the_lease(monkeypatch)
        job.refresh_from_db()
        assert (facts(), job.state, job.attempts) == ([{}], "done", 2)

    def test_it_would_be_done_twice_without_the_condition_on_the_lease(self, monkeypatch):
        monkeypatch.setattr(jobs, "_still_held", lambda run: run.job)
        self.lose_the_lease(monkeypatch)
        assert facts() == [{}, {}]

    def test_a_job_that_has_lost_its_lease_stops_at_its_next_word_of_progress(self):
        after = []

        def hang(run):
            run.is_lost = True
            run.progress(done=1)
            after.append(run)

        self.kinds.register_job("paint", run=hang)
        job = enqueue("paint", key="1")
        run_job(job.pk)
        job.refresh_from_db()
        assert (after, job.state) == ([], "running")

    def test_the_heartbeat_notices_that_the_lease_is_lost(self):
        def hang(run):
            # Somebody else's claim, as it would be after this worker had been frozen for longer than its lease.
            def steal():
                Job.objects.filter(pk=run.job.pk).update(worker="another")

            at_once(steal)
            for _ in range(100):
                if run.is_lost:
                    break
                time.sleep(0.05)
            run.progress(done=1)

        self.kinds.register_job("paint", run=hang)
        job = enqueue("paint", key="1")
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.worker) == ("running", "another")

    def test_the_heartbeat_leaves_no_connection_behind(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            before = cursor.fetchone()
        self.kinds.register_job("paint", run=lambda run: time.sleep(0.6))
        run_job(enqueue("paint", key="1").pk)
        time.sleep(0.1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            assert cursor.fetchone() == before

    def test_a_job_inside_somebodys_transaction_ends_with_it(self):
        self.kinds.register_job("paint", run=effect)
        with transaction.atomic():
            job = enqueue("paint", key="1")
            run_job(job.pk)
            transaction.set_rollback(True)
        assert (facts(), Job.objects.count()) == ([], 0)

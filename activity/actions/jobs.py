import logging
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now

from activity import registry
from activity.actions.waking import wake, wake_on_commit
from activity.lease import held, lease_end
from activity.models import Job
from activity.registry import JobRefused, JobRun, LeaseLost
from activity.workflow import JOB_FLOW
from core import clock

logger = logging.getLogger(__name__)

RUN_TASK = "activity.run_job"
ATTEMPTS = 5
# Errors that can pass by themselves; everything else is a mistake that a second try would only repeat.
PASSING = (OperationalError, InterfaceError, OSError)
TRIED_OFTEN = (
    "This could not be finished after several tries, and nothing was changed. Try again, or quote {reference}."
)
OUR_MISTAKE = "Something went wrong on our side and nothing was changed. If it happens again, quote {reference}."


def enqueue(kind: str, *, key: str, by: Any = None, **payload: Any) -> Job:
    """The job will be done once this transaction commits. The same key again is the same job."""
    job, is_new = Job.objects.get_or_create(key=key, defaults={"kind": kind, "payload": payload, "by": by})
    if is_new:
        wake_on_commit(RUN_TASK, job.pk)
    return job


def run_job(job_id: int) -> None:
    """The job is done, failed with a sentence, put back for later, or somebody else's. Safe to call at any time.

    The effect and "done" are one transaction, which is rolled back when the lease was lost meanwhile.
    """
    is_visible = not transaction.get_connection().in_atomic_block
    run = _claim(job_id)
    if run is None:
        return
    try:
        with transaction.atomic():
            with held(run, is_visible=is_visible):
                registry.JOBS[run.job.kind].run(run)
            _finish(run)
    except LeaseLost:
        logger.warning("job %s: another worker took over, rolled back", job_id)
    except JobRefused as refusal:
        _fail(run, sentence=str(refusal))
    except PASSING as error:
        logger.warning("job %s: attempt %s: %s", job_id, run.job.attempts, type(error).__name__)
        _put_back(run)
    except Exception:
        logger.exception("job %s of kind %s", job_id, run.job.kind)
        _fail(run, sentence=OUR_MISTAKE.format(reference=run.job.reference))


def sweep_jobs(*, limit: int = 100) -> int:
    """Workers have been told again of jobs that nobody holds. Returns how many.

    A job whose worker is gone is announced as soon as its lease has run out; one that only waits in the queue may
    have lost its message, and is announced again when nothing was heard of it for a lease's time.
    """
    quiet_for = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    with transaction.atomic():
        free = Job.objects.select_for_update(skip_locked=True).free().not_woken_for(quiet_for).order_by("pk")[:limit]
        ids = [job.pk for job in free]
        Job.objects.filter(pk__in=ids).update(woken_at=Now())
    for job_id in ids:
        wake(RUN_TASK, job_id)
    return len(ids)


def _claim(job_id: int) -> JobRun | None:
    """Nobody else runs this job until the lease ends. None: it is held or over, or has been tried too often."""
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).free().filter(pk=job_id).first()
        if job is None:
            return None
        if job.attempts >= ATTEMPTS:
            _end(job, "give_up", error=TRIED_OFTEN.format(reference=job.reference))
            return None
        job.state = JOB_FLOW.target(job.state, "claim")
        job.attempts += 1
        job.worker = secrets.token_hex(8)
        job.lease_until = lease_end()
        job.started_at = job.started_at or clock.now()
        job.done_steps, job.all_steps, job.doing = 0, None, ""
        job.save()
    return JobRun(job)


def _finish(run: JobRun) -> None:
    job = _still_held(run)
    if job is None:
        raise LeaseLost(run.job.key)
    job.done_steps, job.all_steps = run.job.done_steps, run.job.all_steps
    _end(job, "finish")


def _fail(run: JobRun, *, sentence: str) -> None:
    with transaction.atomic():
        if job := _still_held(run):
            _end(job, "fail", error=sentence)


def _put_back(run: JobRun) -> None:
    """The job waits a little, longer after each attempt, and is then found by the sweep."""
    with transaction.atomic():
        if job := _still_held(run):
            job.state = JOB_FLOW.target(job.state, "put_back")
            job.lease_until = Now() + timedelta(seconds=2**job.attempts)
            job.save()


def _still_held(run: JobRun) -> Job | None:
    return Job.objects.select_for_update().held_by(run.job.worker).filter(pk=run.job.pk).first()


def _end(job: Job, verb: str, *, error: str = "") -> None:
    """The job is over. After a failure its kind cleans up, in the same transaction."""
    job.state = JOB_FLOW.target(job.state, verb)
    job.error = error[:300]
    job.doing = ""
    job.lease_until = None
    job.ended_at = clock.now()
    job.save()
    kind = registry.JOBS.get(job.kind)
    if error and kind and kind.on_failure:
        try:
            with transaction.atomic():
                kind.on_failure(job)
        except Exception:
            # The failure itself must stand, or the job would come back for ever.
            logger.exception("cleaning up after job %s of kind %s", job.pk, job.kind)

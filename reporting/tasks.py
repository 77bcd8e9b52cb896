"""What this floor does in the background."""

from celery import shared_task

from activity.registry import JobRefused, JobRun, register_job
from core.errors import RuleBroken
from reporting import actions
from reporting.actions.reports import MAKE
from reporting.actions.returns import CHANGES, RETURN
from reporting.models import ReportRun, ReturnRun


def run_report(run: JobRun) -> None:
    """Makes one file of a report; the file and the job's end are written together."""
    try:
        actions.make_report(run=ReportRun.objects.get(pk=run.payload["run_id"]), progress=run.progress)
    except RuleBroken as refusal:
        raise JobRefused(refusal.message) from refusal


def run_return(run: JobRun) -> None:
    """The return is made, once; a return that is made already stays as it is."""
    actions.make_return(run=ReturnRun.objects.get(pk=run.payload["run_id"]), progress=run.progress)


def register() -> None:
    """Jobs find what does them by their names."""
    register_job(MAKE, run=run_report)
    for kind in (RETURN, CHANGES):
        register_job(kind, run=run_return)


@shared_task(name="reporting.add_up", ignore_result=True, soft_time_limit=50, time_limit=60)
def add_up() -> None:
    """The counters of all areas have taken in what changed in the last minute."""
    actions.add_up()


@shared_task(name="reporting.count", ignore_result=True, soft_time_limit=3300, time_limit=3500)
def count() -> None:
    """Every area is counted one by one for today, and yesterday's figures are kept, or those of a day that is missing;
    asked every hour, so that a night that was missed is caught up."""
    actions.reconcile_due()
    actions.keep_days()


@shared_task(name="reporting.make_due_reports", ignore_result=True, soft_time_limit=280, time_limit=300)
def make_due_reports() -> None:
    """Every report that comes by itself and is due is being made."""
    actions.make_due_reports()


@shared_task(name="reporting.fold_use", ignore_result=True, soft_time_limit=1700, time_limit=1800)
def fold_use() -> None:
    """Of yesterday's use of the site numbers are left, and of earlier days that were missed."""
    actions.fold_use()

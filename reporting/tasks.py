"""What this floor does in the background."""

from celery import shared_task

from reporting import actions


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

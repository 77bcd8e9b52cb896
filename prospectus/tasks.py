"""What the prospectus does in the background."""

from celery import shared_task

from prospectus.actions import refresh_search


@shared_task(name="prospectus.nightly", ignore_result=True, time_limit=1800)
def nightly() -> None:
    """Search is made anew: starts that have passed no longer lead a course, words nobody uses any more are gone."""
    refresh_search()

"""Showing a course to everybody, taking it out, and bringing it back."""

from typing import Any, NamedTuple

from django.db import transaction

from activity.actions import record
from core import clock
from prospectus.actions.changing import NotReady, changing_course, changing_run, lock_provider
from prospectus.actions.search import refresh_search
from prospectus.models import Course, CourseRun, CourseState, RunState
from prospectus.policies import PROVIDER_POLICY
from prospectus.queries.readiness import failings, run_failings
from prospectus.queries.rollover import rolled_drafts
from prospectus.registry import live_on
from prospectus.workflow import RUN_FLOW
from providers.models import Organisation


class Withdrawn(NamedTuple):
    """The course, and how many live applications stand on its runs. They go on as they are."""

    course: Course
    live: int


def publish_course(*, course: Course, by: Any) -> Course:
    """Everybody can find the course, with all its dates. It has been checked today.

    Raises: NotAllowed, StaleState (not a draft any more), NotReady with everything to put right, and nothing is shown.
    """
    with changing_course(course, "publish", by=by) as change:
        course = change.thing
        if found := failings(course):
            raise NotReady(found)
        drafts = CourseRun.objects.select_for_update(no_key=True).filter(course=course, ended_on=None)
        shown = [_publish(run, by=by) for run in drafts.filter(state=RunState.DRAFT).order_by("pk")]
        course.checked_on = clock.today()
        course.published_at = course.published_at or clock.now()
        change.facts["runs"] = len(shown)
    return course


def withdraw_course(*, course: Course, by: Any) -> Withdrawn:
    """Nobody finds the course any more. Whoever applied for it keeps the application; it is for the provider to answer.

    Raises: NotAllowed, StaleState (withdrawn already).
    """
    with changing_course(course, "withdraw", by=by) as change:
        live = live_on(list(change.thing.runs.values_list("pk", flat=True)))
        change.facts["live"] = live
    return Withdrawn(change.thing, live)


def bring_back_course(*, course: Course, by: Any) -> Course:
    """The course is a draft again, to be looked at before it is published.

    Raises: NotAllowed, StaleState (not withdrawn).
    """
    with changing_course(course, "bring_back", by=by) as change:
        return change.thing


def publish_run(*, run: CourseRun, by: Any) -> CourseRun:
    """Everybody sees this date of a published course.

    Raises: NotAllowed, StaleState (no draft any more, or ended), NotReady.
    """
    with changing_run(run, "publish", by=by) as change:
        if found := run_failings(change.thing):
            raise NotReady(found)
        return change.thing


def end_run(*, run: CourseRun, by: Any) -> CourseRun:
    """The run is taken out from today and stays on record for those who applied.

    Raises: NotAllowed, StaleState (ended already, or its course is withdrawn).
    """
    with changing_run(run, "end", by=by) as change:
        change.thing.ended_on = clock.today()
        change.thing.takes_applications = False
        change.facts["live"] = live_on([run.pk])
        return change.thing


@transaction.atomic
def publish_ready(*, provider: Organisation, by: Any) -> int:
    """Every copy of last year's dates that is right, of the provider's published courses, is seen by everybody.

    Returns how many. What is not right stays a draft, and so does what somebody is still writing by hand.
    Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "publish_ready", provider)
    provider = lock_provider(provider.pk)
    drafts = rolled_drafts(provider).filter(course__state=CourseState.PUBLISHED)
    locked = drafts.select_for_update(of=("self",), no_key=True).order_by("pk")
    ready = [run for run in locked if not run_failings(run)]
    for run in ready:
        _publish(run, by=by)
    if ready:
        refresh_search(provider=provider)
    return len(ready)


def _publish(run: CourseRun, *, by: Any) -> CourseRun:
    """The locked run is published; search is told by the caller."""
    run.state = RUN_FLOW.target(run.state, "publish")
    run.changed_at = clock.now()
    run.save(update_fields=["state", "changed_at"])
    record("run.publish", subject=run, by=by, course=run.course_id)
    return run

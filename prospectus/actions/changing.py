"""The one way a course or a run is changed by hand.

Lock order: the provider, then what is changed, then search. It is the order of a catalogue that is being published, so
an upload and an editor wait for each other and never end in a deadlock.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext

from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.actions.search import refresh_search
from prospectus.models import Course, CourseRun, CourseState, RunState
from prospectus.policies import COURSE_POLICY, RUN_POLICY
from prospectus.queries.readiness import Failing, failings, worse
from prospectus.workflow import COURSE_FLOW, RUN_FLOW
from providers.models import Organisation


class ChangedMeanwhile(StaleState):
    """Somebody else saved it after this person had opened it. Nothing was written."""


class NotReady(RuleBroken):
    """It may not be shown to everybody yet; ``failings`` are what to put right."""

    def __init__(self, found: list[Failing]) -> None:
        words = ngettext(
            "Put %(number)s thing right first: %(sentences)s",
            "Put %(number)s things right first: %(sentences)s",
            len(found),
        )
        sentences = " ".join(each.sentence for each in found)
        super().__init__(words % {"number": len(found), "sentences": sentences}, code="not_ready")
        self.failings = found


class Change:
    """One change while it happens: what is changed, freshly read, and what the body wants written with it."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing
        self.facts: dict[str, Any] = {}
        self.is_repeat = False  # the body found that all of this is so already: nothing is written


def lock_provider(provider_id: int) -> Organisation:
    """Whoever else would change this provider's courses waits. Choices may still be made that point at it."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=provider_id)


@contextmanager
def changing_course(
    course: Course, verb: str, *, by: Any, as_of: dt.datetime | None = None, tells_search: bool = True
) -> Iterator[Change]:
    """Lock, ask who and whether, run the body, write state and history, and let search know. The only writer of
    ``Course.state`` besides the merge of an upload.

    ``as_of`` is the ``changed_at`` of the course as this person saw it. Who changes many courses in one transaction
    lets search know once, after the last. Raises: NotAllowed, StaleState,
    ChangedMeanwhile, NotReady where everybody sees the course and it now fails what it passed.
    """
    with transaction.atomic():
        lock_provider(course.provider_id)
        course = Course.objects.select_for_update(of=("self",)).select_related("provider__area").get(pk=course.pk)
        COURSE_POLICY.require(by, verb, course)
        if not COURSE_FLOW.targets(course.state, verb):
            raise StaleState(f"Cannot {verb} from {course.state}")
        _require_unchanged(course, as_of)
        was_public = course.state == CourseState.PUBLISHED
        before = failings(course) if verb == "edit" and was_public else []
        change = Change(course)
        yield change
        if change.is_repeat:
            return
        course.state = COURSE_FLOW.target(course.state, verb)
        course.changed_at = clock.now()
        course.save()
        if verb == "edit" and was_public:
            _require_no_worse(before, course)
        record(f"course.{verb}", subject=course, by=by, provider=course.provider_id, **change.facts)
        if tells_search and (was_public or course.state == CourseState.PUBLISHED):
            refresh_search(provider=course.provider)


@contextmanager
def changing_run(
    run: CourseRun, verb: str, *, by: Any, as_of: dt.datetime | None = None, tells_search: bool = True
) -> Iterator[Change]:
    """The same for a run; the only writer of ``CourseRun.state`` besides an upload and a roll over.

    Raises: NotAllowed, StaleState (also for a run that has ended, or whose course is withdrawn), ChangedMeanwhile,
    NotReady.
    """
    with transaction.atomic():
        lock_provider(run.course.provider_id)
        runs = CourseRun.objects.select_for_update(of=("self",), no_key=True)
        run = runs.select_related("course__provider__area", "site").get(pk=run.pk)
        RUN_POLICY.require(by, verb, run)
        is_open = run.ended_on is None and bool(COURSE_FLOW.targets(run.course.state, "edit"))
        if not is_open or not RUN_FLOW.targets(run.state, verb):
            raise StaleState(f"Cannot {verb} a run that is {run.state}, ended or of a withdrawn course")
        _require_unchanged(run, as_of)
        was_public = run.state == RunState.PUBLISHED and run.course.state == CourseState.PUBLISHED
        before = failings(run.course) if verb == "edit" and was_public else []
        change = Change(run)
        yield change
        if change.is_repeat:
            return
        run.state = RUN_FLOW.target(run.state, verb)
        run.changed_at = clock.now()
        run.save()
        if verb == "edit" and was_public:
            _require_no_worse(before, run.course)
        course = run.course
        record(f"run.{verb}", subject=run, by=by, course=course.pk, provider=course.provider_id, **change.facts)
        if tells_search and (was_public or verb == "publish"):
            refresh_search(provider=course.provider)


def _require_unchanged(thing: Course | CourseRun, as_of: dt.datetime | None) -> None:
    if as_of is not None and thing.changed_at != as_of:
        raise ChangedMeanwhile(f"{thing._meta.label_lower}:{thing.pk} was saved at {thing.changed_at}")


def _require_no_worse(before: list[Failing], course: Course) -> None:
    if found := worse(before, failings(course)):
        raise NotReady(found)

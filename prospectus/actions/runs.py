"""Writing down when and where a course runs."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import RuleBroken
from core.references import new_reference
from prospectus.actions.changing import changing_course, changing_run
from prospectus.models import Course, CourseRun, RunState

RUN_FIELDS = frozenset(
    (
        "provider_reference", "site", "starts_on", "start_text", "ends_on", "is_flexible_start", "duration_text",
        "study_mode", "delivery", "pattern", "mode_text", "cost_pence", "cost_text", "extra_cost_pence",
        "option_block", "places", "apply_from_on", "apply_until_on", "apply_url",
    )
)  # fmt: skip

OPENING = {"apply_from_on", "apply_until_on", "apply_url"}


def create_run(*, course: Course, values: Mapping[str, Any], by: Any) -> CourseRun:
    """The course has one more draft date. The course itself stays as it is.

    Raises: NotAllowed, StaleState (the course is withdrawn), RuleBroken ``code_taken``, ``dates_not_in_order`` or
    ``not_your_site``.
    """
    _require_known(values)
    with changing_course(course, "edit", by=by) as change:
        change.is_repeat = True  # the course's own row is as before
        reference = new_reference()
        run = CourseRun(reference=reference, course=change.thing, state=RunState.DRAFT)
        for name, value in values.items():
            setattr(run, name, value)
        run.provider_reference = run.provider_reference or reference
        _require_possible(run)
        run.save()
        record("run.create", subject=run, by=by, course=course.pk, provider=course.provider_id)
    return run


def edit_run(
    *, run: CourseRun, values: Mapping[str, Any], by: Any, as_of: dt.datetime | None = None, tells_search: bool = True
) -> CourseRun:
    """The run is as ``values`` say, by name of field (``RUN_FIELDS``); what they leave out stays. Who changes many
    lets search know once, after the last.

    Raises: NotAllowed, StaleState (ended, or of a withdrawn course), ChangedMeanwhile, NotReady where everybody sees
    it, RuleBroken ``code_taken``, ``dates_not_in_order`` or ``not_your_site``.
    """
    _require_known(values)
    with changing_run(run, "edit", by=by, as_of=as_of, tells_search=tells_search) as change:
        run = change.thing
        changed = sorted(name for name, value in values.items() if getattr(run, name) != value)
        for name in changed:
            setattr(run, name, values[name])
        if not OPENING.isdisjoint(changed):
            run.opening_set_on = clock.today()
        run.provider_reference = run.provider_reference or run.reference
        _require_possible(run)
        change.facts["fields"] = changed
        change.is_repeat = not changed
    return run


def _require_known(values: Mapping[str, Any]) -> None:
    if unknown := set(values) - RUN_FIELDS:
        raise KeyError(f"A run's {', '.join(sorted(unknown))} cannot be changed here")


def _require_possible(run: CourseRun) -> None:
    """What not even a draft may be: the database would refuse it, or it would send learners to another provider."""
    if run.starts_on and run.ends_on and run.ends_on < run.starts_on:
        raise RuleBroken(_("The end is before the start. Change one of them."), code="dates_not_in_order")
    if run.site is not None and run.site.organisation_id not in _who_teaches(run.course):
        raise RuleBroken(_("Choose a site of the provider, or of one of its partners."), code="not_your_site")
    same = CourseRun.objects.filter(course=run.course, provider_reference=run.provider_reference)
    if same.exclude(pk=run.pk).exists():
        raise RuleBroken(
            _("Another date of this course has the code %(provider_reference)s. Use a code of its own.")
            % {"provider_reference": run.provider_reference},
            code="code_taken",
        )


def _who_teaches(course: Course) -> set[int]:
    keys = {course.provider_id}
    if course.consortium is not None:
        keys.update(course.consortium.partners.current().values_list("provider", flat=True))
    return keys

"""Keeping many courses right at once: "everything is still correct", and one thing set for all that were ticked."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.actions.changing import ChangedMeanwhile, changing_course, lock_provider
from prospectus.actions.editing import write_values
from prospectus.actions.runs import edit_run
from prospectus.actions.search import refresh_search
from prospectus.models import Course, CourseState
from prospectus.policies import PROVIDER_POLICY
from prospectus.queries.health import Problem
from prospectus.queries.mends import Proposal, propose, with_runs
from prospectus.registry import live_on
from providers.models import Organisation


@transaction.atomic
def confirm_courses(*, provider: Organisation, by: Any) -> int:
    """Everything this provider has in the prospectus is still right, as of today; returns how many courses say so now.

    A second time on the same day changes nothing. Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "confirm_courses", provider)
    provider = lock_provider(provider.pk)
    courses = Course.objects.filter(provider=provider, state=CourseState.PUBLISHED)
    confirmed = courses.exclude(checked_on=clock.today()).update(checked_on=clock.today())
    if confirmed:
        record("provider.confirm_courses", subject=provider, by=by, courses=confirmed)
    return confirmed


MOST_AT_ONCE = 200  # courses mended in one go: somebody waits for it, and the page has two hidden fields for each


class Mended(NamedTuple):
    """How many courses were mended, and those that were not, each with a sentence."""

    done: int
    refused: list[tuple[Course, str]]


@transaction.atomic
def mend_courses(
    *, provider: Organisation, problem: Problem, seen: Mapping[str, dt.datetime], answers: Mapping[str, Any], by: Any
) -> Mended:
    """The same is set for all these courses of the provider, as ``propose`` says it, each through the action and the
    checks of its own form.

    ``seen`` is each course's ``changed_at`` as this person saw it, by reference. A course that somebody else has
    changed since, or that may not be so, stays as it is and is in the answer; the others are mended in one transaction.
    Raises: NotAllowed, RuleBroken ``too_many``.
    """
    PROVIDER_POLICY.require(by, "mend_courses", provider)
    if len(seen) > MOST_AT_ONCE:
        raise RuleBroken(
            _("Choose at most %(most_at_once)s courses at a time.") % {"most_at_once": MOST_AT_ONCE}, code="too_many"
        )
    provider = lock_provider(provider.pk)
    courses = with_runs(Course.objects.filter(provider=provider, reference__in=list(seen)).order_by("pk"))
    done, refused = 0, []
    for proposal in propose(problem, courses, answers):
        sentence = _mend(proposal, as_of=seen[proposal.course.reference], by=by)
        done += not sentence
        if sentence:
            refused.append((proposal.course, sentence))
    if done:
        record("provider.mend_courses", subject=provider, by=by, problem=problem.value, courses=done)
        refresh_search(provider=provider)
    return Mended(done, refused)


def _mend(proposal: Proposal, *, as_of: dt.datetime, by: Any) -> str:
    """Empty where all of it is written; else why none of it is."""
    course = proposal.course
    if not proposal.differences:
        return _("It is so already.")
    try:
        with changing_course(course, proposal.verb, by=by, as_of=as_of, tells_search=False) as change:
            for run, values in proposal.runs:
                edit_run(run=run, values=values, by=by, as_of=run.changed_at, tells_search=False)
            if proposal.verb == "withdraw":
                change.facts["live"] = live_on(list(course.runs.values_list("pk", flat=True)))
            else:
                write_values(change, proposal.values)
    except ChangedMeanwhile:
        return _("Somebody changed it while you looked. Open it and look again.")
    except StaleState:
        return _("It is not in the prospectus any more.")
    except RuleBroken as rule:
        return " ".join(rule.messages)
    return ""

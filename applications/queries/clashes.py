"""Courses that one person cannot do together, as far as what providers say of them shows."""

import datetime as dt
from collections.abc import Collection
from itertools import combinations

from django.utils.translation import gettext as _

from applications.models import Choice, ChoiceRun
from applications.workflow import OVER
from core.errors import RuleBroken
from prospectus.models import CourseRun, StudyMode


def clashes(runs: Collection[CourseRun]) -> list[RuleBroken]:
    """What forbids doing all of these runs together: one twice, or two in one option block of a provider.

    Nothing is guessed: a run without a block clashes with nothing for the want of it.
    """
    found = []
    for first, second in combinations(runs, 2):
        if first.pk == second.pk:
            words = _("%(course)s is there twice. Take one out.") % {"course": first.course}
            found.append(RuleBroken(words, code="course_twice"))
        elif _same_provider(first, second) and first.option_block and first.option_block == second.option_block:
            words = _("%(courses)s are taught at the same time. Take one out.") % {"courses": _both(first, second)}
            found.append(RuleBroken(words, code="option_clash"))
    return found


def likely_clashes(runs: Collection[CourseRun]) -> list[str]:
    """What nobody may be able to do together, but is no reason to refuse it: a course with two starts, or full time at
    two providers in one year.

    Providers call a single A level full time as readily as a whole programme, so the learner is told and decides. Two
    full-time courses at one provider are one timetable.
    """
    found = []
    for first, second in combinations(runs, 2):
        if first.pk != second.pk and first.course_id == second.course_id:
            found.append(_("%(course)s is there with two starts. Most people need one.") % {"course": first.course})
        elif (
            not _same_provider(first, second)
            and first.study_mode == second.study_mode == StudyMode.FULL_TIME
            and _overlap(first, second)
        ):
            words = _("%(courses)s are both said to be full time. Ask both places whether their days fit together.")
            found.append(words % {"courses": _both(first, second)})
    return found


def _both(first: CourseRun, second: CourseRun) -> str:
    return _(" and ").join((str(first.course), str(second.course)))


def companion_runs(choice: Choice) -> list[CourseRun]:
    """The runs of the choices that belong with this one and are not over."""
    if choice.companion_group is None:
        return []
    companions = choice.application.choices.filter(companion_group=choice.companion_group)
    companions = companions.exclude(pk=choice.pk).exclude(status__in=OVER)
    return [
        each.run for each in ChoiceRun.objects.filter(choice__in=companions).select_related("run__course__provider")
    ]


def clash_words(choice: Choice) -> list[str]:
    """What does not go together within a choice fetched ``for_list()``, and with those that belong with it."""
    runs = [each.run for each in choice.choice_runs.all()] + companion_runs(choice)
    return [str(clash.message) for clash in clashes(runs)] + likely_clashes(runs)


def _same_provider(first: CourseRun, second: CourseRun) -> bool:
    return bool(first.course.provider_id == second.course.provider_id)


def _overlap(first: CourseRun, second: CourseRun) -> bool:
    """Both are known to be under way on one day. Without an end a course lasts the school year it starts in."""
    one, other = _span(first), _span(second)
    return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]


def _span(run: CourseRun) -> tuple[dt.date, dt.date] | None:
    if run.starts_on is None or run.is_flexible_start:
        return None
    year = run.starts_on.year + 1 if run.starts_on.month >= 8 else run.starts_on.year
    return run.starts_on, run.ends_on or max(run.starts_on, dt.date(year, 7, 31))

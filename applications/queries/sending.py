"""What must be true before a choice is sent."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.models import Learner, RollEntry
from applications.models import Choice
from applications.queries.clashes import clashes, companion_runs
from applications.queries.companions import counted_choices
from applications.queries.questions import unanswered
from applications.words import date_words
from core import clock
from core.errors import RuleBroken
from ilp.queries import standing_to
from prospectus.models import CourseRun, ExperienceRequirement
from prospectus.queries.experience_words import experience_words
from prospectus.queries.opening import phase_of
from providers.models import Cycle, Organisation

NEW_YEAR_STARTS_IN = range(8, 11)  # a run that starts from August to October starts with the school year
# What has to happen before a course's required experience is met.
TO_DO = {
    "place": _l("Find one under “Tasters and visits” and book it."),
    "coming": _l("You have booked one: go to it, and then send this."),
    "write_up": _l("You were there: write about it in your plan, and have that validated."),
    "validation": _l("You have written about it: an adult has to validate that."),
}


def cycle_for(run: CourseRun, *, learner: Learner) -> Cycle:
    """The cycle of the learner's area in which this run is applied for.

    A run with a date belongs to the school year it starts in; one without to the newest cycle that has opened.

    Raises: RuleBroken ``no_cycle``, ``year_group``.
    """
    cycle = fitting(run.starts_on, Cycle.objects.running().filter(area=learner.area_id, phase=phase_of(run)))
    require_year_group(cycle, learner)
    return cycle


def that_can_be_applied_for(runs: Iterable[CourseRun], *, learner: Learner) -> list[CourseRun]:
    """Those of these for which ``cycle_for`` finds a cycle, in one question however many they are."""
    return [run for run, _cycle in with_cycles(runs, learner=learner)]


def with_cycles(runs: Iterable[CourseRun], *, learner: Learner) -> list[tuple[CourseRun, Cycle]]:
    """The same, each with its cycle."""
    entries = RollEntry.objects.current().filter(learner=learner)
    year = Subquery(entries.values("year_group")[:1])
    running: list[Any] = list(Cycle.objects.running().filter(area=learner.area_id).annotate(year_of_learner=year))
    found = []
    for run in runs:
        try:
            cycle = fitting(run.starts_on, [one for one in running if one.phase == phase_of(run)])
        except RuleBroken:
            continue
        if _is_for_year(cycle, cycle.year_of_learner):
            found.append((run, cycle))
    return found


def fitting(starts_on: dt.date | None, running: Iterable[Any]) -> Any:
    """Of an area's cycles for one phase, the next to end first, the one in which a run that starts then is applied for.

    Raises: RuleBroken ``no_cycle``.
    """
    cycles = list(running)
    if starts_on:
        starts_in = starts_on.year if starts_on.month >= min(NEW_YEAR_STARTS_IN) else starts_on.year - 1
        # A start before every running cycle's September is applied for in the one that ends next.
        fitting = [cycle for cycle in cycles if cycle.entry_year == starts_in]
        fitting = fitting or [cycle for cycle in cycles[:1] if starts_in < cycle.entry_year]
    else:
        opened = [cycle for cycle in cycles if cycle.opens_on <= clock.today()]
        fitting = opened[-1:] or cycles[:1]
    if not fitting:
        raise RuleBroken(_("Applications for this course have not been announced yet in your area."), code="no_cycle")
    return fitting[0]


def require_year_group(cycle: Cycle, learner: Learner) -> None:
    """Raises: RuleBroken ``year_group``, where the area says for which school years the cycle is and the learner is
    known to be in another. Who is on no roll is not sent away for it: the provider asks.
    """
    is_for_all = cycle.first_year_group is None and cycle.last_year_group is None
    if not is_for_all and not _is_for_year(cycle, _year_of(learner)):
        raise RuleBroken(_("This is for learners in %(years)s.") % {"years": years_words(cycle)}, code="year_group")


def _year_of(learner: Learner) -> int | None:
    """The school year of today's roll; None on no roll."""
    entry = RollEntry.objects.current().filter(learner=learner).first()
    return entry.year_group if entry else None


def _is_for_year(cycle: Cycle, year: int | None) -> bool:
    youngest, oldest = cycle.first_year_group, cycle.last_year_group
    return year is None or ((youngest is None or youngest <= year) and (oldest is None or year <= oldest))


def years_words(cycle: Cycle) -> str:
    """For which school years a cycle is: "Year 9", "Years 9 to 10"; empty for any."""
    youngest, oldest = cycle.first_year_group, cycle.last_year_group
    if youngest is None and oldest is None:
        return ""
    if youngest == oldest:
        return _("Year %(year)s") % {"year": youngest}
    if oldest is None:
        return _("Year %(year)s or older") % {"year": youngest}
    if youngest is None:
        return _("Year %(year)s or younger") % {"year": oldest}
    return _("Years %(first)s to %(last)s") % {"first": youngest, "last": oldest}


def goes_through_school(choice: Choice) -> bool:
    """The area asks for the word of the learner's school, and there is one. Who is at no school waits for nobody."""
    here = RollEntry.objects.current().filter(learner=choice.application.learner_id)
    return choice.application.cycle.has_endorsement and here.exists()


def problems_before_sending(choice: Choice) -> list[RuleBroken]:
    """Everything that forbids sending this choice today, each with what to do about it."""
    runs = [choice_run.run for choice_run in choice.choice_runs.all()]
    checks = (
        _statement_problem(choice),
        _cycle_problem(choice, runs),
        *_run_problems(choice, runs),
        *_experience_problems(choice, runs),
        *_question_problems(choice),
        _limit_problem(choice),
    )
    return [problem for problem in checks if problem]


def _statement_problem(choice: Choice) -> RuleBroken | None:
    if choice.application.statement.strip():
        return None
    return RuleBroken(_("Write your statement first: why you want to do this course."), code="statement_missing")


def _cycle_problem(choice: Choice, runs: list[CourseRun]) -> RuleBroken | None:
    cycle, today = choice.application.cycle, clock.today()
    if today > cycle.ends_on:
        return RuleBroken(_("Applications for this year are over."), code="cycle_closed")
    # A course that can be started during the year is applied for on any day.
    if today < cycle.opens_on and not all(starts_during_the_year(run) for run in runs):
        return RuleBroken(
            _("Applications open on %(date_words)s. Your choice is kept until then.")
            % {"date_words": date_words(cycle.opens_on)},
            code="cycle_not_open",
        )
    return None


def starts_during_the_year(run: CourseRun) -> bool:
    """The run can be started at another time than with the school year."""
    return run.is_flexible_start or (run.starts_on is not None and run.starts_on.month not in NEW_YEAR_STARTS_IN)


def not_open_yet(provider: Organisation) -> RuleBroken:
    """The provider, or its area, takes applications here from a day to come."""
    return RuleBroken(
        _("%(provider)s takes applications here from %(day)s. Until then, see its own way to apply.")
        % {"provider": provider, "day": date_words(provider.opens_on)},
        code="provider_not_open",
    )


def _run_problems(choice: Choice, runs: list[CourseRun]) -> list[RuleBroken]:
    if not choice.provider.takes_applications:
        return [
            RuleBroken(
                _("%(provider)s does not take applications here. Ask %(provider)s how to apply.")
                % {"provider": choice.provider},
                code="provider_closed",
            )
        ]
    problems = []
    open_ids = set(
        CourseRun.objects.open_for_applications().filter(pk__in=[run.pk for run in runs]).values_list("pk", flat=True)
    )
    if len(open_ids) < len(runs) and choice.provider.opens_on:
        return [not_open_yet(choice.provider)]
    problems += [
        RuleBroken(
            _("%(course)s no longer takes applications. Take it out of this choice.") % {"course": run.course},
            code="run_closed",
        )
        for run in runs
        if run.pk not in open_ids
    ]
    elsewhere = set(
        CourseRun.objects.filter(
            pk__in=[run.pk for run in runs],
            choice_runs__choice__in=choice.application.choices.that("is_live").exclude(pk=choice.pk),
        ).values_list("pk", flat=True)
    )
    problems += [
        RuleBroken(
            _("%(course)s is in another choice that you have sent already.") % {"course": run.course},
            code="run_in_live_choice",
        )
        for run in runs
        if run.pk in elsewhere
    ]
    problems += clashes(runs + companion_runs(choice))
    return problems


def _experience_problems(choice: Choice, runs: list[CourseRun]) -> list[RuleBroken]:
    """What these courses ask to have been tried first and the learner has not. Source: SPEC C4, requirements."""
    asked = ExperienceRequirement.objects.filter(course__in={run.course_id for run in runs})
    problems = []
    for requirement in asked.select_related("course__provider", "course__subject__parent").order_by("course"):
        standing = standing_to(requirement, choice.application.learner)
        if not standing.is_met:
            words = _("%(course)s asks you to try something first. %(what)s %(next)s") % {
                "course": requirement.course,
                "what": experience_words(requirement)[0],
                "next": TO_DO[standing.lacks],
            }
            problems.append(RuleBroken(words, code="experience_missing"))
    return problems


def _question_problems(choice: Choice) -> list[RuleBroken]:
    """What the provider asks of everybody and is not answered."""
    return [
        RuleBroken(
            _("%(provider)s asks: %(question)s Answer this first.")
            % {"provider": choice.provider, "question": question.words},
            code="question_unanswered",
        )
        for question in unanswered(choice)
    ]


def _limit_problem(choice: Choice) -> RuleBroken | None:
    limit = choice.application.cycle.choice_limit
    if counted_choices(choice.application, sending=choice) <= limit:
        return None
    return RuleBroken(
        _(
            "You have %(limit)s choices under way, which is as many as you may have at once. "
            "Withdraw one, or wait for an answer."
        )
        % {"limit": limit},
        code="limit_reached",
    )

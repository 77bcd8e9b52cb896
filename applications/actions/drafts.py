"""Everything before a choice is sent: starting, courses in and out, the order."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from accounts.models import Learner
from activity.actions import record
from applications.actions.moving import lock_application
from applications.models import Application, Choice, ChoiceRun
from applications.policies import APPLICATION_POLICY, LEARNER_POLICY
from applications.queries.sending import cycle_for, not_open_yet
from applications.workflow import CHOICE_FLOW, ChoiceState
from core.errors import RuleBroken, StaleState
from prospectus.models import CourseRun
from prospectus.queries.opening import phase_of
from providers.models import Cycle

DRAFTS_AT_ONCE = 20


@transaction.atomic
def start_application(*, learner: Learner, cycle: Cycle, by: Any) -> Application:
    """The learner has an application in this cycle: the one there was, or a new one.

    Raises: NotAllowed.
    """
    LEARNER_POLICY.require(by, "start_application", learner)
    known = Application.objects.filter(learner=learner, cycle=cycle).first()
    if known is not None:
        return known
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    application, is_new = Application.objects.get_or_create(learner=learner, cycle=cycle)
    if is_new:
        record("application.start", subject=application, by=by, entry_year=cycle.entry_year)
    return application


@transaction.atomic
def add_run(
    *, learner: Learner, run: CourseRun, by: Any, choice: Choice | None = None, is_alone: bool = False
) -> Choice:
    """The run is in a draft: a new choice of its own, or part of the programme of ``choice``.

    Adding the same run twice changes nothing, so a double click makes one choice; ``is_alone``: a draft in which it
    stands with other courses is not that one.

    Raises: NotAllowed, StaleState (the draft was sent meanwhile), RuleBroken ``run_closed``, ``provider_not_open``,
    ``no_cycle``, ``other_provider``, ``other_phase``, ``too_many_drafts``.
    """
    if not CourseRun.objects.open_for_applications().of_practice(learner.area.is_practice).filter(pk=run.pk).exists():
        provider = run.course.provider
        if run.takes_applications and provider.takes_applications and provider.opens_on:
            raise not_open_yet(provider)
        raise RuleBroken(gettext("This course does not take applications here at the moment."), code="run_closed")
    if choice is None:
        application = start_application(learner=learner, cycle=cycle_for(run, learner=learner), by=by)
    else:
        application = choice.application
    application = lock_application(application.pk)
    APPLICATION_POLICY.require(by, "choose", application)
    drafts = application.choices.filter(status=ChoiceState.DRAFT)
    if choice is None:
        same = _with_run(drafts, run, is_alone=is_alone)
        if same:
            return same
        if drafts.count() >= DRAFTS_AT_ONCE:
            raise RuleBroken(
                gettext("You have 20 choices you have not sent. Take some away first."), code="too_many_drafts"
            )
        last = application.choices.aggregate(last=Max("rank"))["last"] or 0
        choice = Choice.objects.create(application=application, provider=run.course.provider, rank=last + 1)
    else:
        choice = _draft(choice)
        if choice.provider_id != run.course.provider_id:
            raise RuleBroken(
                gettext("All courses of one choice are at one provider. Add this one as a choice of its own."),
                code="other_provider",
            )
        if phase_of(run) != application.cycle.phase:
            raise RuleBroken(
                gettext("This course is not for the same school years. Add it as a choice of its own."),
                code="other_phase",
            )
    _, is_new = ChoiceRun.objects.get_or_create(
        choice=choice, run=run, defaults={"position": choice.choice_runs.count() + 1}
    )
    if is_new:
        record("choice.add_run", subject=choice, by=by, course=run.course.title, provider=run.course.provider.name)
    return choice


def _with_run(drafts: Any, run: CourseRun, *, is_alone: bool) -> Choice | None:
    found = drafts.filter(choice_runs__run=run)
    if is_alone:
        found = found.exclude(pk__in=ChoiceRun.objects.exclude(run=run).values("choice"))
    return found.first()


@transaction.atomic
def remove_run(*, choice: Choice, run: CourseRun, by: Any) -> Choice:
    """The draft no longer has this run. The last one cannot go: the choice would be about nothing.

    Raises: NotAllowed, StaleState, RuleBroken ``last_run``.
    """
    application = lock_application(choice.application_id)
    APPLICATION_POLICY.require(by, "choose", application)
    choice = _draft(choice)
    others = choice.choice_runs.exclude(run=run)
    if not others.exists():
        raise RuleBroken(
            gettext("A choice needs at least one course. Take the whole choice away instead."), code="last_run"
        )
    removed, _ = choice.choice_runs.filter(run=run).delete()
    if removed:
        record("choice.remove_run", subject=choice, by=by, course=run.course.title)
    return choice


@transaction.atomic
def rank_choice(*, choice: Choice, rank: int, by: Any) -> Choice:
    """The choice stands at ``rank`` in the learner's order and the others close up around it.

    Raises: NotAllowed, StaleState (the draft was taken away meanwhile).
    """
    application = lock_application(choice.application_id)
    APPLICATION_POLICY.require(by, "rank", application)
    choices = list(application.choices.to_show_the_learner())
    moved = next((each for each in choices if each.pk == choice.pk), None)
    if moved is None:
        raise StaleState("This draft was taken away meanwhile.")
    choices.remove(moved)
    choices.insert(rank - 1, moved)
    for position, each in enumerate(choices, start=1):
        each.rank = position
    Choice.objects.bulk_update(choices, ["rank"])
    record("choice.rank", subject=moved, by=by, rank=moved.rank)
    return moved


def _draft(choice: Choice) -> Choice:
    choice = Choice.objects.select_related("application").get(pk=choice.pk)
    if not CHOICE_FLOW.targets(choice.status, "send"):
        raise StaleState("Only a choice that is not sent yet can be changed.")
    return choice

"""A school's queue of choices to endorse in the invented town: one is late, one is on its last day, the others have time."""

import datetime as dt

from accounts.models import Learner, User
from applications import actions as apply
from applications.models import Application, Choice
from config.demo.plans import coordinator_of
from core import clock
from core.errors import RuleBroken
from prospectus.models import CourseRun
from providers.actions.cycles import TERMS, change_cycle, facts_of
from providers.models import Cycle
from providers.queries import add_working_days

# In which order their days end, as days from the stage's: one before it, one on it, then later ones.
DUE_IN = (-1, 0, 1, 2, 5, 6)


def wait_for_school(people: dict[str, User], *, day: dt.date, entry_year: int, runs: list[CourseRun]) -> None:
    """Northmoor asks for the school's word from now on, and learners of Helen's school have just sent."""
    cycle = Cycle.objects.post_16().select_related("area").get(area__name="Northmoor", entry_year=entry_year)
    days = [_sent_on(cycle, day + dt.timedelta(days=due_in)) for due_in in DUE_IN]
    with clock.at(min(days)):
        terms = {name: getattr(cycle, name) for name in TERMS} | {"has_endorsement": True}
        change_cycle(cycle=cycle, terms=terms, seen=facts_of(cycle), by=people["help_desk"])
    theirs = (one for one in _learners(cycle) if coordinator_of(one) == people["coordinator"])
    for sent_on in days:
        with clock.at(sent_on):
            next((True for learner in theirs if _sent_one(learner, cycle, runs)), None)


def _learners(cycle: Cycle) -> list[Learner]:
    """Who has an account and room for one more choice. Amina and Ben stay as their sign-ins promise."""
    found = Learner.objects.filter(area=cycle.area, user__isnull=False).exclude(given_name__in=["Amina", "Ben"])
    placed = Choice.objects.that("is_firm").values("application__learner")
    return list(found.exclude(pk__in=placed).select_related("user").order_by("pk"))


def _sent_on(cycle: Cycle, due_on: dt.date) -> dt.date:
    """The last day on which somebody who sends gives the school time until this day, or until the one before it."""
    on = due_on
    while add_working_days(on, cycle.endorsement_days, area=cycle.area) > due_on:
        on -= dt.timedelta(days=1)
    return on


def _sent_one(learner: Learner, cycle: Cycle, runs: list[CourseRun]) -> bool:
    """Whether this learner had room for one more choice, and has sent it."""
    choices = Choice.objects.filter(application__learner=learner, application__cycle=cycle)
    if not Application.objects.filter(learner=learner, cycle=cycle).exclude(statement="").exists():
        return False
    try:
        choice = choices.that_can("send").order_by("rank").first()
        if choice is None:
            asked = set(choices.values_list("provider", flat=True))
            run = next(run for run in runs if run.course.provider_id not in asked)
            choice = apply.add_run(learner=learner, run=run, by=learner.user)
        apply.send_choice(choice=choice, by=learner.user)
    except (RuleBroken, StopIteration):
        return False
    return True

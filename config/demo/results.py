"""The morning of results day in the invented town: results from every school, and what happened at a desk since eight."""

import datetime as dt
from random import Random

from django.utils import timezone

from accounts.models import Learner, RollEntry, User
from applications import actions as apply
from applications.actions.results import ResultRow, bring_results
from applications.models import Application, Choice
from applications.queries.clearing import runs_to_ask_for
from applications.queries.results_day import Verdict, in_order, outcomes_at
from config.demo.plans import coordinator_of
from core import clock
from providers.actions.cycles import TERMS, change_cycle, facts_of
from providers.models import Cycle, Organisation

CONDITIONS = [
    apply.Condition(kind="grade", subject="English", grade="4"),
    apply.Condition(kind="grade", subject="Maths", grade="4"),
    apply.Condition(kind="grades", grade="4", number=5),
]
SUBJECTS = ("English Language", "English Literature", "Maths", "History", "Geography", "Art and Design", "French")
WITHOUT = 12  # one in so many is waiting for results
CONFIRMED_SO_FAR = 3
IN_CLEARING = 8


def say_the_hours(people: dict[str, User], *, day: dt.date, entry_year: int) -> None:
    """The area's results day: read from eight, answered from half past nine."""
    cycle = Cycle.objects.post_16().select_related("area").get(area__name="Northmoor", entry_year=entry_year)
    terms = {name: getattr(cycle, name) for name in TERMS}
    terms |= {"results_on": day, "results_from": dt.time(8), "answers_from": dt.time(9, 30)}
    change_cycle(cycle=cycle, terms=terms, seen=facts_of(cycle), by=people["help_desk"])


def come_out(people: dict[str, User], *, day: dt.date) -> None:
    """Schools have handed over results; Northfield has begun; some without a place agreed to be seen."""
    with _at(day, 8):
        _hand_over(RollEntry.objects.current().filter(year_group=11).select_related("learner", "school"))
    by, northfield = people["admissions"], Organisation.objects.get(name="Northfield College")
    with _at(day, 9):
        met = [one for one in in_order(outcomes_at(northfield), Verdict.MET) if one.can_be_confirmed]
        done = list(Choice.objects.filter(pk__in=[one.choice_id for one in met[:CONFIRMED_SO_FAR]]).order_by("pk"))
        for choice in done:
            apply.confirm_by_results(choice=choice, by=by)
    with _at(day, 9, 40):
        if done:
            _correct(done[0].application.learner)
        _agree_to_be_seen(northfield, by=by)


def _at(day: dt.date, hour: int, minute: int = 0):  # type: ignore[no-untyped-def]
    return clock.at(timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute))))


def _hand_over(entries: object) -> None:
    rows: dict[Organisation, list[ResultRow]] = {}
    for entry in entries:  # type: ignore[attr-defined]
        pick = Random(f"results {entry.learner_id}")
        if pick.randrange(WITHOUT) and coordinator_of(entry.learner):
            rows.setdefault(entry.school, []).extend(_results_of(entry.learner, pick))
    for school, found in rows.items():
        bring_results(school=school, rows=found, by=_coordinator(school))


def _coordinator(school: Organisation) -> User:
    return school.staff_roles.filter(kind="coordinator", ended_on=None).first().user


def _results_of(learner: Learner, pick: Random) -> list[ResultRow]:
    level = pick.choice((3, 4, 5, 5, 6))
    grades = {subject: str(min(9, max(1, level + pick.choice((-1, 0, 0, 1, 1))))) for subject in SUBJECTS}
    grades["Combined Science"] = f"{level}-{max(1, level - pick.randrange(2))}"
    if not pick.randrange(9):
        grades["Maths"] = "L2 Pass"  # of another qualification: somebody has to look
    return [_row(learner, number, *each) for number, each in enumerate(grades.items(), start=2)]


def _row(learner: Learner, row: int, subject: str, grade: str) -> ResultRow:
    return ResultRow(
        row=row, subject=subject, grade=grade, qualification="GCSE", upn=learner.upn or "", birth_on=learner.birth_on,
        given_name=learner.given_name, family_name=learner.family_name,
    )  # fmt: skip


def _correct(learner: Learner) -> None:
    """A grade was wrong, and goes down after the place was confirmed."""
    school = RollEntry.objects.current().get(learner=learner).school
    bring_results(school=school, rows=[_row(learner, 2, "Maths", "3")], by=_coordinator(school))


def _agree_to_be_seen(northfield: Organisation, *, by: User) -> None:
    ended = Choice.objects.filter(status="unsuccessful").values("application")
    busy = Choice.objects.that("is_live").values("application")
    without = Application.objects.filter(pk__in=ended, learner__user__isnull=False).exclude(pk__in=busy).order_by("pk")
    for application in without.select_related("learner__user", "cycle__area")[:IN_CLEARING]:
        listing = apply.agree_to_clearing(application=application, by=application.learner.user)
        if runs := runs_to_ask_for(listing, [northfield]):
            apply.invite_from_clearing(listing=listing, run=runs[0], by=by)

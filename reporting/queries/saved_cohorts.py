"""Cohorts that an organisation follows, with their numbers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Learner
from providers.models import Organisation, StaffRole
from reporting.models import SavedCohort
from reporting.queries.cohort_figures import Cell, cells_of, course_marks, marks_of
from reporting.queries.cohorts import Cohort, learners_of, reached, unaskable
from reporting.queries.readers import READERS, Reader

SHOWN = ("eligible", "planned", "sent", "offer")


def leads_of(organisation: Organisation) -> QuerySet:
    """Who can lead a cohort of this organisation: the roles of today that count cohorts."""
    return StaffRole.objects.current().filter(organisation=organisation, kind__in=READERS).select_related("user")


def cohort_of(saved: SavedCohort) -> Cohort:
    """What it asks for. A filter that there is no more narrows nothing."""
    return Cohort(**{name: value for name, value in saved.filters.items() if name in Cohort._fields})


def numbers_of(reader: Reader, saved: Sequence[SavedCohort], *, entry_year: int | None) -> list[list[Cell]]:
    """How many of each cohort reached the stages ``SHOWN``, as this person may know it. Two queries, however many, and
    one more where one is by what was applied for.

    A colleague's question that this person may not put has no numbers for them.
    """
    cohorts = [cohort_of(each) for each in saved]
    asked = [cohort for cohort in cohorts if not unaskable(reader, cohort)]
    counts: dict[str, Any] = {}
    anybody = Q(pk__in=[])  # who is in none of them is not looked at
    for place, cohort in enumerate(asked):
        inside = Q(pk__in=learners_of(reader, cohort, entry_year=entry_year).order_by().values("pk"))
        anybody |= inside
        for stage in SHOWN:
            is_there = inside & reached(reader, cohort, stage, entry_year=entry_year)
            counts[f"{stage}_{place}"] = Count("pk", filter=is_there)
    if not asked:
        return [_nothing() for _cohort in cohorts]
    numbers = Learner.objects.filter(anybody).order_by().aggregate(**counts)
    marks, courses = marks_of(reader, asked, entry_year=entry_year), course_marks(asked)
    found = iter(
        cells_of(
            reader, cohort, {stage: numbers[f"{stage}_{place}"] for stage in SHOWN}, mark=marks[place],
            courses=courses[place],
        )
        for place, cohort in enumerate(asked)
    )  # fmt: skip
    return [_nothing() if unaskable(reader, cohort) else next(found) for cohort in cohorts]


def _nothing() -> list[Cell]:
    return [Cell(stage, None, False, None) for stage in SHOWN]

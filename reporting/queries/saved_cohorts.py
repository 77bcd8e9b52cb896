"""Cohorts that an organisation follows, with their numbers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Learner
from providers.models import Organisation, StaffRole
from reporting.models import SavedCohort
from reporting.queries.cohorts import Cell, Cohort, cells_of, is_askable, learners_of, reached
from reporting.queries.readers import READERS, Reader

SHOWN = ("eligible", "planned", "sent", "offer")


def leads_of(organisation: Organisation) -> QuerySet:
    """Who can lead a cohort of this organisation: the roles of today that count cohorts."""
    return StaffRole.objects.current().filter(organisation=organisation, kind__in=READERS).select_related("user")


def cohort_of(saved: SavedCohort) -> Cohort:
    """What it asks for. A filter that there is no more narrows nothing."""
    return Cohort(**{name: value for name, value in saved.filters.items() if name in Cohort._fields})


def numbers_of(reader: Reader, saved: Sequence[SavedCohort], *, entry_year: int | None) -> list[list[Cell]]:
    """How many of each cohort reached the stages ``SHOWN``, as this person may know it. One query, however many.

    A colleague's question that this person may not put has no numbers for them.
    """
    counts: dict[str, Any] = {}
    anybody = Q(pk__in=[])  # who is in none of them is not looked at
    cohorts = [cohort_of(each) for each in saved]
    for place, cohort in enumerate(cohorts):
        if not is_askable(reader, cohort):
            continue
        inside = Q(pk__in=learners_of(reader, cohort, entry_year=entry_year).order_by().values("pk"))
        anybody |= inside
        for stage in SHOWN:
            is_there = inside & reached(reader, cohort, stage, entry_year=entry_year)
            counts[f"{stage}_{place}"] = Count("pk", filter=is_there)
    numbers = Learner.objects.filter(anybody).order_by().aggregate(**counts) if counts else {}
    nothing = [Cell(stage, None, False, None) for stage in SHOWN]
    return [
        cells_of(reader, cohort, {stage: numbers[f"{stage}_{place}"] for stage in SHOWN})
        if is_askable(reader, cohort)
        else nothing
        for place, cohort in enumerate(cohorts)
    ]

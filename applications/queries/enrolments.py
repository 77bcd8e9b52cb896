"""Rows of enrolment lists that a person has to look at, and who each of them may be about."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from accounts.models import Learner, RollEntry
from applications.models import Enrolment


def folded(*parts: str) -> str:
    """A name as names are compared."""
    return " ".join(" ".join(parts).casefold().split())


def candidates_for(user: Any, rows: Iterable[Enrolment]) -> dict[int, list[Learner]]:
    """By row the learners with its name and date of birth, of those this person may know of after school. Each has
    ``last_place``, their newest roll entry. Two queries."""
    rows = list(rows)
    found: dict[int, list[Learner]] = {row.pk: [] for row in rows}
    asked = {row.pk: (folded(row.family_name), row.birth_on) for row in rows if row.family_name and row.birth_on}
    if not asked:
        return found
    alike = Q()
    for family_name, birth_on in set(asked.values()):
        alike |= Q(birth_on=birth_on, family_name__iexact=family_name)
    known = Learner.objects.of_guarantee_for(user).filter(alike, erased_at=None, area__is_practice=False)
    learners = list(known.order_by("family_name", "given_name", "pk"))
    places: dict[int, RollEntry] = {}
    for entry in RollEntry.objects.filter(learner__in=learners).select_related("school").order_by("started_on", "pk"):
        places[entry.learner_id] = entry
    for row in rows:
        if row.pk not in asked:
            continue
        for learner in learners:
            names = {folded(learner.given_name), folded(learner.preferred_name)} - {""}
            is_named = folded(row.given_name) in names and folded(learner.family_name) == folded(row.family_name)
            if is_named and learner.birth_on == row.birth_on:
                learner.last_place = places.get(learner.pk)  # type: ignore[attr-defined]
                found[row.pk].append(learner)
    return found

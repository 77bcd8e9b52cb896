"""Lists of learners: where they are today, narrowed by filters, and what of their choices may be shown."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Learner, RollEntry
from applications.models import Choice


def with_roll(learners: QuerySet) -> QuerySet:
    """``learners`` with ``school_id``, ``school_name``, ``year_group`` and ``tutor_group`` of today's roll entry."""
    entry = RollEntry.objects.current().filter(learner=OuterRef("pk")).order_by("-started_on", "-pk")
    return learners.annotate(
        school_id=Subquery(entry.values("school")[:1]),
        school_name=Subquery(entry.values("school__name")[:1]),
        year_group=Subquery(entry.values("year_group")[:1]),
        tutor_group=Subquery(entry.values("tutor_group")[:1]),
    )


def filtered(
    learners: QuerySet,
    *,
    school: str = "",
    tutor_group: str = "",
    year_group: str = "",
    light: str = "",
    name: str = "",
) -> QuerySet:
    """``learners`` narrowed by whichever filters are given; ``school`` is the reference in the address."""
    if school:
        entries = RollEntry.objects.current().filter(school__reference=school)
        learners = learners.filter(pk__in=entries.values("learner"))
    if tutor_group:
        learners = learners.filter(tutor_group=tutor_group)
    if year_group.isdecimal():
        learners = learners.filter(year_group=int(year_group))
    if light:
        learners = learners.filter(light=light)
    for word in name.split():
        learners = learners.filter(
            Q(given_name__icontains=word) | Q(family_name__icontains=word) | Q(preferred_name__icontains=word)
        )
    return learners


def choices_to_show(user: Any, learners: Iterable[Learner], *, entry_year: int | None) -> dict[int, list[Choice]]:
    """The choices of these learners that ``user`` may see, by learner key: none where consent was not given."""
    choices = (
        Choice.objects.visible_to(user)
        .filter(
            application__learner__in=[learner.pk for learner in learners], application__cycle__entry_year=entry_year
        )
        .for_list()
    )
    shown: dict[int, list[Choice]] = {}
    for choice in choices:
        shown.setdefault(choice.application.learner_id, []).append(choice)
    return shown

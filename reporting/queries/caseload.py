"""Who needs their adviser today."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, F, Func, OuterRef, Q, QuerySet, Subquery

from accounts.models import Learner, RollEntry
from applications.models import Choice
from applications.queries.leaving import with_left_early
from core.querysets import is_nothing
from ilp.models import RecordFact, RecordKind
from providers.models import Cycle
from reporting.queries.learners import filtered, with_roll
from reporting.queries.lights import Light, LightCount, with_light
from reporting.queries.reasons import (
    BY_KEY,
    Reader,
    Reason,
    has_reason,
    newest_contact,
    reasons_of,
    season_of,
    sharing_among,
    with_reasons,
)

NOBODY = "none"  # the filter for those who have no reason today


def caseload(user: Any, *, entry_year: int | None, cycle: Cycle | None = None) -> QuerySet:
    """The learners this adviser answers for today, with every reason that holds, who needs them most first.

    Order: the most urgent reason, then the earlier day, the light, and the longest without a contact. It is said by the
    names of the reasons' columns, so that each stands in the statement once. Reasons that belong to a part of the year
    (``reasons_of``) need the ``cycle``. ``left_early_on`` is said of everybody, with consent or without: that somebody
    left has to be known to find them. What they left is not.
    """
    theirs = Learner.objects.on_caseload_of(user)
    if is_nothing(theirs):
        return theirs
    reader = Reader(user, season_of(cycle), entry_year, sharing_among(theirs))
    known = newest_contact(with_roll(with_light(with_left_early(theirs), entry_year=entry_year)))
    learners = with_reasons(known, reader=reader).annotate(is_unlocked=Q(user__isnull=False))
    return learners.order_by(
        *(F(reason.field).asc(nulls_last=True) for reason in reasons_of(reader.season)),
        _place_of_light(),
        F("contact_on").asc(nulls_first=True),
        "family_name",
        "given_name",
        "pk",
    )


def _place_of_light() -> Func:
    """The light's place in its order; what makes the light is written into the statement once."""
    lights = ", ".join(f"'{light.value}'" for light in Light)
    return Func(F("light"), template=f"array_position(ARRAY[{lights}], %(expressions)s)", output_field=_SMALL)


_SMALL = models.PositiveSmallIntegerField()


def narrowed(learners: QuerySet, *, reason: str = "", need: str = "", **filters: str) -> QuerySet:
    """``learners`` narrowed by whichever filters are given: those of every list, a reason, a level of need."""
    learners = filtered(learners, **filters)
    if reason == NOBODY:
        learners = learners.exclude(has_reason(learners))
    elif reason:
        learners = learners.filter(**{f"{BY_KEY[reason].field}__isnull": False})
    if need:
        facts = RecordFact.objects.open().filter(kind=RecordKind.NEED, code__code=need)
        learners = learners.filter(pk__in=facts.values("learner"))
    return learners


class CaseloadOptions(NamedTuple):
    """What the learners of a caseload can be narrowed by; pairs of a value and its words."""

    schools: list[tuple[str, str]]
    tutor_groups: list[str]
    year_groups: list[int]
    needs: list[tuple[str, str]]


def caseload_options(user: Any) -> CaseloadOptions:
    """Every school, group, year and level of need that is on the caseload today, from one query."""
    need = RecordFact.objects.open().filter(learner=OuterRef("learner"), kind=RecordKind.NEED)
    entries = RollEntry.objects.current().filter(learner__in=Learner.objects.on_caseload_of(user).values("pk"))
    found = set(
        entries.order_by()
        .values_list(
            "school__name",
            "school__reference",
            "year_group",
            "tutor_group",
            Subquery(need.values("code__code")[:1]),
            Subquery(need.values("code__meaning")[:1]),
        )
        .distinct()
    )
    return CaseloadOptions(
        schools=[(reference, name) for name, reference in sorted({row[:2] for row in found})],
        year_groups=sorted({row[2] for row in found}),
        tutor_groups=sorted({row[3] for row in found} - {""}),
        needs=sorted({(row[4], row[5]) for row in found if row[4]}),
    )


class ReasonCount(NamedTuple):
    reason: Reason
    count: int


class CaseloadCounts(NamedTuple):
    """How many of the same learners there are, need somebody, have each light and each reason."""

    everybody: int
    needing: int
    lights: list[LightCount]
    reasons: list[ReasonCount]

    @property
    def unneeding(self) -> int:
        return self.everybody - self.needing

    def of(self, *, light: str, reason: str) -> int | None:
        """How many the list has under one filter or none; None for both at once, which nobody has counted."""
        if light and reason:
            return None
        if reason == NOBODY:
            return self.unneeding
        if reason:
            return next(one.count for one in self.reasons if one.reason.key == reason)
        return next((one.count for one in self.lights if one.light == light), self.everybody)


def caseload_counts(learners: QuerySet, *, cycle: Cycle | None) -> CaseloadCounts:
    """From the same query as the list, in one question. A learner counts under each reason that holds."""
    here = reasons_of(season_of(cycle))
    counts = learners.order_by().aggregate(
        everybody=Count("pk"),
        needing=Count("pk", filter=has_reason(learners)),
        **{f"light_{light.value}": Count("pk", filter=Q(light=light)) for light in Light},
        **{reason.key: Count("pk", filter=Q(**{f"{reason.field}__isnull": False})) for reason in here},
    )
    return CaseloadCounts(
        everybody=counts["everybody"],
        needing=counts["needing"],
        lights=[LightCount(light, counts[f"light_{light.value}"]) for light in Light],
        reasons=[ReasonCount(reason, counts[reason.key]) for reason in here],
    )


def choices_of_rows(user: Any, learners: Iterable[Any], *, entry_year: int | None) -> dict[int, list[Choice]]:
    """What a row of the caseload says of choices, by learner key: where, and how it stands. One query."""
    shared = [learner.pk for learner in learners if learner.is_shared]
    choices = Choice.objects.on_caseload_of(user).filter(
        application__learner__in=shared, application__cycle__entry_year=entry_year
    )
    shown: dict[int, list[Choice]] = {}
    for choice in choices.select_related("provider", "application").order_by("rank", "pk") if shared else ():
        shown.setdefault(choice.application.learner_id, []).append(choice)
    return shown

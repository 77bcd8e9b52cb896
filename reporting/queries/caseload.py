"""Who needs their adviser today."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from accounts.models import Learner, RollEntry
from applications.models import Choice
from core.bulk import among
from core.querysets import is_nothing
from ilp.models import Contact, RecordFact, RecordKind
from providers.models import Cycle
from reporting.queries.learners import filtered, with_roll
from reporting.queries.lights import Light, LightCount, with_light
from reporting.queries.reasons import REASONS, Asker, Known, Reason, days_of, reasons_of, season_of

NOBODY = "none"  # the filter for those who have no reason today


class Standing(NamedTuple):
    """How one learner stands today: what is known of them, and the day of each reason that holds, by its key."""

    known: Known
    days: dict[str, dt.date]

    @property
    def has_reason(self) -> bool:
        return bool(self.days)


class Caseload:
    """Learners an adviser answers for today, who needs them most first: a list that is read when it is looked at.

    How everybody stands is two statements, by which the list is ordered, narrowed and counted; whoever is shown is one
    more. A shown learner has ``light``, ``is_shared``, what ``with_roll`` and ``with_contact`` add, and a day or None
    for each reason (``Reason.field``).
    """

    def __init__(self, learners: QuerySet, asker: Asker) -> None:
        self.learners, self.asker = learners, asker

    @cached_property
    def standings(self) -> list[Standing]:
        """In order: the most urgent reason, the earlier day, the light, the longest without a contact, the name."""
        if is_nothing(self.learners):
            return []
        people = _known(self.learners, entry_year=self.asker.entry_year)
        days = days_of(people, asker=self.asker)
        here, lights = [reason.key for reason in reasons_of(self.asker.season)], list(Light)

        def place(one: Standing) -> tuple[list[dt.date], int, dt.date]:
            days = [one.days.get(key, dt.date.max) for key in here]
            return days, lights.index(Light(one.known.light)), one.known.contact_on or dt.date.min

        return sorted((Standing(one, days[one.pk]) for one in people), key=place)

    def that(self, *, light: str = "", reason: str = "") -> "Caseload":
        """Those with this light and this reason (``NOBODY``: with none). What has been read is not read again."""
        some = Caseload(self.learners, self.asker)
        some.standings = [
            one
            for one in self.standings
            if (not light or one.known.light == light)
            and (not reason or (reason in one.days if reason != NOBODY else not one.has_reason))
        ]
        return some

    def count(self) -> int:
        return len(self.standings)

    __len__ = count

    def __iter__(self) -> Iterator[Any]:
        return iter(self[:])

    def __getitem__(self, part: slice) -> list[Any]:
        """The learners of this part, in order."""
        shown = self.standings[part]
        rows = with_contact(with_roll(Learner.objects.filter(pk__in=among(one.known.pk for one in shown)))).in_bulk()
        learners = []
        for known, days in shown:
            if (learner := rows.get(known.pk)) is None:
                continue  # erased a moment ago
            learner.light, learner.is_shared = known.light, known.is_shared
            for reason in REASONS:
                setattr(learner, reason.field, days.get(reason.key))
            learners.append(learner)
        return learners


def caseload(user: Any, *, entry_year: int | None, cycle: Cycle | None = None) -> Caseload:
    """The learners this adviser answers for today, with every reason that holds, who needs them most first.

    Reasons that belong to a part of the year (``reasons_of``) need the ``cycle``. ``left_early`` is said of everybody,
    with consent or without: that somebody left has to be known to find them. What they left is not.
    """
    return Caseload(Learner.objects.on_caseload_of(user), Asker(user, season_of(cycle), entry_year))


def _known(learners: QuerySet, *, entry_year: int | None) -> list[Known]:
    """What is known of each of ``learners``, by name. One statement."""
    shares = Learner.objects.filter(pk__in=learners.order_by().values("pk")).sharing_with_advisers()
    people = with_contact(with_roll(with_light(learners, entry_year=entry_year))).annotate(
        is_shared=models.ExpressionWrapper(Q(pk__in=shares.values("pk")), output_field=models.BooleanField())
    )
    facts = ("pk", "light", "year_group", "is_shared", "user_id", "user__last_login", "contact_on", "next_on")
    return list(map(Known._make, people.order_by("family_name", "given_name", "pk").values_list(*facts)))


def with_contact(learners: QuerySet) -> QuerySet:
    """``learners`` with ``contact_on`` and, while it is not done, ``next_step``, ``next_who`` and ``next_on`` of the
    newest contact; ``contact_key`` is its reference."""
    newest = Contact.objects.filter(learner=OuterRef("pk")).order_by("-on", "-pk")
    is_open = Case(When(next_done_at=None, then=F("next_on")), default=None, output_field=models.DateField())
    return learners.annotate(
        contact_on=Subquery(newest.values("on")[:1]),
        contact_key=Subquery(newest.values("reference")[:1]),
        next_step=Subquery(newest.values("next_step")[:1]),
        next_who=Subquery(newest.values("next_who")[:1]),
        next_on=Subquery(newest.annotate(open_on=is_open).values("open_on")[:1]),
    )


def narrowed(learners: Caseload, *, reason: str = "", light: str = "", need: str = "", **filters: str) -> Caseload:
    """``learners`` narrowed by whichever filters are given: those of every list, a reason, a level of need."""
    some = learners.learners
    if any(filters.values()):
        some = filtered(with_roll(some), **filters)
    if need:
        facts = RecordFact.objects.open().filter(kind=RecordKind.NEED, code__code=need)
        some = some.filter(pk__in=facts.values("learner"))
    found = learners if some is learners.learners else Caseload(some, learners.asker)
    return found.that(light=light, reason=reason) if light or reason else found


def ticked(learners: Caseload, references: Iterable[str]) -> Caseload:
    """Those of ``learners`` with these references."""
    return Caseload(learners.learners.filter(reference__in=list(references)), learners.asker)


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


def caseload_counts(learners: Caseload) -> CaseloadCounts:
    """From the same reading as the list. A learner counts under each reason that holds."""
    standings = learners.standings
    lights = Counter(one.known.light for one in standings)
    reasons = Counter(key for one in standings for key in one.days)
    return CaseloadCounts(
        everybody=len(standings),
        needing=sum(one.has_reason for one in standings),
        lights=[LightCount(light, lights[light.value]) for light in Light],
        reasons=[ReasonCount(reason, reasons[reason.key]) for reason in reasons_of(learners.asker.season)],
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

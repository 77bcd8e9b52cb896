"""Whom the September Guarantee counts, and how it stands for each school, now or at the end of a day."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, F, Q, QuerySet, Value, When

from accounts.models import Learner, RollEntry
from core import clock
from core.suppression import suppressed
from providers.models import Area, Organisation
from reporting.models import Category
from reporting.queries.lights import (
    Light,
    LightCount,
    category_of,
    entry_year_on,
    in_category,
    with_light,
    with_recorded,
)

GUARANTEE_YEARS = (11, 12)  # the cohorts of the Guarantee: end of Year 11, and of Year 12


class GuaranteeCohort(NamedTuple):
    """One year group of an area for one entry year, as it stood at the end of a day.

    It is fixed at the end of May. Whoever leaves later stays in it; whoever joins later, until the end of August, is
    counted with it, and not in it: so more than all can have an offer. Source: nccis-september-guarantee.md.
    """

    area: Area
    year_group: int
    entry_year: int | None
    day: dt.date

    @classmethod
    def of(cls, area: Area, *, year_group: int, day: dt.date | None = None) -> "GuaranteeCohort":
        """That of the cycle which ends next, today or on that day."""
        day = day or clock.today()
        return cls(area, year_group, entry_year_on(area, day), day)

    @property
    def fixed_on(self) -> dt.date | None:
        return dt.date(self.entry_year, 5, 31) if self.entry_year else None

    @property
    def is_fixed(self) -> bool:
        return self.fixed_on is not None and self.day > self.fixed_on

    @property
    def begins_on(self) -> dt.date | None:
        """The first day of its school year: nobody is in it before."""
        return dt.date(self.entry_year - 1, 9, 1) if self.entry_year else None

    @property
    def past_day(self) -> dt.date | None:
        """The day, where it is not today: then history has to be asked."""
        return self.day if self.day != clock.today() else None

    def entries(self) -> QuerySet:
        """The roll entries that bring somebody into the cohort, or beside it."""
        entries = RollEntry.objects.filter(year_group=self.year_group)
        if self.begins_on is not None and self.day < self.begins_on:
            return entries.none()
        if not self.is_fixed:
            return entries.filter(_held_on(self.day))
        last = min(self.day, dt.date(self.entry_year, 8, 31))  # type: ignore[arg-type] - fixed, so there is a year
        return entries.filter(_held_on(self.fixed_on) | (Q(started_on__gt=self.fixed_on) & _held_on(last)))

    def learners(self) -> QuerySet:
        """Everybody counted, with ``school_id``, ``tutor_group`` and ``is_late`` (joined after it was fixed).

        Year 11 by where they are educated, Year 12 by where they live; a Year 12 learner whose authority of residence
        nobody has recorded counts where they are educated. Source: nccis-september-guarantee.md, "Who counts where".
        """
        entries = self.entries().order_by()
        here = entries.filter(school__area=self.area)
        if self.year_group == 11 or self.area.authority_id is None:
            counted = here
        else:
            # Two lists of keys, each found by an index. One condition with "or" would look at everybody there is.
            lives_here = entries.filter(learner__residence_authority=self.area.authority_id)
            nobody_knows = here.filter(learner__residence_authority=None)
            counted = RollEntry.objects.filter(pk__in=lives_here.values("pk").union(nobody_knows.values("pk")))
        # Of several the one of the end of May, else the newest. All at once: asked for each learner it took as long as
        # everything else that is asked of them.
        late = Case(When(started_on__gt=self.fixed_on or self.day, then=Value(1)), default=Value(0))
        one_each = counted.order_by("learner_id", late, "-started_on", "-pk").distinct("learner_id")
        is_late = Q(roll_entries__started_on__gt=self.fixed_on) if self.is_fixed else Value(False)
        return Learner.objects.filter(roll_entries__in=one_each.values("pk")).annotate(
            school_id=F("roll_entries__school"),
            tutor_group=F("roll_entries__tutor_group"),
            is_late=ExpressionWrapper(is_late, BooleanField()),
        )

    def standing(self) -> QuerySet:
        """The same with light and recorded status."""
        asked = {"entry_year": self.entry_year, "day": self.past_day}
        return with_recorded(with_light(self.learners(), **asked), **asked)


def _held_on(day: dt.date | None) -> Q:
    """Roll entries that held on this day. The day an entry ends is the first without it."""
    return Q(started_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))


def guarantee_cohort(area: Area, *, year_group: int, day: dt.date | None = None) -> QuerySet:
    """Everybody the Guarantee counts in this area, today or as of a day."""
    return GuaranteeCohort.of(area, year_group=year_group, day=day).learners()


def with_names_for(learners: QuerySet, user: Any) -> QuerySet:
    """Of these those whose names a role shows this person today: an adviser their caseload, a coordinator their school,
    an officer whom the authority answers for. Who counts and has moved away since is none of them."""
    return learners.filter(pk__in=Learner.objects.through_roles_of(user).values("pk"))


class CategoryCount(NamedTuple):
    """``percent``: of the cohort, of 100 and never clipped; None where that is empty."""

    category: Category
    count: int
    percent: float | None


class GuaranteeRow(NamedTuple):
    """One line of the Guarantee: a school, or everybody. ``by_light`` and ``by_category`` are of everybody counted,
    in the order of their words; ``cohort`` are those who were there when it was fixed, ``joined_later`` the others."""

    reference: str
    name: str
    cohort: int
    by_light: list[LightCount]
    joined_later: int = 0
    by_category: Sequence[CategoryCount] = ()

    @property
    def everybody(self) -> int:
        return self.cohort + self.joined_later

    @property
    def offers(self) -> int:
        return next(count.count for count in self.by_light if count.light == Light.OFFER)

    @property
    def recorded(self) -> int:
        """Of how many anything at all is recorded."""
        return self.everybody - sum(each.count for each in self.by_category if each.category == Category.NOT_RECORDED)

    @property
    def offer_percent(self) -> float | None:
        """Share with an offer, of 100; None for an empty cohort. Never clipped."""
        return _percent(self.offers, self.cohort)

    @property
    def recorded_percent(self) -> float | None:
        """Share of everybody counted of whom anything is recorded; None where there is nobody."""
        return _percent(self.recorded, self.everybody)


def _percent(number: int, of: int) -> float | None:
    return round(100 * number / of, 1) if of else None


class Tally(NamedTuple):
    """So many learners of one tutor group of a school stand alike."""

    school_id: int
    tutor_group: str
    light: str
    category: Category
    is_late: bool
    number: int


def tallies(learners: QuerySet) -> list[Tally]:
    """How many of these, who stand somewhere, stand where. One query however many."""
    rows = learners.order_by().values_list("school_id", "tutor_group", "light", "recorded", "is_late")
    return [
        Tally(school_id, tutor_group, light, category_of(light, recorded), is_late, number)
        for school_id, tutor_group, light, recorded, is_late, number in rows.annotate(Count("pk"))
    ]


def schools_of(*counted: Iterable[Tally]) -> dict[int, Organisation]:
    """The schools of these by key, in the order of their names."""
    keys = {one.school_id for some in counted for one in some}
    return {school.pk: school for school in Organisation.objects.filter(pk__in=keys).order_by("name", "pk")}


def guarantee_rows(
    area: Area, *, year_group: int, entry_year: int | None = None, day: dt.date | None = None
) -> tuple[GuaranteeRow, list[GuaranteeRow]]:
    """The whole cohort's line, and a line for each school it is at. Two queries however large the cohort."""
    cohort = GuaranteeCohort.of(area, year_group=year_group, day=day)
    if entry_year is not None:
        cohort = cohort._replace(entry_year=entry_year)
    counted = tallies(cohort.standing())
    return rows_of(counted, schools=schools_of(counted))


def rows_of(counted: list[Tally], *, schools: dict[int, Organisation]) -> tuple[GuaranteeRow, list[GuaranteeRow]]:
    """Everybody's line, and one for each school by name."""
    found = {one.school_id for one in counted}
    rows = [
        _row(school.reference, school.name, [one for one in counted if one.school_id == key])
        for key, school in schools.items()
        if key in found
    ]
    return _row("", "Everybody", counted), rows


def _row(reference: str, name: str, counted: list[Tally]) -> GuaranteeRow:
    late = sum(one.number for one in counted if one.is_late)
    cohort = sum(one.number for one in counted) - late
    by_category = [(each, sum(one.number for one in counted if one.category == each)) for each in Category]
    return GuaranteeRow(
        reference,
        name,
        cohort,
        [LightCount(light, sum(one.number for one in counted if one.light == light)) for light in Light],
        late,
        [CategoryCount(each, number, _percent(number, cohort)) for each, number in by_category],
    )


class OtherRow(NamedTuple):
    """A school whose names somebody may not read: its numbers without those that would tell of somebody."""

    name: str
    cohort: int
    offers: int | None

    @property
    def offer_percent(self) -> float | None:
        return None if self.offers is None else _percent(self.offers, self.cohort)


def others_of(rows: Iterable[GuaranteeRow], *, without: Iterable[GuaranteeRow]) -> list[OtherRow]:
    """The schools that are not among ``without``, for who may not read their names: small numbers suppressed, and
    everybody counted taken together, so that no two numbers of a school can be subtracted."""
    own = {row.reference for row in without}
    others = [row for row in rows if row.reference not in own]
    offers = suppressed([row.offers for row in others], of=[row.everybody for row in others])
    return [OtherRow(row.name, row.everybody, offer) for row, offer in zip(others, offers, strict=True)]


def narrowed(
    learners: QuerySet,
    *,
    school: str = "",
    tutor_group: str = "",
    light: str = "",
    category: str = "",
    joined: str = "",
    name: str = "",
) -> QuerySet:
    """``learners`` of a cohort narrowed by whichever filters are given; ``school`` is the reference in the address."""
    if school:
        learners = learners.filter(school_id__in=Organisation.objects.filter(reference=school).values("pk"))
    exact = {"tutor_group": tutor_group, "light": light}
    learners = learners.filter(**{field: value for field, value in exact.items() if value})
    if category:
        learners = learners.filter(in_category(category))
    if joined:
        learners = learners.filter(is_late=joined == "later")
    for word in name.split():
        learners = learners.filter(
            Q(given_name__icontains=word) | Q(family_name__icontains=word) | Q(preferred_name__icontains=word)
        )
    return learners

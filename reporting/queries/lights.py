"""How the September Guarantee stands for each learner, now or at the end of a day.

For one area it is asked of the rows each time. Only the figures of all areas are counted (docs/decisions/0077).
"""

import datetime as dt
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, F, Func, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import OutsideOffer
from applications.queries.as_it_stood import choices_as_of, choices_now
from core import clock
from providers.models import Area, Cycle
from reporting.models import Category, RecordedStatus


class Light(models.TextChoices):
    """How the September Guarantee stands for one learner, most urgent first."""

    NOTHING = "nothing", _("Nothing yet")
    STARTED = "started", _("Started, not sent")
    WAITING = "waiting", _("Waiting for an answer")
    OFFER = "offer", _("Has an offer")

    @property
    def colour(self) -> str:
        return {"nothing": "red", "started": "orange", "waiting": "yellow", "offer": "green"}[self.value]


def entry_year_now(area: Area) -> int | None:
    """The entry year of the area's cycle that ends next; None when no cycle is open or to come."""
    return entry_year_on(area, clock.today())


def entry_year_on(area: Area, day: dt.date) -> int | None:
    """The same as it was on this day."""
    cycles = Cycle.objects.post_16().filter(area=area, ends_on__gte=day)
    return cycles.order_by("entry_year").values_list("entry_year", flat=True).first()


def end_of(day: dt.date) -> dt.datetime:
    """The first moment after this day, in London."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


def with_light(learners: QuerySet, *, entry_year: int | None, day: dt.date | None = None) -> QuerySet:
    """``learners`` with ``light``: the best that any choice or outside offer of this entry year gives; with ``day``,
    as it stood at the end of that day.

    Source: SPEC 5, "The September Guarantee light derives from them and from recorded outside offers".
    """
    worth = {"has_offer_in_hand": Light.OFFER, "is_live": Light.WAITING, "draft": Light.STARTED}
    numbers = {name: list(Light).index(light) for name, light in worth.items()}
    if day is None:
        choices, outside = choices_now(worth=numbers), OutsideOffer.objects.standing()
    else:
        moment = end_of(day)
        choices, outside = choices_as_of(moment, worth=numbers), OutsideOffer.objects.standing_at(moment)
    own = _of_year(choices.filter(application__learner=OuterRef("pk")), "application__cycle", entry_year)
    best = own.values("application__learner").annotate(best=Max("worth")).values("best")
    # One value each, and no EXISTS: the database would put together everybody's of the country to ask for an area's.
    told = _of_year(outside.filter(learner=OuterRef("pk")), "cycle", entry_year)
    offer = told.values(number=Value(numbers["has_offer_in_hand"]))[:1]
    number = Greatest(Coalesce(Subquery(best), Value(0)), Coalesce(Subquery(offer), Value(0)))
    return learners.annotate(light=_LightOf(number))


def _of_year(rows: QuerySet, cycle: str, entry_year: int | None) -> QuerySet:
    """Those of this entry year. Which cycles are of it is asked once, for the whole statement: a join, or what a row's
    cycle says, would read the cycles of all areas anew for each learner."""
    cycles = Cycle.objects.filter(entry_year=entry_year).order_by().values("pk")
    return rows.filter(_IsAnyOf(F(cycle), ArraySubquery(cycles))).order_by()


class _IsAnyOf(Func):
    """The first is one of an array."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


class _LightOf(Func):
    """The light with this number: what is asked of history is asked once."""

    template = f"(ARRAY[{', '.join(repr(light.value) for light in Light)}])[1 + %(expressions)s]"
    output_field = models.CharField()


def with_recorded(learners: QuerySet, *, entry_year: int | None, day: dt.date | None = None) -> QuerySet:
    """``learners`` with ``status`` and ``recorded``: what an adult has recorded, in words, and in which published
    group that is; None where nobody did."""
    recorded = RecordedStatus.objects.filter(learner=OuterRef("pk"), entry_year=entry_year)
    recorded = recorded.standing() if day is None else recorded.standing_at(end_of(day))
    newest = recorded.order_by("-recorded_at", "-pk")
    return learners.annotate(
        status=Subquery(newest.values("status__meaning")[:1]), recorded=Subquery(newest.values("status__category")[:1])
    )


def category_of(light: str, recorded: str | None) -> Category:
    """The group in which the Department publishes somebody.

    An offer goes before whatever was recorded. Without either, somebody who has begun or sent something has no offer,
    and of the others nothing is recorded.
    """
    if light == Light.OFFER:
        return Category.OFFER_MADE
    if recorded:
        return Category(recorded)
    return Category.NOT_RECORDED if light == Light.NOTHING else Category.NO_OFFER


def in_category(category: str) -> Q:
    """Those of ``category_of``, among learners who have a light and what was recorded."""
    pairs = [(light, recorded) for light in Light for recorded in (None, *Category)]
    of = [(light, recorded) for light, recorded in pairs if category_of(light, recorded) == category]
    found = Q(pk__in=[])
    for light in Light:
        said = [recorded for each, recorded in of if each == light]
        if len(said) == len(Category) + 1:
            found |= Q(light=light)
        elif said:
            known = Q(recorded__in=[recorded for recorded in said if recorded])
            found |= Q(light=light) & (known | Q(recorded=None) if None in said else known)
    return found


class LightCount(NamedTuple):
    light: Light
    count: int


def light_counts(learners: QuerySet) -> list[LightCount]:
    """How many of ``learners`` have each light, from the same query as the list."""
    counts = dict(learners.order_by().values_list("light").annotate(Count("pk")))
    return [LightCount(light, counts.get(light, 0)) for light in Light]

"""How the September Guarantee stands for each learner. A light is derived each time, never stored."""

from typing import NamedTuple

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from applications.models import Choice, OutsideOffer
from providers.models import Area, Cycle


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
    cycle = Cycle.objects.post_16().filter(area=area).running().first()
    return cycle.entry_year if cycle else None


def with_light(learners: QuerySet, *, entry_year: int | None) -> QuerySet:
    """``learners`` with ``light``: the best that any choice or outside offer of this entry year gives.

    Source: SPEC 5, "The September Guarantee light derives from them and from recorded outside offers".
    """
    choices = Choice.objects.filter(application__learner=OuterRef("pk"), application__cycle__entry_year=entry_year)
    outside = OutsideOffer.objects.standing().filter(learner=OuterRef("pk"), cycle__entry_year=entry_year)
    return learners.annotate(
        light=Case(
            When(
                Exists(choices.that("has_offer_in_hand")) | Exists(outside),
                then=Value(Light.OFFER.value),
            ),
            When(Exists(choices.that("is_live")), then=Value(Light.WAITING.value)),
            When(Exists(choices.filter(status="draft")), then=Value(Light.STARTED.value)),
            default=Value(Light.NOTHING.value),
            output_field=models.CharField(),
        )
    )


class LightCount(NamedTuple):
    light: Light
    count: int


def light_counts(learners: QuerySet) -> list[LightCount]:
    """How many of ``learners`` have each light, from the same query as the list."""
    counts = dict(learners.order_by().values_list("light").annotate(Count("pk")))
    return [LightCount(light, counts.get(light, 0)) for light in Light]

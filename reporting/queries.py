"""What the caseload and the September Guarantee are made of. Lights are derived each time, never stored."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, RollEntry
from applications.models import Choice, OutsideOffer
from applications.queries.leaving import with_left_early
from core import clock
from ilp.models import Contact
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


GUARANTEE_YEARS = (11, 12)  # the cohorts of the Guarantee: end of Year 11, and of Year 12


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


def with_roll(learners: QuerySet) -> QuerySet:
    """``learners`` with ``school_id``, ``school_name``, ``year_group`` and ``tutor_group`` of today's roll entry."""
    entry = RollEntry.objects.current().filter(learner=OuterRef("pk")).order_by("-started_on", "-pk")
    return learners.annotate(
        school_id=Subquery(entry.values("school")[:1]),
        school_name=Subquery(entry.values("school__name")[:1]),
        year_group=Subquery(entry.values("year_group")[:1]),
        tutor_group=Subquery(entry.values("tutor_group")[:1]),
    )


def caseload(user: Any, *, entry_year: int | None) -> QuerySet:
    """The learners this adviser answers for today, who needs them most first.

    Order: who left a course early and has nothing since, then a next step that is due, then nothing yet before
    everything else, then the longest without a contact. ``left_early_on`` is said of everybody, with consent or
    without: that somebody left has to be known to find them. What they left is not.
    ``contact_on``, ``next_step`` and ``next_on`` come from the newest contact.
    """
    newest = Contact.objects.filter(learner=OuterRef("pk")).order_by("-on", "-pk")
    theirs = with_left_early(Learner.objects.on_caseload_of(user))
    learners = with_roll(with_light(theirs, entry_year=entry_year)).annotate(
        contact_on=Subquery(newest.values("on")[:1]),
        next_step=Subquery(newest.values("next_step")[:1]),
        next_on=Subquery(newest.values("next_on")[:1]),
    )
    urgency = Case(
        *(When(light=light, then=Value(position)) for position, light in enumerate(Light)),
        output_field=models.IntegerField(),
    )
    overdue = Case(
        When(next_on__lte=clock.today(), then=Value(0)), default=Value(1), output_field=models.IntegerField()
    )
    return learners.annotate(is_unlocked=Q(user__isnull=False)).order_by(
        F("left_early_on").desc(nulls_last=True),
        overdue,
        urgency,
        F("contact_on").asc(nulls_first=True),
        "family_name",
        "given_name",
        "pk",
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


class LightCount(NamedTuple):
    light: Light
    count: int


def light_counts(learners: QuerySet) -> list[LightCount]:
    """How many of ``learners`` have each light, from the same query as the list."""
    counts = dict(learners.order_by().values_list("light").annotate(Count("pk")))
    return [LightCount(light, counts.get(light, 0)) for light in Light]


def guarantee_cohort(area: Area, *, year_group: int) -> QuerySet:
    """The learners the Guarantee counts in this area.

    Year 11 by where they are educated, Year 12 by where they live; a Year 12 learner whose authority of residence
    nobody has recorded counts where they are educated. Source: nccis-september-guarantee.md, "Who counts where".
    """
    entries = RollEntry.objects.current().filter(year_group=year_group)
    educated_here = Q(pk__in=entries.filter(school__area=area).values("learner"))
    if year_group == 11 or area.authority_id is None:
        return Learner.objects.filter(educated_here)
    lives_here = Q(residence_authority=area.authority_id, pk__in=entries.values("learner"))
    return Learner.objects.filter(lives_here | (Q(residence_authority=None) & educated_here))


class GuaranteeRow(NamedTuple):
    """One line of the Guarantee: a school, or everybody. ``by_light`` is in the order of ``Light``."""

    reference: str
    name: str
    cohort: int
    by_light: list[LightCount]

    @property
    def offer_percent(self) -> float | None:
        """Share with an offer, of 100; None for an empty cohort. Never clipped."""
        offers = next(count.count for count in self.by_light if count.light == Light.OFFER)
        return round(100 * offers / self.cohort, 1) if self.cohort else None


def guarantee_rows(area: Area, *, year_group: int, entry_year: int | None) -> tuple[GuaranteeRow, list[GuaranteeRow]]:
    """The whole cohort's line, and a line for each school it is at. Two queries however large the cohort."""
    learners = with_roll(with_light(guarantee_cohort(area, year_group=year_group), entry_year=entry_year))
    counted = list(learners.order_by().values_list("school_id", "school_name", "light").annotate(Count("pk")))
    references = dict(
        area.organisations.model.objects.filter(pk__in={row[0] for row in counted}).values_list("pk", "reference")
    )
    schools: dict[int, tuple[str, dict[str, int]]] = {}
    for school_id, name, light, count in counted:
        schools.setdefault(school_id, (name, {}))[1][light] = count
    rows = [_row(references[pk], name, [counts]) for pk, (name, counts) in schools.items()]
    return _row("", "Everybody", [counts for _, counts in schools.values()]), sorted(rows, key=lambda row: row.name)


def _row(reference: str, name: str, many: Iterable[dict[str, int]]) -> GuaranteeRow:
    many = list(many)
    by_light = [LightCount(light, sum(counts.get(light, 0) for counts in many)) for light in Light]
    return GuaranteeRow(reference, name, sum(count.count for count in by_light), by_light)


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

"""Authorities, areas with their years and holidays, and where postcodes are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.labels import called
from providers.querysets import AreaQuerySet, CycleQuerySet


class LocalAuthority(models.Model):
    """An English local authority, current or closed. Source: shared table of Department codes."""

    code = models.CharField(primary_key=True, max_length=3, help_text="Department code, three digits.")
    name = models.CharField(max_length=80)
    ons_code = models.CharField(max_length=9, blank=True)
    region = models.CharField(max_length=40, blank=True)
    is_current = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "local authorities"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Outcode(models.Model):
    """The first half of a postcode and the middle of its district, good to a mile or two."""

    code = models.CharField(primary_key=True, max_length=4)
    latitude = models.FloatField()
    longitude = models.FloatField()
    country = models.CharField(max_length=3, help_text="ENG, SCT, WLS and so on.")

    def __str__(self) -> str:
        return self.code


class AreaHolding(models.TextChoices):
    """How the courses of an area come here."""

    HERE = "here", _("Kept here by its providers")
    FEED = "feed", _("Fetched from the area's own system")
    DATASET = "dataset", _("Sent by the area as a file")


class Area(models.Model):
    """The area of one authority's prospectus."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    authority = models.ForeignKey(LocalAuthority, null=True, blank=True, on_delete=models.PROTECT, related_name="areas")
    holding = models.CharField(
        max_length=10, choices=AreaHolding, default=AreaHolding.HERE, db_default=AreaHolding.HERE.value
    )
    fresh_days = models.PositiveSmallIntegerField(
        default=60, db_default=60, help_text="Days after which its courses should have been checked again."
    )
    highest_level = models.PositiveSmallIntegerField(
        default=3, db_default=3, help_text="Courses wholly above this level stay drafts."
    )
    applying_from_on = models.DateField(
        null=True, blank=True, help_text="First day on which its providers take applications here. Empty: already."
    )
    is_practice = models.BooleanField(
        default=False, db_default=False, help_text="The one area of all sandboxes and their made-up learners."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="one_practice_area", fields=["is_practice"], condition=Q(is_practice=True))
        ]

    def __str__(self) -> str:
        return self.name

    get_holding_display = called("holding", AreaHolding)


class Phase(models.TextChoices):
    """Who a cycle is for: by the stage of what is applied for."""

    POST_16 = "post_16", _("After Year 11")
    PRE_16 = "pre_16", _("In Years 10 and 11")


class Cycle(models.Model):
    """One area's year of applications, with its dates and rules. 2027 means entry from September 2027."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="cycles")
    entry_year = models.PositiveSmallIntegerField(help_text="The year whose September the learner starts in.")
    phase = models.CharField(
        max_length=10, choices=Phase, default=Phase.POST_16, db_default=Phase.POST_16.value, help_text="Who it is for."
    )
    first_year_group = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The youngest school year that may apply. Empty: any."
    )
    last_year_group = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The oldest school year that may apply. Empty: any."
    )
    opens_on = models.DateField(help_text="First day to send an application.")
    closes_on = models.DateField(help_text="Last day to send an application on time.")
    ends_on = models.DateField(help_text="Last day of the cycle; choices still open are closed after it.")
    choice_limit = models.PositiveSmallIntegerField(default=5, help_text="Live choices a learner may have at once.")
    has_endorsement = models.BooleanField(
        default=False, help_text="The home school endorses before the provider sees it."
    )
    endorsement_days = models.PositiveSmallIntegerField(default=10, help_text="Working days the school has.")
    answer_days = models.PositiveSmallIntegerField(default=15, help_text="Working days a provider has to answer.")
    reply_days = models.PositiveSmallIntegerField(
        default=10, help_text="Working days a learner has to reply to an offer."
    )
    can_hold = models.BooleanField(default=True, help_text="A learner may keep one offer in reserve.")
    first_reminder_days = models.PositiveSmallIntegerField(
        default=5, db_default=5, help_text="Working days before an offer runs out that the learner is reminded."
    )
    second_reminder_days = models.PositiveSmallIntegerField(
        default=2, db_default=2, help_text="Working days before an offer runs out of the second reminder."
    )
    last_chance_days = models.PositiveSmallIntegerField(
        default=2, db_default=2, help_text="Working days an offer stands at least after the second reminder."
    )

    results_on = models.DateField(null=True, blank=True, help_text="The day results come out. Empty: not said.")
    results_from = models.TimeField(null=True, blank=True, help_text="Learners see results from this hour, London.")
    answers_from = models.TimeField(null=True, blank=True, help_text="Learners can answer again from this hour.")

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-entry_year", "area__name"]
        constraints = [
            models.UniqueConstraint(name="one_cycle_per_area_year_and_phase", fields=["area", "entry_year", "phase"]),
            models.CheckConstraint(name="cycle_phase_known", condition=Q(phase__in=Phase.values)),
            models.CheckConstraint(
                name="cycle_year_groups_in_order",
                condition=Q(first_year_group=None)
                | Q(last_year_group=None)
                | Q(first_year_group__lte=F("last_year_group")),
            ),
            models.CheckConstraint(
                name="cycle_dates_in_order", condition=Q(opens_on__lte=F("closes_on")) & Q(closes_on__lte=F("ends_on"))
            ),
            models.CheckConstraint(name="cycle_has_choices", condition=Q(choice_limit__gte=1)),
            models.CheckConstraint(
                name="cycle_results_day_whole",
                condition=Q(results_on=None, results_from=None, answers_from=None)
                | Q(results_on__isnull=False, results_from__isnull=False, answers_from__gt=F("results_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.entry_year}"

    get_phase_display = called("phase", Phase)


class Closure(models.Model):
    """Days on which an area's schools and providers are closed: no working days. Bank holidays are not entered here."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="closures")  # part of the area's calendar
    name = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on"]
        constraints = [models.CheckConstraint(name="closure_dates_in_order", condition=Q(ends_on__gte=F("starts_on")))]

    def __str__(self) -> str:
        return self.name

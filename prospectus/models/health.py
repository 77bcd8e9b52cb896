"""How well a provider's courses are kept: the rule of freshness, what is wrong with each course, and who was told."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.labels import called
from prospectus.models.course import Course
from providers.models import OrganisationKind


class Rhythm(models.TextChoices):
    ANNUAL = "annual", _("Once a year")
    ROLLING = "rolling", _("Every few months")


class FreshnessRule(models.Model):
    """How long an update lasts for providers of one kind in one area, where it is not as everywhere.

    What holds everywhere is ``prospectus.queries.lights.EVERYWHERE``; the columns are those of ``Terms`` there.
    """

    area = models.ForeignKey("providers.Area", on_delete=models.CASCADE, related_name="freshness_rules")  # its rule
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    rhythm = models.CharField(max_length=10, choices=Rhythm)
    turn_month = models.PositiveSmallIntegerField(
        default=5, help_text="Annual: an update from this month on lasts into the next year."
    )
    last_month = models.PositiveSmallIntegerField(default=9, help_text="Annual: green to the end of this month.")
    green_months = models.PositiveSmallIntegerField(default=2, help_text="Rolling: months an update lasts.")
    summer_from_month = models.PositiveSmallIntegerField(
        default=6, help_text="Rolling: an update from this month on lasts over the summer."
    )
    summer_until_month = models.PositiveSmallIntegerField(
        default=11, help_text="Rolling: such an update lasts at least to the end of this month."
    )
    amber_months = models.PositiveSmallIntegerField(default=1, help_text="Months from green to red.")
    grace_days = models.PositiveSmallIntegerField(default=42, help_text="Days a new provider has to begin.")

    class Meta:
        ordering = ["area__name", "kind"]
        constraints = [
            models.UniqueConstraint(name="one_freshness_rule_per_area_and_kind", fields=["area", "kind"]),
            models.CheckConstraint(name="freshness_kind_known", condition=Q(kind__in=OrganisationKind.values)),
            models.CheckConstraint(name="freshness_rhythm_known", condition=Q(rhythm__in=Rhythm.values)),
            models.CheckConstraint(
                name="freshness_months_are_months",
                condition=Q(
                    turn_month__range=(1, 12),
                    last_month__range=(1, 12),
                    summer_from_month__range=(1, 12),
                    summer_until_month__range=(1, 12),
                    turn_month__lte=F("last_month"),
                    summer_from_month__lte=F("summer_until_month"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} in {self.area}: {self.get_rhythm_display()}"


class CourseHealth(models.Model):
    """What can be said of one published course whatever day it is; rewritten with what search reads.

    What depends on the day or on the cycle is asked of these columns (``prospectus.queries.health``). Keys are copied
    from the courses, as in ``CourseSearch``, and not looked up again.
    """

    course = models.OneToOneField(  # said about it
        Course, on_delete=models.CASCADE, primary_key=True, related_name="health", db_constraint=False
    )
    provider = models.ForeignKey(  # the same
        "providers.Organisation", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    lacks_level = models.BooleanField()
    lacks_subject = models.BooleanField()
    lacks_texts = models.BooleanField(help_text="Some text that publishing asks for is not there.")
    has_insecure_link = models.BooleanField()
    has_dead_link = models.BooleanField(default=False, db_default=False, help_text="As it was asked at night.")
    text_hash = models.CharField(max_length=32, blank=True, help_text="Of its description. Empty: it has none.")
    copies = models.PositiveIntegerField(default=1, help_text="Courses of the provider with this description.")
    reading_age = models.FloatField(null=True, help_text="Years. Empty: too few words to say, or not read yet.")
    read_hash = models.CharField(
        max_length=32, blank=True, default="", db_default="", help_text="Of the words it holds of. Empty: not read yet."
    )
    title_key = models.CharField(max_length=255, help_text="Its words in order of the alphabet, without small ones.")
    twin = models.ForeignKey(
        Course, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False,
        help_text="Another course of the provider whose title is the same or nearly so.",
    )  # fmt: skip
    is_for_a_day = models.BooleanField(help_text="A taster or an activity: no cycle waits for it.")
    is_always_open = models.BooleanField(help_text="Some run can be started at any time, or says no date.")
    last_start_on = models.DateField(null=True, help_text="Of its published runs. Empty: no run says one.")
    entry_years = ArrayField(models.SmallIntegerField(), help_text="Years of entry of its published runs.")

    class Meta:
        indexes = [
            models.Index(name="course_health_to_read", fields=["course"], condition=models.Q(read_hash="")),
        ]

    def __str__(self) -> str:
        return f"health of course {self.course_id}"


class HealthPause(models.Model):
    """The provider gets no e-mails about its courses up to and with a day, and why."""

    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="health_pauses")
    until_on = models.DateField(help_text="Last day without e-mails.")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Ended before its time, or replaced by another.")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_open_health_pause", fields=["provider"], condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.provider}, until {self.until_on}"


class NoticeStep(models.TextChoices):
    """The occasions on which a provider is written to, in their order."""

    TURNED_AMBER = "turned_amber", _("Turned amber")
    ONE_WEEK_AMBER = "one_week_amber", _("One week amber")
    WEEK_BEFORE_RED = "week_before_red", _("One week before red")
    TURNED_RED = "turned_red", _("Turned red")
    STILL_RED = "still_red", _("Another week red")


class FreshnessNotice(models.Model):
    """A provider is told that its courses need a look: one row per occasion, written before anything is sent."""

    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="freshness_notices")
    step = models.CharField(max_length=20, choices=NoticeStep)
    due_on = models.DateField(help_text="The day of the occasion; it may be told on a later working day.")
    people = models.PositiveSmallIntegerField(help_text="How many people it is sent to.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_freshness_notice_per_occasion", fields=["provider", "due_on"]),
            models.CheckConstraint(name="notice_step_known", condition=Q(step__in=NoticeStep.values)),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.get_step_display()}, {self.due_on}"

    get_step_display = called("step", NoticeStep)

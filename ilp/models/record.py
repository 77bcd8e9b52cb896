"""The client record: what a young person is doing, how much help they need, where they mean to go.

Codes and rules come from the shared note on the Department's client return (NCCIS); rule numbers are its validator's.
"""

import calendar
import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from ilp.querysets import CurrentActivityQuerySet, RecordCodeQuerySet, RecordFactQuerySet


class RecordKind(models.TextChoices):
    ACTIVITY = "activity", _("Current activity")
    NEED = "need", _("Level of need")
    DESTINATION = "destination", _("Intended destination")
    CHARACTERISTIC = "characteristic", _("Characteristic")
    COHORT_STATUS = "cohort_status", _("Cohort status")
    ETHNICITY = "ethnicity", _("Ethnicity")


class Lapse(models.TextChoices):
    """How long a current activity stays good. Source: NCCIS, "Currency", derived from a complete sample return."""

    AUGUST = "august", _("31 August, or the end of the course if sooner")
    YEAR = "year", _("12 months after it was confirmed")
    HALF_YEAR = "half_year", _("6 months after it was confirmed")
    COURSE_END = "course_end", _("The end of the course")
    REVIEW = "review", _("28 days after the review date")
    NEVER = "never", _("Never")


REVIEW_DAYS = 28
WITHOUT_END = 3  # months: re-engagement without an end, as in the sample return


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last one where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def lapses_on(
    lapse: str,
    *,
    verified_on: dt.date,
    review_on: dt.date | None = None,
    course_ends_on: dt.date | None = None,
) -> dt.date | None:
    """The last day on which a current activity confirmed on this day counts; None where it never lapses.

    Never after the end of the course (rule 238). Source: NCCIS, "Currency".
    """
    if lapse == Lapse.NEVER:
        return None
    if lapse == Lapse.COURSE_END:
        return course_ends_on or months_after(verified_on, WITHOUT_END)
    if lapse == Lapse.AUGUST:
        due = dt.date(verified_on.year, 8, 31)
        due = due if due >= verified_on else due.replace(year=due.year + 1)
    elif lapse == Lapse.REVIEW:
        last = dt.date.max - dt.timedelta(days=REVIEW_DAYS)
        due = min(review_on or verified_on, last) + dt.timedelta(days=REVIEW_DAYS)
    else:
        due = months_after(verified_on, 12 if lapse == Lapse.YEAR else 6)
    return min(due, course_ends_on) if course_ends_on else due


class RecordCode(models.Model):
    """One code of the client return, with its words. An area's data manager may put the words right."""

    kind = models.CharField(max_length=14, choices=RecordKind)
    code = models.CharField(max_length=4)
    meaning = models.CharField(max_length=160)
    group = models.CharField(
        max_length=20, blank=True, help_text="Of current activities: education, training and so on."
    )
    headline = models.CharField(
        max_length=20, blank=True, help_text="Which published figure it counts in: EET, NEET ..."
    )
    lapse = models.CharField(max_length=12, choices=Lapse, default=Lapse.NEVER)
    needs_course_end = models.BooleanField(default=False, help_text="Rule 259.")
    needs_review = models.BooleanField(default=False, help_text="Rule 262.")
    is_verified = models.BooleanField(default=True, help_text="The words are known, not guessed from the code.")

    objects = RecordCodeQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(name="one_record_code", fields=["kind", "code"]),
            models.CheckConstraint(name="record_code_kind_known", condition=Q(kind__in=RecordKind.values)),
            models.CheckConstraint(name="record_code_lapse_known", condition=Q(lapse__in=Lapse.values)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.meaning}"


class RecordSource(models.TextChoices):
    LEARNER = "learner", _("The young person")
    FAMILY = "family", _("Their family")
    PROVIDER = "provider", _("Their college, training provider or employer")
    SCHOOL = "school", _("Their school")
    OTHER = "other", _("Somebody else, or another system")


class CurrentActivity(models.Model):
    """A spell of what a learner is doing, from one day until the next one starts.

    A row is never changed but to close it: whatever is confirmed or corrected is a new row that replaces it, so that
    the record can be read as it was on any day.
    """

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="current_activities")
    code = models.ForeignKey(RecordCode, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="First day of what came after.")
    ascertained_on = models.DateField(help_text="When it was first found out.")
    verified_on = models.DateField(help_text="When it was last confirmed.")
    review_on = models.DateField(null=True, blank=True, help_text="When it has to be looked at again.")
    course_ends_on = models.DateField(null=True, blank=True)
    provider = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    establishment = models.CharField(max_length=160, blank=True, help_text="Where, if it is not in the directory.")
    source = models.CharField(max_length=10, choices=RecordSource)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    replaced_at = models.DateTimeField(null=True, help_text="When another row said it better.")

    objects = CurrentActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        verbose_name_plural = "current activities"
        constraints = [
            models.UniqueConstraint(
                name="one_open_current_activity", fields=["learner"], condition=Q(ended_on=None, replaced_at=None)
            ),
            models.CheckConstraint(
                name="current_activity_dates_in_order",
                condition=Q(ascertained_on__gte=F("started_on"), verified_on__gte=F("ascertained_on"))
                & (Q(ended_on=None) | Q(ended_on__gte=F("started_on"))),
            ),
            models.CheckConstraint(name="record_source_known", condition=Q(source__in=RecordSource.values)),
        ]
        indexes = [models.Index(fields=["learner", "-started_on"])]

    def __str__(self) -> str:
        return f"current activity {self.reference}"

    @property
    def lapses_on(self) -> dt.date | None:
        """The last day on which it counts; None: it does not lapse."""
        return lapses_on(
            self.code.lapse,
            verified_on=self.verified_on,
            review_on=self.review_on,
            course_ends_on=self.course_ends_on,
        )

    @property
    def is_lapsed_today(self) -> bool:
        return currency_of(self, clock.today()) == Currency.LAPSED


class Currency(models.TextChoices):
    GOOD = "good", _("Good")
    LAPSED = "lapsed", _("Lapsed")


def currency_of(spell: CurrentActivity, on: dt.date) -> Currency:
    """Whether a spell counts on this day (rules 231, 232). The Department takes what has lapsed as not known."""
    due = spell.lapses_on
    return Currency.LAPSED if due is not None and on > due else Currency.GOOD


class RecordFact(models.Model):
    """A level of need or an intended destination, from one day until the next one of its kind; or a characteristic, of
    which several may hold at once, from one day until it holds no more."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="record_facts")
    kind = models.CharField(max_length=14, choices=RecordKind)
    code = models.ForeignKey(RecordCode, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="First day of the next one.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    replaced_at = models.DateTimeField(null=True, help_text="When another row said it better.")

    objects = RecordFactQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_record_fact",
                fields=["learner", "kind"],
                condition=Q(ended_on=None, replaced_at=None) & ~Q(kind="characteristic"),
            ),
            models.UniqueConstraint(
                name="one_open_characteristic",
                fields=["learner", "code"],
                condition=Q(ended_on=None, replaced_at=None, kind="characteristic"),
            ),
            models.CheckConstraint(
                name="record_fact_dates_in_order", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="record_fact_kind_known", condition=Q(kind__in=["need", "destination", "characteristic"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

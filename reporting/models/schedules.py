"""A report that comes by itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from providers.models import RoleKind
from reporting.models.reports import FORMS
from reporting.querysets import ReportScheduleQuerySet


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
    TERMLY = "termly", _("Every term")


class ReportSchedule(models.Model):
    """A report with its filters, made again and again for everybody in one role at one organisation. It rests while it
    is paused, and while nobody keeps it: its owner's role is over, and no colleague has taken it over."""

    reference = ReferenceField()
    report = models.CharField(max_length=40, help_text="Its name among the reports.")
    asked = models.JSONField(help_text="Filter: value, of those that are not what holds by itself.")
    in_words = models.JSONField(help_text="[[filter, value]] of these, in the words they were chosen by.")
    form = models.CharField(max_length=4, choices=FORMS)
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=RoleKind, help_text="Whoever has it there gets the report.")
    owner = models.ForeignKey("providers.StaffRole", on_delete=models.PROTECT, related_name="+")
    rhythm = models.CharField(max_length=10, choices=Rhythm)
    day = models.PositiveSmallIntegerField(
        help_text="Of the week from Monday 1 to Friday 5, or of the month; a term: 0."
    )
    next_on = models.DateField(help_text="The day it is due next.")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["report", "pk"]
        constraints = [
            models.CheckConstraint(
                name="schedule_day_of_rhythm",
                condition=Q(rhythm="weekly", day__range=(1, 5))
                | Q(rhythm="monthly", day__range=(1, 28))
                | Q(rhythm="termly", day=0),
            ),
            models.CheckConstraint(
                name="schedule_ended_or_not",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["next_on"], name="schedule_due", condition=Q(ended_at=None, paused_at=None))]

    def __str__(self) -> str:
        return f"schedule {self.reference}"

    @property
    def when(self) -> str:
        """Its rhythm, as a choice of ``queries.schedules.WHEN``."""
        return f"{self.rhythm}-{self.day}"

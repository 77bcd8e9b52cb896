"""A report that somebody has asked for as a file."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from reporting.models.parts import FilePart
from reporting.querysets import ReportRunQuerySet

FORMS = [("csv", "CSV"), ("xlsx", "Excel"), ("svg", _("Picture (SVG)")), ("png", _("Picture (PNG)"))]


class ReportRun(models.Model):
    """One file of a report, as one person may read it for an organisation, or a role that a schedule makes it for: made
    by a job, fetched while it lasts. Who asked for what, and when it was fetched, stays."""

    KEPT_FOR = dt.timedelta(days=7)

    reference = ReferenceField()
    report = models.CharField(max_length=40, help_text="Its name among the reports.")
    asked = models.JSONField(help_text="Filter: value, as the address of the page says them.")
    in_words = models.JSONField(help_text="[[filter, value]] in the words they were chosen by.")
    form = models.CharField(max_length=4, choices=FORMS)
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    schedule = models.ForeignKey("reporting.ReportSchedule", null=True, on_delete=models.PROTECT, related_name="runs")
    due_on = models.DateField(null=True, help_text="The day of the schedule it is for.")
    job = models.OneToOneField("activity.Job", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    made_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(null=True, help_text="Lines of the figures.")
    expires_at = models.DateTimeField(null=True, help_text="Then the file goes.")
    fetched_at = models.DateTimeField(null=True, help_text="When it was last fetched.")

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_run_per_schedule_and_day", fields=["schedule", "due_on"]),
            models.CheckConstraint(
                name="scheduled_run_has_its_day",
                condition=Q(schedule=None, due_on=None) | Q(schedule__isnull=False, due_on__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-asked_at"], name="report_run_of")]

    def __str__(self) -> str:
        return f"report {self.reference}"


class ReportPart(FilePart):
    """A piece of the file of a report."""

    run = models.ForeignKey(ReportRun, on_delete=models.CASCADE, related_name="parts")  # part of it

    class Meta(FilePart.Meta):
        constraints = [models.UniqueConstraint(name="one_report_part", fields=["run", "number"])]

    def __str__(self) -> str:
        return f"part {self.number} of report {self.run_id}"

"""A return of the portal's own: who asked for which, the file in pieces, and what the rules found in it."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from reporting.models.parts import FilePart
from reporting.querysets import ReturnFindingQuerySet, ReturnRunQuerySet


class ReturnForm(models.TextChoices):
    """How the file is written."""

    XML = "xml", _("XML, as the Department reads it")
    CSV = "csv", _("Table (CSV)")


class ReturnRun(models.Model):
    """One return of an area's authority at the end of a period: made by a job, fetched while it is kept. With ``since``
    it is no return to the Department, but what has changed, for the caseload system."""

    KEPT_FOR = dt.timedelta(days=14)

    reference = ReferenceField()
    area = models.ForeignKey("providers.Area", on_delete=models.PROTECT, related_name="returns")
    authorities = ArrayField(models.CharField(max_length=3), help_text="Whose learners it is of.")
    database = models.CharField(max_length=3, help_text="The caseload database's number at the Department.")
    period_end = models.DateField(help_text="As it stood at the end of this day.")
    since = models.DateField(
        null=True, help_text="For the caseload system: only who shares, and has changed from this day on."
    )
    form = models.CharField(max_length=3, choices=ReturnForm, default=ReturnForm.XML)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("activity.Job", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    made_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(null=True, help_text="Young people in it.")
    expires_at = models.DateTimeField(null=True, help_text="Then the file goes, and who was found.")
    removed_at = models.DateTimeField(null=True)

    objects = ReturnRunQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [models.CheckConstraint(name="return_form_known", condition=Q(form__in=ReturnForm.values))]

    def __str__(self) -> str:
        return f"return {self.reference}"

    @property
    def file_name(self) -> str:
        whose = "-".join(self.authorities)
        if self.since is not None:
            return f"changes-{whose}-{self.since.isoformat()}-to-{self.period_end.isoformat()}.{self.form}"
        return f"return-{whose}-{self.period_end.isoformat()}.{self.form}"

    @property
    def is_kept(self) -> bool:
        """It is there to be fetched."""
        return self.made_at is not None and self.expires_at is not None and self.expires_at > clock.now()


class ReturnPart(FilePart):
    """A piece of the file of a return, and the keys of the learners whose records were written meanwhile."""

    run = models.ForeignKey(ReturnRun, on_delete=models.CASCADE, related_name="parts")  # part of it
    learners = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    class Meta(FilePart.Meta):
        constraints = [models.UniqueConstraint(name="one_return_part", fields=["run", "number"])]

    def __str__(self) -> str:
        return f"part {self.number} of return {self.run_id}"


class ReturnFinding(models.Model):
    """What a rule found in the record of a learner."""

    run = models.ForeignKey(ReturnRun, on_delete=models.CASCADE, related_name="findings")  # part of it
    learner = models.ForeignKey("accounts.Learner", on_delete=models.CASCADE, related_name="+")
    rule = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField(help_text="1: the Department rejects the record. 3: a hint.")
    message = models.CharField(max_length=300)

    objects = ReturnFindingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["run", "rule"], name="return_findings_of_rule")]

    def __str__(self) -> str:
        return f"rule {self.rule} in return {self.run_id}"

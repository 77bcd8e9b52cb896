"""What people may ask of their own data, and what is done with everybody's as time passes."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.learner import Learner
from accounts.querysets import DataCopyQuerySet, ErasureQuerySet, RetentionRunQuerySet
from accounts.workflow import ERASURES_OPEN, ErasureState
from core import clock
from core.personal import RETENTIONS, Retention
from core.references import ReferenceField


class DataCopy(models.Model):
    """Everything kept of a learner, asked for by them: one zip file, made by a job, fetched while it lasts."""

    KEPT_FOR = dt.timedelta(days=7)

    reference = ReferenceField()
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="data_copies")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("activity.Job", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    zip = models.BinaryField(null=True, help_text="Removed when it expires.")
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True, help_text="When it was last fetched.")

    objects = DataCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "data copies"

    def __str__(self) -> str:
        return f"copy {self.reference}"


class Erasure(models.Model):
    """Somebody asked that a learner's record be erased. A learner's own wish waits some days; an officer's needs
    another officer's yes as well."""

    WAIT_DAYS = 7

    reference = ReferenceField()
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="erasures")
    state = models.CharField(max_length=10, choices=ErasureState, default=ErasureState.ASKED, editable=False)
    is_own = models.BooleanField(help_text="The learner asked.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why an officer asked. Emptied when it is done.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, help_text="First day it may be carried out.")
    ended_at = models.DateTimeField(null=True)
    hold = models.CharField(max_length=300, blank=True, help_text="Why it could not be carried out last night.")

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_erasure", fields=["learner"], condition=Q(state__in=sorted(ERASURES_OPEN))
            ),
            models.CheckConstraint(name="erasure_state_known", condition=Q(state__in=ErasureState.values)),
        ]

    def __str__(self) -> str:
        return f"erasure {self.reference}"


class MergedLearner(models.Model):
    """A record that turned out to be somebody's second one. Its reference leads to the one that was kept."""

    reference = models.CharField(max_length=20, unique=True, help_text="Of the record that is gone.")
    key = models.BigIntegerField(unique=True, help_text="Of the record that is gone: history names it.")
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="merged")  # part of the learner
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.reference} became {self.learner_id}"


class RetentionRule(models.Model):
    """How long one kind of thing is kept, where it was decided otherwise than the portal suggests."""

    name = models.CharField(primary_key=True, max_length=40)
    days = models.PositiveIntegerField(help_text="Days after it was last needed.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.name}: {self.days} days"


class RetentionRun(models.Model):
    """One tidying: what was due, and what was removed. Numbers only."""

    at = models.DateTimeField(default=clock.now, editable=False)
    is_rehearsal = models.BooleanField(help_text="Nothing was removed.")
    counts = models.JSONField(default=dict, help_text="Name of the rule -> how many.")

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"tidying of {self.at:%Y-%m-%d}"

    @property
    def numbers(self) -> list[tuple[Retention, int]]:
        """How many of each kind, in the order of the rules; a rule that is newer than the run has none."""
        return [(retention, self.counts.get(name, 0)) for name, retention in RETENTIONS.items()]

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from activity.querysets import EventQuerySet, JobQuerySet, OutboxQuerySet
from activity.workflow import OPEN, JobState
from core import clock
from core.references import ReferenceField


class Event(models.Model):
    """One line of history: who did which verb to what, and the facts as they were then.

    Append-only, held to by a database trigger. ``facts`` keeps course, provider and dates, never anything
    personal, so that a person can be erased without rewriting history.
    """

    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, help_text="app.model:key")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the service."
    )
    at = models.DateTimeField(default=clock.now, editable=False)
    facts = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["subject", "at"]), models.Index(fields=["verb", "at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


NOBODY = "nobody"


class OutboxMessage(models.Model):
    """Somebody must be told. Written in the transaction of what happened; sent afterwards, once."""

    key = models.CharField(max_length=160, unique=True, help_text="Names the occasion, so that it is told once.")
    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict, help_text="Keys of rows only, nothing personal.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    next_try_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, help_text="Kind of error, nothing personal.")
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    batch = models.CharField(
        max_length=60, blank=True, db_default="", default="", help_text="The press that caused many at once."
    )
    held_at = models.DateTimeField(null=True, help_text="It waits until somebody says a second time that it may go.")
    cancelled_at = models.DateTimeField(null=True, help_text="Somebody has said that it is not to go.")

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], name="outbox_waiting", condition=Q(sent_at=None, given_up_at=None)),
            models.Index(fields=["batch"], name="outbox_held", condition=Q(held_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def words(self) -> str:
        """Its kind, for people."""
        return self.kind.replace("-", " ").capitalize()

    @property
    def had_nobody(self) -> bool:
        """It is done, and there was nobody with an address to tell."""
        return self.sent_at is not None and self.last_error == NOBODY


class Job(models.Model):
    """Work that must be done, whatever happens to the process that does it.

    The row is the job; a message only wakes a worker.
    """

    reference = ReferenceField()
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160, unique=True, help_text="Names the occasion, so that it is done once.")
    payload = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, help_text="Nobody else may take it before (the database's clock).")
    worker = models.CharField(max_length=60, blank=True, help_text="The claim that holds it, or held it last.")
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(null=True)
    doing = models.CharField(max_length=120, blank=True, help_text="What it is doing, in words for people.")
    error = models.CharField(max_length=300, blank=True, help_text="A sentence for people.")
    queued_at = models.DateTimeField(default=clock.now)
    woken_at = models.DateTimeField(db_default=Now(), help_text="When a worker was last told (the database's clock).")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="job_state_known", condition=Q(state__in=JobState.values)),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="job_open", condition=Q(state__in=["queued", "running"]))
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_over(self) -> bool:
        return self.state not in OPEN

    @property
    def percent(self) -> int:
        if self.state == JobState.DONE:
            return 100
        return min(99, 100 * self.done_steps // self.all_steps) if self.all_steps else 0

    @property
    def words(self) -> str:
        """How far it is, for people who watch."""
        if self.is_over or not self.doing:
            return self.get_state_display()
        return f"{self.doing}: {self.done_steps:,} of {self.all_steps:,}" if self.all_steps else self.doing

"""Answers that a provider decides one by one and that learners read together, at a set hour."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.choice import Choice
from applications.querysets import ReleaseQuerySet, StagedDecisionQuerySet
from core import clock
from core.references import ReferenceField


class Release(models.Model):
    """Decisions of one provider that become answers together. Open, then set to an hour, then over."""

    reference = ReferenceField()
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=80, help_text="For the desk: 'First offers'.")
    release_at = models.DateTimeField(null=True, help_text="When learners hear. Empty: not set yet.")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, help_text="Every decision has been carried out, or says why not.")
    ended_at = models.DateTimeField(null=True, help_text="Given up: nothing of it became an answer.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="release_is_set_by_somebody", condition=Q(release_at=None) | Q(set_by__isnull=False)
            ),
            models.CheckConstraint(name="release_ends_once", condition=Q(released_at=None) | Q(ended_at=None)),
        ]
        indexes = [models.Index(fields=["release_at"], condition=Q(released_at=None), name="release_due")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.released_at is not None or self.ended_at is not None

    @property
    def has_begun(self) -> bool:
        """Its hour has come: from now on nothing of it is changed."""
        return self.release_at is not None and self.release_at <= clock.now()

    @property
    def is_open(self) -> bool:
        """Decisions can be put into it and taken out."""
        return not self.is_over and self.release_at is None


class StagedOutcome(models.TextChoices):
    WAITING = "", _("Waiting")
    DONE = "done", _("Released")
    FAILED = "failed", _("Could not be done")
    DROPPED = "dropped", _("Taken out")


class StagedDecision(models.Model):
    """What a provider means to answer to one choice. Nobody but the provider can see it before its hour."""

    reference = ReferenceField()
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="decisions")
    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="staged_decisions")
    verb = models.CharField(max_length=20, help_text="Of the choice: offer, refuse or put_on_reserve.")
    said = models.JSONField(default=dict, help_text="What the action takes beside choice and person.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    staged_at = models.DateTimeField(default=clock.now)
    outcome = models.CharField(max_length=10, choices=StagedOutcome, blank=True, default=StagedOutcome.WAITING)
    why = models.CharField(max_length=300, blank=True, help_text="Why it could not be done.")
    done_at = models.DateTimeField(null=True)

    objects = StagedDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="one_waiting_decision_per_choice", fields=["choice"], condition=Q(outcome="")),
            models.CheckConstraint(name="staged_outcome_known", condition=Q(outcome__in=StagedOutcome.values)),
            models.CheckConstraint(
                name="staged_verb_known", condition=Q(verb__in=["offer", "refuse", "put_on_reserve"])
            ),
        ]

    def __str__(self) -> str:
        return f"staged decision {self.reference}"

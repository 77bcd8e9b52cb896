from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.choice import Choice


class InterviewState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CANCELLED = "cancelled", _("Cancelled")
    DONE = "done", _("Held")
    MISSED = "missed", _("Missed")


class Interview(models.Model):
    """A provider asks a learner to come and talk."""

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="interviews")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    note = models.TextField(blank=True, help_text="What to bring, whom to ask for.")
    state = models.CharField(max_length=10, choices=InterviewState, default=InterviewState.PLANNED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(name="interview_state_known", condition=Q(state__in=InterviewState.values)),
            models.UniqueConstraint(name="one_planned_interview", fields=["choice"], condition=Q(state="planned")),
        ]

    def __str__(self) -> str:
        return f"interview for choice {self.choice_id}"

"""Results day rehearsed: a seed from which results are invented, and what came of trying it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.querysets import ResultsRehearsalQuerySet
from core import clock


class ResultsRehearsal(models.Model):
    """A provider rehearses results day. The results are worked out from the seed and never stored."""

    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="rehearsals")
    seed = models.PositiveIntegerField(help_text="The same seed makes the same results.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now, editable=False)
    ends_at = models.DateTimeField(help_text="It is over then by itself.")
    ended_at = models.DateTimeField(null=True, help_text="When somebody ended it before.")
    report = models.JSONField(default=dict, help_text="Of the last try: how many would be confirmed, and left why.")

    objects = ResultsRehearsalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="rehearsal_ends_later", condition=Q(ends_at__gt=F("started_at"))),
            models.UniqueConstraint(name="one_open_rehearsal", fields=["provider"], condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"rehearsal {self.pk}"

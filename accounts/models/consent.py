from django.conf import settings
from django.db import models

from accounts.models.learner import Learner
from accounts.querysets import ConsentQuerySet
from core import clock


class ConsentKind(models.TextChoices):
    ADVICE_SERVICE = "advice_service", "Share my plan and applications with the advice service"


class Consent(models.Model):
    """What a learner answered when asked for consent, with the words that were shown. The newest answer holds."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    is_given = models.BooleanField()
    words = models.TextField(help_text="The question as it was shown.")
    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["learner", "kind", "-at"])]

    def __str__(self) -> str:
        return f"{self.kind}: {'yes' if self.is_given else 'no'}"

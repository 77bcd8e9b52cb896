from django.conf import settings
from django.db import models

from core import clock


class ColumnAnswer(models.Model):
    """What somebody said a column of a provider's spreadsheets holds, so that nobody is asked again."""

    provider = models.ForeignKey(
        "providers.Organisation", on_delete=models.CASCADE, related_name="+"
    )  # means nothing without it
    heading = models.CharField(max_length=200, help_text="Squeezed to its letters and figures.")
    key = models.CharField(max_length=60, blank=True, help_text="Of prospectus.headings; empty: not used.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["provider", "heading"]
        constraints = [models.UniqueConstraint(name="one_answer_per_heading", fields=["provider", "heading"])]

    def __str__(self) -> str:
        return f"{self.heading}: {self.key or 'not used'}"

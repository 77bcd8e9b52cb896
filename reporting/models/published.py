"""What the Department has published about authorities, beside which an area's own figures stand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    NATIONAL = "national", _("England")
    REGION = "region", _("Region")
    AUTHORITY = "authority", _("Authority")


class PublishedFigure(models.Model):
    """One published figure of a September: of England, a region or an authority.

    The Department's scorecards count Years 11 and 12 together; older releases tell them apart.
    """

    september = models.PositiveSmallIntegerField(help_text="2024: the Guarantee of September 2024.")
    level = models.CharField(max_length=10, choices=Level)
    code = models.CharField(max_length=9, help_text="The Department's three digits; of a region its nine-letter code.")
    name = models.CharField(max_length=80)
    cohort = models.CharField(max_length=5, default="16-17", help_text="Ages counted: 16-17, 16 or 17.")
    category = models.CharField(max_length=16, default="offer_made")
    percent = models.DecimalField(max_digits=5, decimal_places=1, help_text="Of the cohort. More than 100 is possible.")
    change_points = models.DecimalField(
        max_digits=5, decimal_places=1, null=True, help_text="Percentage points since the year before."
    )
    learners = models.PositiveIntegerField(null=True, help_text="The cohort, where it was published.")
    source = models.CharField(max_length=160, help_text="The release and its year.")

    class Meta:
        ordering = ["-september", "level", "name"]
        constraints = [
            models.UniqueConstraint(
                name="one_published_figure", fields=["september", "level", "code", "cohort", "category"]
            ),
            models.CheckConstraint(name="published_level_known", condition=Q(level__in=Level.values)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.september}"

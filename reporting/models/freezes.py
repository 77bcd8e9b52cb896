"""Figures of the September Guarantee that stay as they were: frozen by somebody, or kept for a day."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from core import clock
from core.references import ReferenceField
from reporting.models.counters import Counted
from reporting.querysets import FreezeQuerySet


class Freeze(models.Model):
    """An officer has kept the figures of an area as they stood at the end of a day, and the learners behind them."""

    reference = ReferenceField()
    area = models.ForeignKey("providers.Area", on_delete=models.PROTECT, related_name="+")
    entry_year = models.PositiveSmallIntegerField()
    stood_on = models.DateField(help_text="As it stood at the end of this day.")
    name = models.CharField(max_length=80, blank=True, help_text="What it is for, like: for the return.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    names_removed_on = models.DateField(null=True, help_text="Since then only the figures are left.")

    objects = FreezeQuerySet.as_manager()

    class Meta:
        ordering = ["-stood_on", "-pk"]

    def __str__(self) -> str:
        return f"freeze {self.reference}"

    @property
    def is_early(self) -> bool:
        """The day was not over: what happened in the rest of it is missing."""
        return timezone.localdate(self.made_at) <= self.stood_on


class FrozenFigure(Counted):
    """One figure of a freeze. It says nothing of anybody and stays."""

    area = None  # type: ignore[assignment] - the freeze says it
    entry_year = None  # type: ignore[assignment]
    freeze = models.ForeignKey(Freeze, on_delete=models.CASCADE, related_name="figures")  # part of the freeze
    school = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.number} at {self.light}"


class FrozenLearner(Counted):
    """One learner as they stood in a freeze, so that two can be compared by name for some years."""

    area = None  # type: ignore[assignment] - the freeze says it
    entry_year = None  # type: ignore[assignment]
    freeze = models.ForeignKey(Freeze, on_delete=models.CASCADE, related_name="learners")  # part of the freeze
    learner = models.ForeignKey("accounts.Learner", on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="frozen_once", fields=["freeze", "learner", "year_group"]),
        ]

    def __str__(self) -> str:
        return f"learner {self.learner_id} in freeze {self.freeze_id}"


class DailyFigure(Counted):
    """How many of a school stood like this at the end of a day. Never changed: it can be made again from history."""

    day = models.DateField()
    school = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_daily_figure", fields=["area", "day", "year_group", "school", "light", "category", "is_late"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} at {self.light} on {self.day}"


class DailyCount(models.Model):
    """The figures of this area and day are kept, even where there are none."""

    area = models.ForeignKey("providers.Area", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_daily_count", fields=["area", "day"])]

    def __str__(self) -> str:
        return f"area {self.area_id} on {self.day}"

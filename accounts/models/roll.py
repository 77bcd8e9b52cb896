from django.db import models
from django.db.models import F, Q

from accounts.models.learner import Learner
from accounts.querysets import RollEntryQuerySet
from core import clock


class RollEntry(models.Model):
    """A learner is on a school's roll, in a year group and tutor group, from one date until another."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="roll_entries")
    # An index below begins with the school.
    school = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="roll_entries", db_index=False
    )
    year_group = models.PositiveSmallIntegerField(help_text="National curriculum year, 7 to 14.")
    tutor_group = models.CharField(max_length=20, blank=True)
    local_id = models.CharField(max_length=40, blank=True, help_text="The school system's own number for the learner.")
    started_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True, help_text="First day no longer on the roll in this group.")

    objects = RollEntryQuerySet.as_manager()

    class Meta:
        ordering = ["year_group", "tutor_group", "pk"]
        verbose_name_plural = "roll entries"
        constraints = [
            models.UniqueConstraint(name="one_open_roll_entry", fields=["learner"], condition=Q(ended_on=None)),
            models.CheckConstraint(name="roll_year_group_known", condition=Q(year_group__range=(7, 14))),
            models.CheckConstraint(
                name="roll_dates_in_order", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
        ]
        indexes = [models.Index(fields=["school", "year_group", "tutor_group"])]

    def __str__(self) -> str:
        return f"learner {self.learner_id} at {self.school_id}"

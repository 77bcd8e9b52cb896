"""Counters of the September Guarantee for all areas together.

The database writes them, or a note of whom to count, in the transaction of what changes a light; nobody else does but
the nightly count, which compares and mends. Pages of one area do not read them: they ask the rows themselves.
"""

from django.db import models
from django.db.models import Q

from core import clock
from reporting.models.statuses import Category
from reporting.querysets import ReconciliationQuerySet


class CountedArea(models.Model):
    """An area is counted for this day and entry year: by them, not by the machine's clock, triggers know a cohort."""

    area = models.OneToOneField("providers.Area", primary_key=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    entry_year = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"area {self.area_id} on {self.day}"


class Counted(models.Model):
    """What one counter is about."""

    area = models.ForeignKey("providers.Area", on_delete=models.CASCADE, related_name="+")
    # Of rows that were checked when they were written: a check is made ready anew by each statement of each writer.
    entry_year = models.SmallIntegerField()
    year_group = models.SmallIntegerField()
    light = models.CharField(max_length=10)
    category = models.CharField(max_length=16, choices=Category)
    is_late = models.BooleanField(help_text="Joined after the cohort was fixed.")

    class Meta:
        abstract = True


KEY = ("area", "entry_year", "year_group", "light", "category", "is_late")


class Standing(Counted):
    """How the Guarantee stands for one learner of a cohort: what a counter has counted them as."""

    # The constraint begins with the learner: every index more is paid for by every light that changes.
    learner = models.ForeignKey("accounts.Learner", on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_standing", fields=["learner", "area", "entry_year", "year_group"])
        ]

    def __str__(self) -> str:
        return f"standing of learner {self.learner_id}"


class StandingCount(Counted):
    """How many learners stand like this. With the changes since, this is how many there are now."""

    number = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_standing_count", fields=KEY)]

    def __str__(self) -> str:
        return f"{self.number} at {self.light}"


class StandingChange(Counted):
    """So many more, or fewer, stand like this. A row of its own, so that nobody waits for somebody else's counter; a
    sweep adds them to the counters."""

    # It is the area of a standing, which is there: to ask again would cost each writer more than to write the row.
    area = models.ForeignKey(
        "providers.Area", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    number = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.number:+} at {self.light}"


class StandingNote(models.Model):
    """A choice of this learner has moved since they were counted. A sweep counts them anew; who reads before it does
    so for themselves. It is a minute old at most, and a learner who is gone by then is nobody's."""

    # Not a foreign key: it would lock the learner for each writer, and nothing is looked for by it.
    learner_key = models.BigIntegerField()

    def __str__(self) -> str:
        return f"note of learner {self.learner_key}"


class Reconciliation(models.Model):
    """The nightly count of one area: what the counters said and what the rows say, and the difference mended."""

    area = models.ForeignKey("providers.Area", on_delete=models.CASCADE, related_name="+")
    day = models.DateField(help_text="The day counted for.")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    learners = models.PositiveIntegerField(help_text="How many stand in a cohort of the area.")
    differences = models.PositiveIntegerField(help_text="Learners who were counted wrongly, not by time alone.")
    found = models.JSONField(default=dict, help_text="From which light to which, and how many; no names.")

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["area", "-made_at"], name="reconciliation_newest")]
        constraints = [
            models.CheckConstraint(name="no_more_wrong_than_counted", condition=Q(differences__gte=0)),
        ]

    def __str__(self) -> str:
        return f"count of area {self.area_id} on {self.day}"

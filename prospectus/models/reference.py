from django.contrib.postgres.fields import ArrayField
from django.db import models


class Subject(models.Model):
    """A sector subject area: 15 broad ones (tier 1) and the 50 inside them. Codes are text: 04.1 is not a number."""

    code = models.CharField(primary_key=True, max_length=4)
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    plain_name = models.CharField(max_length=60, blank=True, help_text="What a 15-year-old would call it.")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.plain_name or self.name


class Level(models.Model):
    """A qualification level from Entry to 8, in plain words."""

    code = models.CharField(primary_key=True, max_length=1)
    name = models.CharField(max_length=60)
    plain_words = models.CharField(max_length=200, help_text="What it is like, for a 15-year-old.")
    position = models.PositiveSmallIntegerField(unique=True, help_text="Entry is 0.")

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class QualificationType(models.Model):
    """A kind of qualification, from GCSE to supported internship."""

    code = models.CharField(primary_key=True, max_length=30)
    name = models.CharField(max_length=100)
    family = models.CharField(max_length=30)
    is_current = models.BooleanField(default=True, help_text="Still offered today.")
    plain_name = models.CharField(
        max_length=60, blank=True, db_default="", help_text="What a 15-year-old would call it."
    )
    plain_words = models.CharField(
        max_length=200, blank=True, db_default="", help_text="What it is like, for a 15-year-old."
    )
    levels = ArrayField(
        models.CharField(max_length=1), default=list, blank=True, help_text="Codes of the levels it is at."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.plain_name or self.name

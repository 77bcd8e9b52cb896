"""What a school's rolls leave behind: answers about their columns, and how things were before the last one."""

from django.conf import settings
from django.db import models

from core import clock


class RollHeading(models.Model):
    """What somebody said a column of a school's files holds, so that nobody is asked again."""

    school = models.ForeignKey(
        "providers.Organisation", on_delete=models.CASCADE, related_name="+"
    )  # means nothing without it
    heading = models.CharField(max_length=200, help_text="Squeezed to its letters and figures.")
    thing = models.CharField(max_length=30, help_text="What it holds, of accounts.imports.columns.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["school", "heading"]
        constraints = [models.UniqueConstraint(name="one_answer_per_roll_heading", fields=["school", "heading"])]

    def __str__(self) -> str:
        return f"{self.heading}: {self.thing}"


class RollImage(models.Model):
    """One learner whom the last published roll of a school added, changed, moved or ended, before it and after it:
    of somebody who was there before, what has become otherwise.

    Gone with the next roll, or with the file, whichever comes first: until then the roll can be undone.
    """

    # Goes with its upload; the constraint begins with it.
    upload = models.ForeignKey("providers.Upload", on_delete=models.CASCADE, related_name="+", db_index=False)
    learner_key = models.BigIntegerField(help_text="Primary key of the learner.")
    before = models.JSONField(null=True, help_text="Empty: the roll added them.")
    after = models.JSONField(help_text="Anything else now says that they were touched since.")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_roll_image_per_learner", fields=["upload", "learner_key"])]

    def __str__(self) -> str:
        return f"learner {self.learner_key} before {self.upload_id}"

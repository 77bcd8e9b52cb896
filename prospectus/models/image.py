"""How a provider's catalogue was before its last upload: what undoing it puts back."""

from django.db import models
from django.db.models import Q

THINGS = ["course", "run", "site", "checked"]


class CatalogueImage(models.Model):
    """One thing that the last published upload of a provider added, changed or ended, as it was before.

    Written by the merge itself, in one statement for each table; the images of a provider's earlier uploads are gone
    then. Rows of the thing "checked" are of courses that the upload only said to be right: ``before`` has their keys
    and the day they had been checked on.
    """

    upload = models.ForeignKey(  # goes with its upload; found by the constraint below
        "providers.Upload", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    thing = models.CharField(max_length=10)
    thing_key = models.BigIntegerField(help_text="Primary key of the course, run or site; a number for the others.")
    before = models.JSONField(null=True, help_text="Every column as it was. Empty: the upload added it.")
    version = models.CharField(
        max_length=32, blank=True, help_text="Digest of the thing after the upload: another one says it was touched."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_image_per_thing", fields=["upload", "thing", "thing_key"]),
            models.CheckConstraint(name="image_thing_known", condition=Q(thing__in=THINGS)),
        ]

    def __str__(self) -> str:
        return f"{self.thing} {self.thing_key} before {self.upload_id}"

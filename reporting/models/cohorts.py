"""A cohort that an organisation follows: what narrows it, whose it is to look after, and for how long."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.references import ReferenceField
from reporting.querysets import SavedCohortQuerySet


class SavedCohort(models.Model):
    """A question that is asked again and again, under a name, for the people of one organisation. It holds no learner:
    who is in it is asked each time, as far as whoever asks may know."""

    reference = ReferenceField()
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="saved_cohorts")
    name = models.CharField(max_length=80)
    filters = models.JSONField(help_text="Filter: value, as the address of the page says them.")
    in_words = models.JSONField(help_text="[[filter, value]] in the words they were chosen by.")
    lead = models.ForeignKey(
        "providers.StaffRole", null=True, on_delete=models.PROTECT, related_name="led_cohorts",
        help_text="Whose it is to look after. Ends in effect with the role.",
    )  # fmt: skip
    from_on = models.DateField(default=clock.today, help_text="First day it is followed.")
    until_on = models.DateField(null=True, blank=True, help_text="Last day it is followed. Empty: until it is ended.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = SavedCohortQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="saved_cohort_days_in_order", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="saved_cohort_ended_or_not",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["organisation"], name="saved_cohort_open", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return self.name

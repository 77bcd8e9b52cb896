from django.conf import settings
from django.db import models

from applications.querysets import OutsideOfferQuerySet
from core import clock
from core.references import ReferenceField


class OutsideOffer(models.Model):
    """An offer made outside this service and recorded by an adult, so that the September Guarantee counts it."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="outside_offers")
    cycle = models.ForeignKey("providers.Cycle", on_delete=models.PROTECT, related_name="outside_offers")
    provider_name = models.CharField(max_length=160)
    course_name = models.CharField(max_length=160, blank=True)
    offered_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True, help_text="No longer stands.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = OutsideOfferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_on", "-pk"]

    def __str__(self) -> str:
        return f"outside offer {self.reference}"

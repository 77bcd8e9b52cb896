"""What the September Guarantee records of a learner that no choice can tell, in the words of the client return."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from reporting.querysets import RecordedStatusQuerySet, StatusQuerySet


class Category(models.TextChoices):
    """The four groups the Department publishes. Every learner of a cohort is in one of them.

    Source: nccis-september-guarantee.md, "Published by the Department per authority".
    """

    OFFER_MADE = "offer_made", _("Offer made")
    NOT_APPROPRIATE = "not_appropriate", _("Offer not appropriate")
    NO_OFFER = "no_offer", _("No offer")
    NOT_RECORDED = "not_recorded", _("Not recorded")


class GuaranteeStatus(models.Model):
    """A status code of the client return. Its words and its group are an authority's to put right: most are guesses."""

    code = models.CharField(primary_key=True, max_length=3)
    meaning = models.CharField(max_length=160)
    category = models.CharField(max_length=16, choices=Category)
    for_year_11 = models.BooleanField(default=True)
    for_year_12 = models.BooleanField(default=True)
    is_verified = models.BooleanField(default=False, help_text="Somebody who knows the return has confirmed the words.")

    objects = StatusQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "guarantee statuses"
        constraints = [
            models.CheckConstraint(name="guarantee_category_known", condition=Q(category__in=Category.values))
        ]

    def __str__(self) -> str:
        return self.meaning


class RecordedStatus(models.Model):
    """An adult has said how the Guarantee stands for a learner, from a moment until another said otherwise.

    A row is never changed but to end it, so that the figures can be read as they stood on any day.
    """

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="guarantee_statuses")
    entry_year = models.PositiveSmallIntegerField(help_text="2027: the Guarantee of September 2027.")
    status = models.ForeignKey(GuaranteeStatus, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, help_text="When somebody said otherwise, or took it back.")

    objects = RecordedStatusQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        verbose_name_plural = "recorded statuses"
        constraints = [
            models.UniqueConstraint(
                name="one_standing_status", fields=["learner", "entry_year"], condition=Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"guarantee status {self.reference}"

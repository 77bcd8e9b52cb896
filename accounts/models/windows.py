"""When learners may unlock their records."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.querysets import UnlockWindowQuerySet
from core import clock
from core.references import ReferenceField


class UnlockWindow(models.Model):
    """The learners of a school, or of an area's schools that set none of their own, unlock from one day until another.

    A school or area without any may unlock at all times.
    """

    reference = ReferenceField()
    area = models.ForeignKey("providers.Area", on_delete=models.PROTECT, related_name="unlock_windows")
    school = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="unlock_windows",
        help_text="Empty: the area's, for schools that have none.",
    )  # fmt: skip
    opens_on = models.DateField(help_text="First day on which codes work.")
    closes_on = models.DateField(help_text="Last day on which codes work.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Taken away again.")

    objects = UnlockWindowQuerySet.as_manager()

    class Meta:
        ordering = ["opens_on", "pk"]
        constraints = [
            models.CheckConstraint(name="unlock_window_in_order", condition=Q(closes_on__gte=F("opens_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.opens_on} to {self.closes_on}"

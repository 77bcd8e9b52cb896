from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.choice import Choice
from core import clock


class ReferralState(models.TextChoices):
    OPEN = "open", _("Waiting for the learner")
    TAKEN = "taken", _("Taken")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("No longer open")


class Referral(models.Model):
    """A provider proposes other runs of its own for a choice; the learner says yes or no."""

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="referrals")
    runs = models.ManyToManyField("prospectus.CourseRun", related_name="+")
    message = models.TextField(blank=True, help_text="Why, in words for the learner.")
    state = models.CharField(max_length=10, choices=ReferralState, default=ReferralState.OPEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_open_referral", fields=["choice"], condition=Q(state="open")),
            models.CheckConstraint(name="referral_state_known", condition=Q(state__in=ReferralState.values)),
        ]

    def __str__(self) -> str:
        return f"referral on choice {self.choice_id}"

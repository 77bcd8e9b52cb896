from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.choice import Choice
from core import clock


class Offer(models.Model):
    """The provider's answer. A changed offer is a new row; the old one is ended."""

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="offers")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer_by_on = models.DateField(help_text="Last day to answer, London.")
    message = models.TextField(blank=True, help_text="Words to the learner.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="one_standing_offer_per_choice", fields=["choice"], condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"offer on choice {self.choice_id}"


class AnswerReminder(models.Model):
    """The learner was reminded to answer an offer. A row, so that nobody is reminded twice of the same thing."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="reminders")
    number = models.PositiveSmallIntegerField(help_text="1 or 2.")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_reminder_of_a_number", fields=["offer", "number"])]

    def __str__(self) -> str:
        return f"reminder {self.number} of offer {self.offer_id}"


class ConditionState(models.TextChoices):
    OPEN = "open", _("Not yet known")
    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")


class ConditionKind(models.TextChoices):
    RESULTS = "results", _("Results")
    INTERVIEW = "interview", _("Interview")
    REFERENCE = "reference", _("Reference")
    OTHER = "other", _("Something else")


class OfferCondition(models.Model):
    """Something that must still be true before the place is certain."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="conditions")  # part of the offer
    kind = models.CharField(max_length=10, choices=ConditionKind)
    text = models.CharField(max_length=200, help_text="For the learner: 'Grade 4 or above in English'.")
    state = models.CharField(max_length=10, choices=ConditionState, default=ConditionState.OPEN)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="condition_state_known", condition=Q(state__in=ConditionState.values))
        ]

    def __str__(self) -> str:
        return self.text

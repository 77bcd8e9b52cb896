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
    WAIVED = "waived", _("No longer asked for")


SETTLED = (ConditionState.MET, ConditionState.WAIVED)


class ConditionKind(models.TextChoices):
    GRADE = "grade", _("A grade in a subject")
    GRADES = "grades", _("A number of grades")
    RESULTS = "results", _("Results, in words")
    ATTENDANCE = "attendance", _("Attendance")
    REFERENCE = "reference", _("Reference")
    DOCUMENT = "document", _("Something to show")
    INTERVIEW = "interview", _("Interview")
    OTHER = "other", _("Something else")


class TypedCondition(models.Model):
    """What must still be true, in columns that results can be held against, and in words for the learner."""

    kind = models.CharField(max_length=10, choices=ConditionKind)
    text = models.CharField(max_length=200, help_text="For the learner: 'Grade 4 or above in English'.")
    subject = models.CharField(max_length=80, blank=True, db_default="", default="", help_text="Of a grade.")
    grade = models.CharField(max_length=20, blank=True, db_default="", default="", help_text="At least this one.")
    number = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of grades; of attendance in percent.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


class OfferCondition(TypedCondition):
    """Something that must still be true before the place is certain."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="conditions")  # part of the offer
    state = models.CharField(max_length=10, choices=ConditionState, default=ConditionState.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, help_text="When its state was last said.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="condition_state_known", condition=Q(state__in=ConditionState.values))
        ]


class UsualCondition(TypedCondition):
    """What a provider usually asks of applicants to a course, or to any of its courses: taken with one press."""

    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="usual_conditions")
    course = models.ForeignKey(
        "prospectus.Course", null=True, on_delete=models.CASCADE, related_name="+", help_text="Empty: any course."
    )  # of this
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["course", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="usual_condition_once_at_a_place",
                fields=["provider", "course", "position"],
                nulls_distinct=False,
            )
        ]

"""What a provider asks whoever applies to it, beside the form everybody has."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.choice import Choice
from applications.querysets import ProviderQuestionQuerySet
from core import clock
from core.references import ReferenceField


class QuestionKind(models.TextChoices):
    SHORT = "short", _("A short answer")
    LONG = "long", _("A long answer")
    YES_NO = "yes_no", _("Yes or no")
    ONE_OF = "one_of", _("One of a list")
    DATE = "date", _("A date")


class ProviderQuestion(models.Model):
    """One question of a provider in one cycle. Its words never change: a changed question is a new row."""

    reference = ReferenceField()
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="questions")
    cycle = models.ForeignKey("providers.Cycle", on_delete=models.PROTECT, related_name="+")
    courses = models.ManyToManyField(
        "prospectus.Course", blank=True, related_name="+", help_text="For applicants to these. None: to any course."
    )
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    kind = models.CharField(max_length=6, choices=QuestionKind)
    words = models.CharField(max_length=200)
    help_text = models.CharField(max_length=300, blank=True)
    options = ArrayField(models.CharField(max_length=80), default=list, blank=True, help_text="Of one of a list.")
    is_required = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, help_text="No longer asked, or asked in other words.")

    objects = ProviderQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(name="provider_question_kind_known", condition=Q(kind__in=QuestionKind.values)),
            models.CheckConstraint(
                name="provider_question_options_if_kind",
                condition=Q(kind="one_of", options__len__gte=2) | ~Q(kind="one_of") & Q(options=[]),
            ),
        ]
        indexes = [models.Index(fields=["provider", "cycle"])]

    def __str__(self) -> str:
        return self.words


class ProviderAnswer(models.Model):
    """What a learner answers to a provider's question in one choice, until it is sent."""

    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="answers")  # part of it
    question = models.ForeignKey(ProviderQuestion, on_delete=models.PROTECT, related_name="answers")
    answer = models.TextField(help_text="A date as 2026-11-18; yes or no.")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_answer_per_question", fields=["choice", "question"])]

    def __str__(self) -> str:
        return f"answer to question {self.question_id}"

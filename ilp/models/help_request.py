from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from ilp.querysets import HelpRequestQuerySet
from ilp.workflow import HelpState


class HelpTopic(models.TextChoices):
    IDEAS = "ideas", _("Finding out what I could do")
    CHOOSING = "choosing", _("Choosing between courses")
    APPLYING = "applying", _("Writing my application")
    WORK = "work", _("Apprenticeships and work")
    MONEY = "money", _("Money and travel")
    LEARNING = "learning", _("Learning and exams")
    NEEDS = "needs", _("A disability, a health condition or learning needs")
    OTHER = "other", _("Something else")


class HelpRequest(models.Model):
    """A learner would like help with something. Somebody of their school or advice service takes it on."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="help_requests")
    topic = models.CharField(max_length=10, choices=HelpTopic)
    words = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=HelpState, default=HelpState.ASKED, editable=False)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=300, blank=True, help_text="What was done, for the learner to read.")

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(name="help_topic_known", condition=Q(topic__in=HelpTopic.values)),
            models.CheckConstraint(name="help_state_known", condition=Q(state__in=HelpState.values)),
            models.CheckConstraint(
                name="closed_help_says_when",
                condition=~Q(state__in=["closed", "taken_back"]) | Q(closed_at__gte=F("asked_at")),
            ),
            models.UniqueConstraint(
                name="help_asked_once_at_a_time",
                fields=["learner", "topic"],
                condition=Q(state__in=["asked", "taken"]),
            ),
        ]
        indexes = [models.Index(fields=["learner", "state"]), models.Index(fields=["state", "asked_at"])]

    def __str__(self) -> str:
        return f"help request {self.reference}"

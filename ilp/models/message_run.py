"""One message for many learners, each in their own conversation."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from activity.workflow import PickedState
from core import clock
from core.references import ReferenceField
from ilp.models.conversation import Message
from ilp.querysets import MessageRunQuerySet

ME = settings.AUTH_USER_MODEL


class MessageRun(models.Model):
    """Learners picked to be written to together. Frozen as rows when they were picked; worked off once the words are
    confirmed."""

    reference = ReferenceField()
    by = models.ForeignKey(ME, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True, help_text="What each of them reads. Emptied when all is done.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = MessageRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="message_run_ends_after_confirm",
                condition=Q(ended_at=None) | Q(confirmed_at__isnull=False, ended_at__gte=F("confirmed_at")),
            )
        ]

    def __str__(self) -> str:
        return f"message to many {self.reference}"

    @cached_property
    def number(self) -> int:
        """How many were picked: it does not change any more."""
        return self.items.count()  # type: ignore[attr-defined]


class MessageItem(models.Model):
    """One learner of such a run, and what became of it."""

    run = models.ForeignKey(MessageRun, on_delete=models.CASCADE, related_name="items")  # part of it
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(help_text="From 0, in the order of the list.")
    state = models.CharField(max_length=8, choices=PickedState, default=PickedState.WAITING)
    why = models.CharField(max_length=300, blank=True, help_text="Why nothing was sent: a sentence, nothing personal.")
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="a_learner_once_in_a_message_run", fields=["run", "learner"]),
            models.CheckConstraint(name="message_item_state_known", condition=Q(state__in=PickedState.values)),
        ]
        indexes = [models.Index(fields=["run", "position"], condition=Q(state="waiting"), name="message_item_waiting")]

    def __str__(self) -> str:
        return f"learner {self.learner_id} in message run {self.run_id}"

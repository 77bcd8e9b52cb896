"""What is agreed in a review: targets, and the actions of an action plan."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from ilp.models.review import Review
from ilp.querysets import AgreedActionQuerySet, TargetQuerySet
from ilp.workflow import AgreedActionState, TargetState


class Target(models.Model):
    """Something a learner means to reach: what, how one will know, by when, and who helps. Its words never change."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="targets")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="targets", help_text="Where it was set.")
    state = models.CharField(max_length=10, choices=TargetState, default=TargetState.OPEN, editable=False)
    what = models.CharField(max_length=200)
    how_known = models.CharField(max_length=300, help_text="How people will know that it is met.")
    helped_by = models.CharField(max_length=200, blank=True, help_text="Who helps, in words.")
    due_on = models.DateField(help_text="The last day on which it is in time; as moved.")
    is_from_learner = models.BooleanField(help_text="Who wrote it down.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey("providers.StaffRole", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.CheckConstraint(name="target_state_known", condition=Q(state__in=TargetState.values))]
        indexes = [models.Index(fields=["learner", "state", "due_on"])]

    def __str__(self) -> str:
        return f"target {self.reference}"

    @property
    def is_late(self) -> bool:
        return self.state == TargetState.OPEN and self.due_on < clock.today()


class TargetChangeKind(models.TextChoices):
    MOVE = "move", _("Moved to another day")
    MEET = "meet", _("Met")
    MISS = "miss", _("Not met")
    DROP = "drop", _("Dropped")
    REOPEN = "reopen", _("Opened again")
    CARRY = "carry", _("Carried into a review")


class TargetChange(models.Model):
    """What happened to a target, who said so and why. Never changed."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=TargetChangeKind)
    review = models.ForeignKey(
        Review, null=True, on_delete=models.PROTECT, related_name="carried", help_text="Into which it was carried."
    )
    from_on = models.DateField(null=True, help_text="Of a moved target: when it was due before.")
    to_on = models.DateField(null=True, help_text="Of a moved target: when it is due since.")
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey("providers.StaffRole", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="target_change_kind_known", condition=Q(kind__in=TargetChangeKind.values)),
            models.CheckConstraint(
                name="carried_target_says_where",
                condition=Q(kind="carry", review__isnull=False) | (~Q(kind="carry") & Q(review=None)),
            ),
            models.UniqueConstraint(
                name="carried_once_into_a_review", fields=["target", "review"], condition=Q(kind="carry")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of target {self.target_id}"


class AgreedAction(models.Model):
    """One line of the action plan: who does what by when. The owner is the learner, or an adult in a role."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="agreed_actions")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="agreed_actions")
    state = models.CharField(max_length=10, choices=AgreedActionState, default=AgreedActionState.OPEN, editable=False)
    what = models.CharField(max_length=200)
    owner_role = models.ForeignKey(
        "providers.StaffRole",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreed_actions",
        help_text="Whose it is. Empty: the learner’s.",
    )
    due_on = models.DateField(help_text="The last day on which it is in time.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, help_text="What came of it, or why it was dropped.")

    objects = AgreedActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(name="agreed_action_state_known", condition=Q(state__in=AgreedActionState.values)),
            models.CheckConstraint(
                name="closed_action_says_who",
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "state", "due_on"]),
            models.Index(fields=["owner_role", "state", "due_on"]),
        ]

    def __str__(self) -> str:
        return f"agreed action {self.reference}"

    @property
    def mark(self) -> str:
        """Whose it is and by when: what somebody looked at who passes it on."""
        return f"{self.owner_role.reference if self.owner_role else 'learner'} {self.due_on.isoformat()}"

    @property
    def is_late(self) -> bool:
        return self.state == AgreedActionState.OPEN and self.due_on < clock.today()

"""Clearing: learners without a place who agreed to be shown, and providers with places that ask them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.choice import Choice
from applications.querysets import ClearingInvitationQuerySet, ClearingListingQuerySet
from core import clock
from core.references import ReferenceField


class ClearingListing(models.Model):
    """A learner agreed to be shown to providers that still have places. Off until they say so; ended when they like."""

    reference = ReferenceField()
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="listings")  # part of it
    agreed_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, help_text="When the learner took it back.")

    objects = ClearingListingQuerySet.as_manager()

    class Meta:
        ordering = ["-agreed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="shown_once_in_clearing", fields=["application"], condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"clearing listing {self.reference}"


class InvitationState(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    TAKEN = "taken", _("Yes: applied")
    DECLINED = "declined", _("No")
    ENDED = "ended", _("No longer open")


class ClearingInvitation(models.Model):
    """A provider asks somebody in clearing to apply for a course of its own, and keeps a place meanwhile."""

    reference = ReferenceField()
    listing = models.ForeignKey(ClearingListing, on_delete=models.CASCADE, related_name="invitations")  # part of it
    run = models.ForeignKey("prospectus.CourseRun", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.OPEN)
    answer_by_on = models.DateField(help_text="To the end of this day the place is kept.")
    answered_at = models.DateTimeField(null=True)
    choice = models.OneToOneField(
        Choice, null=True, on_delete=models.SET_NULL, related_name="invitation", help_text="What came of a yes."
    )  # a choice outlives how it began

    objects = ClearingInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="invitation_state_known", condition=Q(state__in=InvitationState.values)),
            models.UniqueConstraint(name="invited_once_to_a_run", fields=["listing", "run"], condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"clearing invitation {self.reference}"

    @property
    def is_open(self) -> bool:
        """It waits for an answer, and its day is not over."""
        return self.state == InvitationState.OPEN and self.answer_by_on >= clock.today()

    @property
    def state_words(self) -> str:
        """Its state today: one whose day is over waits no more."""
        is_over = self.state == InvitationState.OPEN and not self.is_open
        return str(InvitationState.ENDED.label) if is_over else self.get_state_display()

"""Two records that may be one person's: a person says whether they are."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learner import Learner
from accounts.querysets.doubt import LearnerDoubtQuerySet
from accounts.workflow import OPEN_DOUBTS, DoubtState
from core import clock
from core.references import ReferenceField

DOUBT_COLOURS = {DoubtState.OPEN: "yellow", DoubtState.ASKED: "orange", DoubtState.SAME: "green"}


class DoubtReason(models.TextChoices):
    NAME = "name", _("Same names and date of birth, but not surely the same home")
    REGISTERED = "registered", _("Registered by themselves, with the same date of birth and the same names or home")
    ULN = "uln", _("Same ULN, but another date of birth or UPN")


class LearnerDoubt(models.Model):
    """A new record that came in while somebody much like them was here already. The answer is kept, so nobody is asked
    about the same two records again; after "same" there is one record, the older one."""

    reference = ReferenceField()
    school = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="learner_doubts", help_text="Who is asked."
    )
    learner = models.ForeignKey(
        Learner, null=True, on_delete=models.SET_NULL, related_name="doubts", help_text="The new record."
    )  # it is gone when the two were one
    other = models.ForeignKey(
        Learner, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Who was here before."
    )  # may be erased; what was answered stays
    why = models.CharField(max_length=10, choices=DoubtReason)
    state = models.CharField(max_length=10, choices=DoubtState, default=DoubtState.OPEN)
    upload = models.ForeignKey(
        "providers.Upload", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # a doubt outlives the file that raised it
    is_thought_same = models.BooleanField(
        null=True, help_text="What the school thinks, where the area has to say. Empty: it does not know."
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = LearnerDoubtQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_doubt_per_pair", fields=["learner", "other"]),
            models.CheckConstraint(name="doubt_state_known", condition=Q(state__in=DoubtState.values)),
            models.CheckConstraint(name="doubt_reason_known", condition=Q(why__in=DoubtReason.values)),
            models.CheckConstraint(name="doubt_of_two_records", condition=~Q(learner=F("other"))),
        ]

    def __str__(self) -> str:
        return f"doubt {self.reference}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Somebody can answer it: it is not answered, and both records are there."""
        return self.state in OPEN_DOUBTS and self.learner_id is not None and self.other_id is not None

    @property
    def colour(self) -> str:
        return DOUBT_COLOURS.get(DoubtState(self.state), "grey")

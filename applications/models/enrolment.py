"""Who has started where, as colleges and training providers say in their enrolment lists."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.querysets import EnrolmentQuerySet
from core import clock
from core.references import ReferenceField


class MatchedHow(models.TextChoices):
    """How it is known whose row of a list this is."""

    NUMBER = "number", _("By the UPN or ULN")
    PERSON = "person", _("Somebody looked, and said so")


class Enrolment(models.Model):
    """A row of a provider's enrolment list: somebody started there. A later list that says it otherwise is a new row;
    the one it replaces stays, ended.

    The name, date of birth and numbers are kept of rows only that a person has to look at, and until they have.
    """

    reference = ReferenceField()
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="enrolments")
    learner = models.ForeignKey(
        "accounts.Learner",
        null=True,
        on_delete=models.PROTECT,
        related_name="enrolments",
        help_text="Empty: not known.",
    )
    matched_how = models.CharField(max_length=10, choices=MatchedHow, blank=True)
    row_key = models.CharField(
        max_length=64, blank=True, help_text="Keyed hash of who the row names; empty once erased."
    )
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    birth_on = models.DateField(null=True)
    course = models.CharField(max_length=160, blank=True, help_text="In the provider's words.")
    level = models.CharField(max_length=1, blank=True, help_text="Code of a level. Empty: not said.")
    started_on = models.DateField()
    left_on = models.DateField(null=True, help_text="First day no longer there.")
    upload = models.ForeignKey(
        "providers.Upload", null=True, on_delete=models.PROTECT, related_name="+", help_text="The list it came in."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=clock.now, help_text="When the list was published.")
    ended_at = models.DateTimeField(null=True, help_text="When a later list said it otherwise.")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    settled_at = models.DateTimeField(
        null=True, help_text="When a person said whose it is, or that it is nobody's here."
    )
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-said_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_standing_enrolment",
                fields=["provider", "row_key", "started_on"],
                condition=Q(ended_at=None) & ~Q(row_key=""),
            ),
            models.CheckConstraint(
                name="enrolment_matched_somehow",
                condition=Q(learner=None, matched_how="") | Q(learner__isnull=False, matched_how__in=MatchedHow.values),
            ),
            models.CheckConstraint(
                name="enrolment_days_in_order", condition=Q(left_on=None) | Q(left_on__gte=F("started_on"))
            ),
        ]
        indexes = [
            models.Index(fields=["upload"], name="enrolment_upload"),
            models.Index(
                fields=["provider", "-said_at"], name="enrolment_waiting",
                condition=Q(learner=None, settled_at=None, ended_at=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"enrolment {self.reference}"

    @property
    def is_waiting(self) -> bool:
        """A person has to say whose it is."""
        return self.learner_id is None and self.settled_at is None and self.ended_at is None

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from ilp.querysets import ContactQuerySet


class ContactKind(models.TextChoices):
    MEETING = "meeting", _("Meeting")
    PHONE = "phone", _("Phone call")
    MESSAGE = "message", _("Message or letter")
    VISIT = "visit", _("Home visit")
    NO_ANSWER = "no_answer", _("Tried, no answer")


class NextWho(models.TextChoices):
    """Whose the next step is."""

    ADVISER = "adviser", _("The adviser")
    LEARNER = "learner", _("The learner")
    OTHER = "other", _("Somebody else")


class Contact(models.Model):
    """An adviser's record of being in touch with a learner, and what comes next."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="contacts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ContactKind)
    on = models.DateField(default=clock.today, help_text="The day it happened.")
    note = models.TextField(blank=True, help_text="What was said. Advisers of this learner can read it.")
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True, blank=True, help_text="When the next step is due.")
    next_who = models.CharField(max_length=10, choices=NextWho, default=NextWho.ADVISER, help_text="Who does it.")
    next_done_at = models.DateTimeField(null=True, help_text="When somebody said that the next step is done.")
    next_done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    once = models.CharField(
        max_length=12,
        blank=True,
        db_default="",
        default="",
        help_text="The form it came from: sent twice, it is kept once.",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(name="contact_kind_known", condition=Q(kind__in=ContactKind.values)),
            models.CheckConstraint(
                name="next_step_done_by_somebody",
                condition=Q(next_done_at=None, next_done_by=None)
                | Q(next_done_at__isnull=False, next_done_by__isnull=False, next_on__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_contact_of_a_form", fields=["learner", "by", "once"], condition=~Q(once="")
            ),
        ]
        indexes = [models.Index(fields=["learner", "-on"])]

    def __str__(self) -> str:
        return f"contact {self.reference}"

    @property
    def is_next_open(self) -> bool:
        return self.next_on is not None and self.next_done_at is None

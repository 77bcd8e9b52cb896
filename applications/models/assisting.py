"""An adult writes and sends for a learner: with the learner beside them, or from a form the learner signed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from core import clock


class EnteredHow(models.TextChoices):
    PRESENT = "present", _("The learner is with me and agrees")
    PAPER = "paper", _("From a paper form the learner signed")


class Assistance(models.Model):
    """On this day an adult who answers for the learner writes for them. It ends with the day."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="assistances")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=EnteredHow)
    signed_on = models.DateField(null=True, help_text="The date on the paper form.")
    on = models.DateField(default=clock.today)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="paper_form_has_date",
                condition=Q(how="paper", signed_on__isnull=False) | Q(how="present", signed_on=None),
            )
        ]
        indexes = [models.Index(fields=["by", "on"])]

    def __str__(self) -> str:
        return f"assistance with application {self.application_id}"

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learner import Learner
from accounts.querysets import ReceiptQuerySet


class ReceiptSection(models.TextChoices):
    """What of a learner was looked at, in words for the learner."""

    RECORD = "record", _("your name, your school and how your applications stand")
    CONTACT = "contact", _("how to reach you")
    NOTES = "notes", _("what your adviser wrote down")
    CHOICES = "choices", _("your choices")
    APPLICATION = "application", _("an application you sent")
    STATEMENT = "statement", _("your statement")
    PLAN = "plan", _("your plan")
    EXPERIENCES = "experiences", _("your experiences")
    MESSAGES = "messages", _("your messages")
    REVIEWS = "reviews", _("your reviews and targets")
    TRANSITION = "transition", _("your transition plan")
    ASSESSMENT = "assessment", _("your learning-difficulty assessment")


# The same in words for staff.
DESK_WORDS = {
    ReceiptSection.RECORD: _("Record"),
    ReceiptSection.CONTACT: _("Contact details"),
    ReceiptSection.NOTES: _("Adviser’s notes"),
    ReceiptSection.CHOICES: _("Choices"),
    ReceiptSection.APPLICATION: _("Application"),
    ReceiptSection.STATEMENT: _("Statement"),
    ReceiptSection.PLAN: _("Plan"),
    ReceiptSection.EXPERIENCES: _("Experiences"),
    ReceiptSection.MESSAGES: _("Messages"),
    ReceiptSection.REVIEWS: _("Reviews and targets"),
    ReceiptSection.TRANSITION: _("Transition plan"),
    ReceiptSection.ASSESSMENT: _("Learning-difficulty assessment"),
}


class Receipt(models.Model):
    """Somebody looked at a section of a learner's record on a day, so many times, in this role."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="receipts")  # of a record that is gone
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(
        "providers.StaffRole",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="In which role. Empty: somebody the learner let in.",
    )
    section = models.CharField(max_length=20, choices=ReceiptSection)
    on = models.DateField(help_text="Which day, in London.")
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_receipt_a_day",
                fields=["learner", "reader", "role", "section", "on"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="receipt_section_known", condition=Q(section__in=ReceiptSection.values)),
        ]
        indexes = [models.Index(fields=["learner", "-on"]), models.Index(fields=["reader", "-on"])]

    def __str__(self) -> str:
        return f"{self.section} of learner {self.learner_id} on {self.on}"

    @property
    def desk_words(self) -> str:
        return str(DESK_WORDS[ReceiptSection(self.section)])

"""What a learner writes once for all choices: the sections of the form, their marks, and what is half written."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.choice import Choice
from applications.querysets import SectionDraftQuerySet
from core import clock
from core.references import ReferenceField


class FormSection(models.TextChoices):
    ABOUT = "about", _("About you")
    CONTACT = "contact", _("How to reach you")
    GRADES = "grades", _("Grades you have or expect")
    STATEMENT = "statement", _("Your statement")
    HELP = "help", _("Help you would like")
    PLAN = "plan", _("From your plan")


class SectionMark(models.Model):
    """Where one section of an application stands, and how often it was saved."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="marks")  # part of it
    section = models.CharField(max_length=10, choices=FormSection)
    number = models.PositiveIntegerField(default=0, help_text="Goes up with each save: what an open form has seen.")
    is_done = models.BooleanField(default=False, help_text="Whoever writes it has said so.")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_mark_per_section", fields=["application", "section"]),
            models.CheckConstraint(name="form_section_known", condition=Q(section__in=FormSection.values)),
        ]

    def __str__(self) -> str:
        return f"{self.section} of application {self.application_id}"


class Grade(models.Model):
    """A grade the learner has or expects, as an application says it."""

    reference = ReferenceField()
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="grades")  # part of it
    qualification = models.CharField(max_length=60, blank=True, help_text="Like GCSE. Empty: not said.")
    subject = models.CharField(max_length=80)
    grade = models.CharField(max_length=20, blank=True, help_text="Empty: not known yet.")
    is_expected = models.BooleanField(default=True, help_text="Not a result yet.")
    school = models.ForeignKey(
        "providers.Organisation",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose word it is. Empty: the learner's.",
    )
    said_on = models.DateField(null=True, help_text="When the school said it.")

    class Meta:
        ordering = ["is_expected", "subject", "pk"]

    def __str__(self) -> str:
        return f"grade of application {self.application_id}"


class LeftOutEntry(models.Model):
    """Something validated in the learner's plan that does not go with this application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="left_out")  # part of it
    entry = models.ForeignKey("ilp.Entry", on_delete=models.CASCADE, related_name="+")  # of this
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name_plural = "left out entries"
        constraints = [models.UniqueConstraint(name="left_out_once", fields=["application", "entry"])]

    def __str__(self) -> str:
        return f"entry {self.entry_id} left out of application {self.application_id}"


class SectionDraft(models.Model):
    """What somebody is writing in one open form and has not saved yet.

    Each open form has its own, so two devices never write over each other.
    """

    reference = ReferenceField()
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="drafts")  # part of it
    section = models.CharField(max_length=10, help_text="A section of the form, or questions.")
    choice = models.ForeignKey(
        Choice, null=True, on_delete=models.CASCADE, related_name="drafts", help_text="Of questions: of which choice."
    )  # part of it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen = models.PositiveIntegerField(default=0, help_text="What the open form had seen of the section.")
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=clock.now)

    objects = SectionDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-pk"]

    def __str__(self) -> str:
        return f"draft {self.reference}"

"""A statement or a CV that a learner makes from what is in the plan."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.labels import called
from core.references import ReferenceField
from ilp.models.plan import Entry, Plan, Revision
from ilp.querysets import DocumentQuerySet

LONGEST_STATEMENT = 4000  # characters, all of it; what applications for higher education have long asked for


class DocumentKind(models.TextChoices):
    STATEMENT = "statement", _("Personal statement")
    CV = "cv", _("CV")


class ContactFact(models.TextChoices):
    EMAIL = "email", _("My e-mail address")
    PHONE = "phone", _("My phone number")
    SCHOOL = "school", _("My school")
    ADDRESS = "address", _("My address. Leave it out unless somebody asks for it")


class Document(models.Model):
    """One version of a statement or CV. Nobody but its learner sees it, unless they have asked to have it read."""

    reference = ReferenceField()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="documents")  # part of it
    kind = models.CharField(max_length=10, choices=DocumentKind)
    name = models.CharField(max_length=60, help_text="Which one it is, for the learner.")
    opening = models.TextField(blank=True)
    facts = ArrayField(models.CharField(max_length=10, choices=ContactFact), default=list)
    marks_validated = models.BooleanField(default=False, help_text="Says which parts an adult has validated.")
    number = models.PositiveIntegerField(default=1, help_text="Goes up with each change.")
    asked_at = models.DateTimeField(null=True, help_text="When the learner asked to have it read. Empty: not asked.")
    asked_school = models.ForeignKey(
        "providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="The school whose adults were asked: that of the day. Another one has to be asked anew.",
    )  # fmt: skip
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)

    objects = DocumentQuerySet.as_manager()

    is_open: bool  # of one that was read with ``for_list``: the learner's school of today was asked to read it

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="document_kind_known", condition=Q(kind__in=DocumentKind.values)),
            models.CheckConstraint(name="document_facts_known", condition=Q(facts__contained_by=ContactFact.values)),
            models.CheckConstraint(
                name="document_asks_a_school",
                condition=Q(asked_at=None, asked_school=None) | Q(asked_at__isnull=False, asked_school__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.reference}"

    get_kind_display = called("kind", DocumentKind)


class DocumentPart(models.Model):
    """An entry of the plan in a document, in the words it had when it was taken in."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="parts")  # part of it
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="in_documents")  # of this
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")  # in these words
    position = models.PositiveSmallIntegerField(help_text="From 1.")

    class Meta:
        ordering = ["document", "position"]
        constraints = [
            models.UniqueConstraint(name="entry_once_in_document", fields=["document", "entry"]),
        ]

    def __str__(self) -> str:
        return f"part {self.position} of document {self.document_id}"

    @property
    def is_older(self) -> bool:
        """The plan says something newer by now."""
        return self.entry.revision_id != self.revision_id


class DocumentRemark(models.Model):
    """What an adult wrote to a learner who had asked them to read it. Never changed."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="remarks")  # part of it
    number = models.PositiveIntegerField(help_text="Which change of the document they read.")
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey("providers.StaffRole", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"remark on document {self.document_id}"

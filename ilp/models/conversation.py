"""A learner and a service (an organisation, never one adult) write to each other."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField, new_reference
from ilp.querysets import AttachmentQuerySet, ConversationQuerySet, MessageQuerySet, NoticeQuerySet

LONGEST_MESSAGE = 4000  # characters


class Conversation(models.Model):
    """What a learner and one service write to each other. There is none with a single adult."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="conversations")
    service = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="conversations")
    subject = models.CharField(
        max_length=80, blank=True, help_text="What it is about, as app.model:key of a higher floor. Empty: anything."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_at = models.DateTimeField(null=True, help_text="When the newest message was sent. Empty: none yet.")
    learner_read_at = models.DateTimeField(null=True, help_text="What was shown until then the learner has read.")
    paused_at = models.DateTimeField(null=True, help_text="The learner does not want to talk for now.")

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_conversation_with_a_service_about_a_thing", fields=["learner", "service", "subject"]
            )
        ]
        indexes = [models.Index(fields=["service", "-last_at"])]

    def __str__(self) -> str:
        return f"conversation {self.reference}"


class Message(models.Model):
    """What somebody wrote. Never changed and never deleted, but for an erasure or when its time is over."""

    reference = ReferenceField()
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the service."
    )
    role = models.ForeignKey(
        "providers.StaffRole", null=True, on_delete=models.PROTECT, related_name="+", help_text="Of an adult."
    )
    is_from_learner = models.BooleanField()
    text = models.TextField(blank=True, help_text="Plain text. Empty where there are only files, or after an erasure.")
    once = models.CharField(max_length=20, help_text="Key of the form it was written in, so that it is sent once.")
    sent_at = models.DateTimeField(default=clock.now, editable=False)
    shown_at = models.DateTimeField(help_text="From when the other side reads it: for a learner after quiet hours.")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_message_per_form", fields=["conversation", "by", "once"], nulls_distinct=False
            ),
            models.CheckConstraint(name="learner_writes_in_no_role", condition=Q(is_from_learner=False) | Q(role=None)),
        ]
        indexes = [models.Index(fields=["conversation", "sent_at"])]

    def __str__(self) -> str:
        return f"message {self.reference}"

    @property
    def is_waiting(self) -> bool:
        """The learner does not see it yet."""
        return self.shown_at > clock.now()


class AttachmentKind(models.TextChoices):
    PDF = "pdf", _("PDF")
    PNG = "png", _("PNG")
    JPEG = "jpg", _("JPEG")
    DOCX = "docx", _("Word")
    TXT = "txt", _("Text")


CONTENT_TYPES = {
    AttachmentKind.PDF: "application/pdf",
    AttachmentKind.PNG: "image/png",
    AttachmentKind.JPEG: "image/jpeg",
    AttachmentKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    AttachmentKind.TXT: "text/plain; charset=utf-8",
}


def attachment_path(attachment: Any, _name: str) -> str:
    """Nothing of the name somebody gave it, so that neither a name nor a path of theirs reaches the storage."""
    return f"messages/{clock.today():%Y/%m}/{new_reference()}{new_reference()}.{attachment.kind}"


class MessageAttachment(models.Model):
    """A file sent with a message, checked by what is in it. After its time the file goes and its name stays."""

    reference = ReferenceField()
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")  # part of the message
    file = models.FileField(upload_to=attachment_path, blank=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=4, choices=AttachmentKind)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    removed_at = models.DateTimeField(null=True, help_text="When the file went.")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="attachment_kind_known", condition=Q(kind__in=AttachmentKind.values))
        ]

    def __str__(self) -> str:
        return f"attachment {self.reference}"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[AttachmentKind(self.kind)]


class MessageDraft(models.Model):
    """What somebody has begun to write and not sent. Theirs alone."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")  # part of it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")  # nobody else's
    text = models.TextField()
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_draft_each", fields=["conversation", "by"])]

    def __str__(self) -> str:
        return f"draft in {self.conversation_id}"


class ConversationReading(models.Model):
    """Until when an adult has read a conversation."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="readings")  # part of it
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")  # their mark only
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_reading_each", fields=["conversation", "reader"])]

    def __str__(self) -> str:
        return f"{self.reader_id} read {self.conversation_id}"


class MessageNotice(models.Model):
    """Somebody is to be told by e-mail that messages wait for them, at most once an hour."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")  # theirs alone
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, help_text="When it was dealt with: sent, or read before.")
    is_needed = models.BooleanField(default=True, help_text="Something was unread when it was due, so a mail went.")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_open_message_notice", fields=["user"], condition=Q(sent_at=None))
        ]
        indexes = [models.Index(fields=["due_at"], name="message_notice_due", condition=Q(sent_at=None))]

    def __str__(self) -> str:
        return f"notice {self.pk}"

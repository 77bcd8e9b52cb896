"""A college's own system: what it is let in with, and what it has done."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.choice import Choice
from applications.querysets import ApiTokenQuerySet, GoneChoiceQuerySet
from core import clock
from core.references import ReferenceField


class ApiScope(models.TextChoices):
    READ = "read", _("Read applications")
    ANSWER = "answer", _("Read and answer applications")


class ApiToken(models.Model):
    """Another system may read, and perhaps answer, the applications of one provider, until a day.

    The token is shown once. What is kept is its keyed hash; the prefix is for people, to tell tokens apart.
    """

    LONGEST = dt.timedelta(days=365)

    reference = ReferenceField()
    role = models.OneToOneField(
        "providers.StaffRole",
        on_delete=models.PROTECT,
        related_name="api_token",
        help_text="Of the account that acts: what it may see and do follows from it, as for people.",
    )
    name = models.CharField(max_length=60, help_text="Which system it is for.")
    scope = models.CharField(max_length=10, choices=ApiScope)
    prefix = models.CharField(max_length=12, help_text="How the token begins, shown to people.")
    token_hash = models.CharField(max_length=64, unique=True, help_text="HMAC-SHA-256 with the server's key, hex.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    expires_on = models.DateField(help_text="The last day it works, London.")
    last_used_at = models.DateTimeField(null=True, help_text="To the hour.")
    ended_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.CheckConstraint(name="api_scope_known", condition=Q(scope__in=ApiScope.values))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """As ``ApiTokenQuerySet.open`` has it."""
        desk = self.role.organisation
        has_ended = desk.ended_on or (desk.practice_of and desk.practice_of.ended_on)
        return self.ended_at is None and self.expires_on >= clock.today() and not has_ended

    @property
    def is_answering(self) -> bool:
        """It may do more than read."""
        return self.scope == ApiScope.ANSWER


class ApiCall(models.Model):
    """One answer that another system gave: under which key, for whom, and what it was told.

    Written in the transaction of the answer itself, so that either both are there or neither. The same key again is
    told the same; that is also how history knows who a college says it was.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, related_name="calls")
    key = models.CharField(max_length=100, help_text="The system's own name for this request.")
    request_sha256 = models.CharField(max_length=64, help_text="Of address and content, so that a key means one thing.")
    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="api_calls")
    verb = models.CharField(max_length=30)
    status = models.PositiveSmallIntegerField(help_text="HTTP.")
    answer = models.JSONField(help_text="As it was told; nothing personal.")
    event = models.OneToOneField(
        "activity.Event",
        null=True,
        on_delete=models.PROTECT,
        related_name="api_call",
        help_text="What it brought about. Empty: nothing, because it was refused or was so already.",
    )
    by_name = models.CharField(max_length=120, help_text="Who answered, as the college says.")
    by_title = models.CharField(max_length=120, help_text="Their job there, as the college says.")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_key_once_per_token", fields=["token", "key"]),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"


class GoneChoice(models.Model):
    """A choice that was placed with this partner and is no more: its system is told so, and nothing else.

    The database writes the row when the choice is placed elsewhere, and takes it away when it comes back (migration
    0017).
    """

    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="gone_from")  # of this
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    changed_in = models.BigIntegerField(help_text="Number of the transaction in which it went.")

    objects = GoneChoiceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="gone_once_from_a_provider", fields=["choice", "provider"])]
        indexes = [models.Index(fields=["provider", "changed_in", "choice"], name="gone_changes")]

    def __str__(self) -> str:
        return f"choice {self.choice_id} gone from {self.provider_id}"

"""Addresses of a provider's own system that are told when something changed, and every time they were."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.querysets import WebhookDeliveryQuerySet, WebhookQuerySet
from applications.workflow import DeliveryState, WebhookState
from core import clock
from core.references import ReferenceField

COLOURS = {
    WebhookState.ON: "green",
    WebhookState.OFF: "grey",
    WebhookState.STOPPED: "red",
    WebhookState.ENDED: "grey",
    DeliveryState.WAITING: "blue",
    DeliveryState.DELIVERED: "green",
    DeliveryState.FAILED: "red",
}


class Webhook(models.Model):
    """This address is told when applications to the provider change, in order, from a place in the list of changes on.

    Its row is the lock of that place and of its deliveries.
    """

    reference = ReferenceField()
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="webhooks")
    address = models.CharField(max_length=2000)
    state = models.CharField(max_length=10, choices=WebhookState, default=WebhookState.ON)
    secret = models.TextField(help_text="Signs what is sent. Sealed: core.sealing.")
    older_secret = models.TextField(blank=True, help_text="Signs as well for some days. Sealed: core.sealing.")
    older_until = models.DateTimeField(null=True, help_text="Until then the older secret signs, too.")
    told_in = models.BigIntegerField(help_text="The cursor up to which deliveries have been written: the transaction.")
    told_pk = models.BigIntegerField(help_text="The same: the key.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="webhook_state_known", condition=Q(state__in=WebhookState.values)),
            models.CheckConstraint(
                name="webhook_ended_or_not",
                condition=Q(state="ended", ended_at__isnull=False) | ~Q(state="ended") & Q(ended_at=None),
            ),
            models.UniqueConstraint(
                name="an_address_once_per_provider", fields=["provider", "address"], condition=~Q(state="ended")
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.reference}"

    @property
    def host(self) -> str:
        """Whose computer it is. The rest of the address may be a secret."""
        return urlsplit(self.address).hostname or ""

    @property
    def colour(self) -> str:
        return COLOURS[WebhookState(self.state)]


class WebhookEvent(models.TextChoices):
    CHANGED = "applications.changed", _("Applications changed")
    TEST = "test", _("Test")


class WebhookDelivery(models.Model):
    """One thing an address has to be told, however often that takes. The row is the promise; it holds nothing of a
    learner, only keys of applications."""

    reference = ReferenceField()
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=30, choices=WebhookEvent)
    since = models.CharField(max_length=200, blank=True, help_text="The cursor before all of it. Empty: a test.")
    changed = models.JSONField(default=list, help_text="References of choices.")
    gone = models.JSONField(default=list, help_text="References of choices that are the provider's no more.")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now, help_text="When it is tried next.")
    woken_at = models.DateTimeField(null=True, help_text="When a worker was last told.")
    lease_until = models.DateTimeField(null=True, help_text="Nobody else may try before (the database's clock).")
    worker = models.CharField(max_length=20, blank=True, help_text="The claim that holds it, or held it last.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Of a test."
    )
    made_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="webhook_event_known", condition=Q(event__in=WebhookEvent.values)),
            models.CheckConstraint(name="delivery_state_known", condition=Q(state__in=DeliveryState.values)),
            # In order: what changes meanwhile waits, collapsed, behind the cursor.
            models.UniqueConstraint(
                name="one_waiting_delivery_of_an_event", fields=["webhook", "event"], condition=Q(state="waiting")
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="delivery_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"delivery {self.reference}"

    @property
    def number(self) -> int:
        """How many applications it names."""
        return len(self.changed) + len(self.gone)

    @property
    def colour(self) -> str:
        return COLOURS[DeliveryState(self.state)]


class WebhookTry(models.Model):
    """One question to the address. Written before it is asked, so that one that broke off is known."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")  # part of it
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP. Empty: there was no answer.")
    milliseconds = models.PositiveIntegerField(null=True)
    sentence = models.CharField(max_length=200, blank=True, help_text="Why it did not work, in words of ours.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"try of delivery {self.delivery_id}"

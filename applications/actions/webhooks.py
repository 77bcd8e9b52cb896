"""Addresses of a college's own system that are told of changes: added, switched, tried, given a new secret, ended.

Lock order: the organisation, then the webhook, which is the lock of its deliveries.
"""

import base64
import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import post, record
from activity.actions.waking import wake_on_commit
from applications.models import Webhook, WebhookDelivery, WebhookEvent
from applications.policies import PROVIDER_POLICY
from applications.queries.changes import from_now_on
from applications.workflow import DELIVERY_FLOW, WEBHOOK_FLOW, DeliveryState
from core import clock
from core.errors import RuleBroken
from core.outgoing import AskRefused, look_at_address, public_addresses_of
from core.sealing import seal
from providers.actions.staff import lock_organisation
from providers.models import Organisation

DELIVER_TASK = "applications.deliver_to_webhook"
MOST = 5  # of one provider
SECRET_PREFIX = "whsec_"  # noqa: S105 - as Standard Webhooks begins one
OVERLAP = dt.timedelta(days=3)  # both secrets sign: over a weekend


def add_webhook(*, provider: Organisation, address: str, by: Any) -> tuple[Webhook, str]:
    """The address is told of what changes from now on. The second value is the secret that signs; it is not shown
    again.

    Raises: NotAllowed, RuleBroken ``address_not_web``, ``address_not_https``, ``address_has_password``,
    ``address_port``, ``address_not_public``, ``address_taken``, ``too_many_webhooks``.
    Tells: the provider's managers, ``webhook-added``.
    """
    PROVIDER_POLICY.require(by, "let_system_in", provider)
    address = address.strip()
    _require_address(address)  # asks the network, so before anything is locked
    with transaction.atomic():
        provider = lock_organisation(provider.pk)
        PROVIDER_POLICY.require(by, "let_system_in", provider)
        standing = Webhook.objects.standing().filter(provider=provider)
        if standing.filter(address=address).exists():
            # Also what stops a button pressed twice from adding two.
            raise RuleBroken(_("This address is told already. Choose another one."), code="address_taken")
        if standing.count() >= MOST:
            raise RuleBroken(
                _("%(number)s addresses are told already, which is as many as may. End one first.") % {"number": MOST},
                code="too_many_webhooks",
            )
        secret, start = _new_secret(), from_now_on()
        webhook = Webhook.objects.create(
            provider=provider, address=address, secret=seal(secret), told_in=start.changed_in, told_pk=start.pk, by=by
        )
        # Not the address: there may be a secret in it.
        record("webhook.add", subject=webhook, by=by, organisation=provider.pk)
        post("webhook-added", key=f"webhook-added:{webhook.pk}", webhook_id=webhook.pk)
    return webhook, secret


def switch_off_webhook(*, webhook: Webhook, by: Any) -> Webhook:
    """Nothing is sent until it is switched on again; what changes meanwhile is told then.

    Raises: NotAllowed, StaleState (it is not on).
    """
    with _moving(webhook, "switch_off", by=by) as held:
        return held


def switch_on_webhook(*, webhook: Webhook, by: Any) -> Webhook:
    """It is told from where it was: what was given up is tried now, and then whatever changed since.

    Raises: NotAllowed, StaleState (it is on, or ended).
    """
    with _moving(webhook, "switch_on", by=by) as held:
        last = held.deliveries.filter(event=WebhookEvent.CHANGED).order_by("-pk").first()
        if last is not None and last.state == DeliveryState.FAILED:
            last.state = DELIVERY_FLOW.target(last.state, "resume")
            last.ended_at, last.tries = None, 0
        if last is not None and last.state == DeliveryState.WAITING:
            _now(last)
    return held


def renew_secret(*, webhook: Webhook, by: Any) -> tuple[Webhook, str]:
    """A new secret signs, and for three days the one before as well. The second value is the new one, shown once.

    Raises: NotAllowed, StaleState (it is over).
    """
    with _moving(webhook, "new_secret", by=by) as held:
        secret = _new_secret()
        held.older_secret, held.older_until = held.secret, clock.now() + OVERLAP
        held.secret = seal(secret)
    return held, secret


def end_webhook(*, webhook: Webhook, by: Any) -> Webhook:
    """It is told nothing any more, for good, not even what was waiting; its secrets are gone.

    Raises: NotAllowed, StaleState (it is over).
    """
    with _moving(webhook, "end", by=by) as held:
        for delivery in held.deliveries.filter(state=DeliveryState.WAITING):
            delivery.state = DELIVERY_FLOW.target(delivery.state, "give_up")
            delivery.ended_at = clock.now()
            delivery.save(update_fields=["state", "ended_at"])
        held.ended_at = clock.now()
        held.secret, held.older_secret, held.older_until = "", "", None
    return held


def send_test_event(*, webhook: Webhook, by: Any) -> WebhookDelivery:
    """The address is sent a test now, once. While one is under way it is that one.

    Raises: NotAllowed, StaleState (it is over).
    """
    with _moving(webhook, "test", by=by) as held:
        waiting = {"webhook": held, "event": WebhookEvent.TEST, "state": DeliveryState.WAITING}
        delivery, is_new = WebhookDelivery.objects.get_or_create(**waiting, defaults={"by": by})
        if is_new:
            _now(delivery)
    return delivery


def hasten_delivery(*, delivery: WebhookDelivery, by: Any) -> WebhookDelivery:
    """A delivery that waits for its next try is tried now, and that try counts as none.

    Raises: NotAllowed, StaleState (it is delivered or given up).
    """
    with transaction.atomic():
        webhook = _lock(delivery.webhook)
        PROVIDER_POLICY.require(by, "let_system_in", webhook.provider)
        held: WebhookDelivery = webhook.deliveries.get(pk=delivery.pk)
        held.state = DELIVERY_FLOW.target(held.state, "hasten")
        if held.next_at > clock.now():
            held.tries = max(held.tries - 1, 0)
            _now(held)
            record("webhook.hasten", subject=webhook, by=by, organisation=webhook.provider_id)
    return held


@contextmanager
def _moving(webhook: Webhook, verb: str, *, by: Any) -> Iterator[Webhook]:
    """Locks, asks who and whether, runs the body, writes state and history."""
    with transaction.atomic():
        held = _lock(webhook)
        PROVIDER_POLICY.require(by, "let_system_in", held.provider)
        target = WEBHOOK_FLOW.target(held.state, verb)
        yield held
        held.state = target
        held.save()
        record(f"webhook.{verb}", subject=held, by=by, organisation=held.provider_id)


def _lock(webhook: Webhook) -> Webhook:
    found = Webhook.objects.select_for_update(of=("self",), no_key=True).select_related("provider")
    held: Webhook = found.get(pk=webhook.pk)
    return held


def _now(delivery: WebhookDelivery) -> None:
    delivery.next_at = delivery.woken_at = clock.now()
    delivery.save()
    wake_on_commit(DELIVER_TASK, delivery.pk)


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _require_address(address: str) -> None:
    try:
        target = look_at_address(address)
        # A server beside a test or a demonstration has no certificate; production knows no such networks (portal.E008).
        if target.scheme != "https" and not settings.OUTGOING_PRIVATE_NETWORKS:
            raise RuleBroken(
                _("The address must begin with https://, so that nobody on the way can read or change what is sent."),
                code="address_not_https",
            )
        public_addresses_of(target.host, target.port)
    except AskRefused as refusal:
        raise RuleBroken(str(refusal), code=refusal.code) from None

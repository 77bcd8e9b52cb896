"""What addresses are told, and telling them. A row first, then the question, then what came of it.

Each address has a place in the list of changes, as a system that asks has (``queries.changes``). What changed after it
becomes one delivery, in one transaction with the new place; the next is written when that one is delivered, and names
whatever has changed since, each application once. So nothing is missed, nothing piles up behind an address that does
not answer, and no address waits for another.

Nothing is locked and no transaction is open while an address is asked: who asks holds a lease. A process that dies
leaves a delivery whose lease runs out, and which is sent again, under the same name.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets
import time
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from activity.actions import post, record
from activity.actions.waking import wake, wake_on_commit
from applications.actions.webhooks import DELIVER_TASK
from applications.models import Choice, GoneChoice, Webhook, WebhookDelivery, WebhookEvent, WebhookTry
from applications.queries.changes import START, Cursor, CursorUnknown, Keys, changed_keys
from applications.workflow import DELIVERY_FLOW, WEBHOOK_FLOW, DeliveryState, WebhookState
from core import clock
from core.outgoing import AskFailed, AskRefused, Limits, ask
from core.sealing import SealBroken, unseal

MOST_NAMED = 100  # applications in one delivery
LIMITS = Limits(seconds=10, quiet_seconds=5, bytes=2**20, redirects=0)
LEASE = dt.timedelta(seconds=30)  # longer than an address may take, name and all
LOST_AFTER = dt.timedelta(minutes=1)  # a message to a worker that nothing was heard of
# After each try that did not work; after the last the address is switched off. Nearly three days in all.
WAITS = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60, 24 * 60)]
KEPT_DAYS = 30


class Claim(NamedTuple):
    """A delivery in our hands, and what to say."""

    delivery: WebhookDelivery
    attempt: WebhookTry
    address: str
    headers: dict[str, str]
    content: bytes


class Heard(NamedTuple):
    """What came of asking. ``sentence`` is empty where it worked."""

    status: int | None
    milliseconds: int
    sentence: str


def sweep_webhooks() -> int:
    """Every address that is told has a delivery of what changed, and workers know of each whose time has come.
    Returns how many workers were told of."""
    for webhook_id in Webhook.objects.told().order_by("pk").values_list("pk", flat=True):
        write_delivery(webhook_id)
    with transaction.atomic():
        unheard = Q(woken_at=None) | Q(woken_at__lt=clock.now() - LOST_AFTER)
        free = WebhookDelivery.objects.select_for_update(of=("self",), skip_locked=True).free().filter(unheard)
        due = list(free.order_by("next_at", "pk").values_list("pk", flat=True)[:500])
        WebhookDelivery.objects.filter(pk__in=due).update(woken_at=clock.now())
    for delivery_id in due:
        wake(DELIVER_TASK, delivery_id)
    return len(due)


@transaction.atomic
def write_delivery(webhook_id: int) -> WebhookDelivery | None:
    """What changed since the address was told last is a delivery, and its place is after it. None: nothing changed, a
    delivery waits, it is not told now, or somebody else is doing this."""
    held = Webhook.objects.told().select_for_update(of=("self",), skip_locked=True, no_key=True)
    webhook = held.filter(pk=webhook_id).first()
    if webhook is None or webhook.deliveries.filter(event=WebhookEvent.CHANGED, state=DeliveryState.WAITING).exists():
        return None
    since = Cursor(webhook.told_in, webhook.told_pk)
    try:
        found = _changed(webhook, since)
    except CursorUnknown:  # the database was put back from a copy, and its numbers began anew
        since = START
        found = _changed(webhook, since)
    if not found.keys:
        return None
    webhook.told_in, webhook.told_pk = found.since
    webhook.save(update_fields=["told_in", "told_pk"])
    delivery = WebhookDelivery.objects.create(
        webhook=webhook,
        event=WebhookEvent.CHANGED,
        since=str(since),
        changed=[key.reference for key in found.keys if not key.is_gone],
        gone=[key.reference for key in found.keys if key.is_gone],
        woken_at=clock.now(),
    )
    wake_on_commit(DELIVER_TASK, delivery.pk)
    return delivery


def deliver_to_webhook(delivery_id: int) -> None:
    """The delivery has been tried once, if it was due and nobody else is trying; after it is delivered, what changed
    meanwhile is the next. Safe to call at any time, from two workers, and to kill."""
    claim = _claim(delivery_id)
    if claim is None:
        return
    _settle(claim, _asked(claim))
    if claim.delivery.event == WebhookEvent.CHANGED:
        write_delivery(claim.delivery.webhook_id)


def forget_deliveries() -> int:
    """Deliveries that were over a month ago are gone, with their tries; what an address has still to be told stays.
    Returns how many. An address that was given up keeps its last, to go on from."""
    before = clock.now() - dt.timedelta(days=KEPT_DAYS)
    over = WebhookDelivery.objects.filter(ended_at__lt=before)
    needed = Q(state=DeliveryState.FAILED, event=WebhookEvent.CHANGED) & ~Q(webhook__state=WebhookState.ENDED)
    return over.exclude(needed).delete()[1].get(WebhookDelivery._meta.label, 0)


def signatures(secret_keys: list[str], *, delivery_id: str, timestamp: int, content: bytes) -> str:
    """The value of ``webhook-signature``, as Standard Webhooks has it: for each secret HMAC-SHA-256 in base64."""
    signed = f"{delivery_id}.{timestamp}.".encode() + content
    keys = [base64.b64decode(secret.removeprefix("whsec_")) for secret in secret_keys]
    made = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys]
    return " ".join(f"v1,{one}" for one in made)


def _changed(webhook: Webhook, since: Cursor) -> Keys:
    return changed_keys(
        choices=Choice.objects.received_at(webhook.provider_id),
        gone=GoneChoice.objects.filter(provider=webhook.provider_id),
        after=since,
        limit=MOST_NAMED,
    )


@transaction.atomic
def _claim(delivery_id: int) -> Claim | None:
    """Nobody else tries it until the lease ends, and that we do is written down."""
    webhook = _lock(WebhookDelivery.objects.values_list("webhook", flat=True).get(pk=delivery_id))
    delivery = WebhookDelivery.objects.free().filter(pk=delivery_id).first()
    if delivery is None:
        return None
    is_broken_off = _end_broken_off(delivery)
    if delivery.tries > len(WAITS):  # each of them killed
        _give_up(delivery, webhook)
        return None
    if is_broken_off and delivery.tries > 1:  # once, it was a restart of ours; whatever ends us each time, waits
        delivery.next_at, delivery.woken_at, delivery.lease_until = _next_after_last(delivery), None, None
        delivery.save()
        if delivery.next_at > clock.now():
            return None
    delivery.tries += 1
    delivery.worker = secrets.token_hex(8)
    delivery.lease_until = Now() + LEASE
    delivery.save()
    attempt = WebhookTry.objects.create(delivery=delivery)
    content = _content(delivery, webhook)
    return Claim(delivery, attempt, webhook.address, _headers(delivery, webhook, content), content)


def _end_broken_off(delivery: WebhookDelivery) -> bool:
    """A try whose process died is told as that. Whether there was one."""
    broken_off = _("The portal itself stopped while it was asking.")
    return bool(delivery.attempts.filter(ended_at=None).update(ended_at=clock.now(), sentence=broken_off))


def _next_after_last(delivery: WebhookDelivery) -> dt.datetime:
    started_at: dt.datetime = delivery.attempts.order_by("-pk").values_list("started_at", flat=True)[0]
    return started_at + WAITS[delivery.tries - 1]


def _content(delivery: WebhookDelivery, webhook: Webhook) -> bytes:
    """Keys only: whoever reads it without a token learns that something happened."""
    said = {
        "id": delivery.reference,
        "type": delivery.event,
        "timestamp": delivery.made_at.isoformat(),
        "provider": webhook.provider.reference,
        "since": delivery.since,
        "changed": delivery.changed,
        "gone": delivery.gone,
    }
    return json.dumps(said).encode()


def _headers(delivery: WebhookDelivery, webhook: Webhook, content: bytes) -> dict[str, str]:
    is_both = webhook.older_until is not None and webhook.older_until > clock.now()
    try:
        keys = [unseal(sealed) for sealed in (webhook.secret, *([webhook.older_secret] if is_both else []))]
    except SealBroken:
        return {}
    now = int(clock.now().timestamp())
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery.reference,
        "webhook-timestamp": str(now),
        "webhook-signature": signatures(keys, delivery_id=delivery.reference, timestamp=now, content=content),
    }


def _asked(claim: Claim) -> Heard:
    """What the address said to it. Its answer is not read, so nothing of it can be kept."""
    begun, status, sentence = time.monotonic(), None, ""
    if not claim.headers:
        return Heard(None, 0, _("Its secret can no longer be read. Make a new one."))
    try:
        with ask("POST", claim.address, headers=claim.headers, content=claim.content, limits=LIMITS) as answer:
            status = answer.status
    except (AskRefused, AskFailed) as no:
        sentence = str(no)
    if status is not None and not 200 <= status < 300:
        sentence = _("It answered %(status)s.") % {"status": status}
        if 300 <= status < 400:
            sentence = _("It leads on to another address (%(status)s), which is not followed.") % {"status": status}
    return Heard(status, int(1000 * (time.monotonic() - begun)), sentence[:200])


@transaction.atomic
def _settle(claim: Claim, heard: Heard) -> None:
    webhook = _lock(claim.delivery.webhook_id)
    claim.attempt.ended_at = clock.now()
    claim.attempt.status, claim.attempt.milliseconds, claim.attempt.sentence = heard
    claim.attempt.save()
    delivery = WebhookDelivery.objects.get(pk=claim.delivery.pk)
    if delivery.state != DeliveryState.WAITING or delivery.worker != claim.delivery.worker:
        return  # ended meanwhile, or another worker has it
    delivery.lease_until = None
    if not heard.sentence:
        delivery.state, delivery.ended_at = DELIVERY_FLOW.target(delivery.state, "deliver"), clock.now()
    elif delivery.event == WebhookEvent.TEST or delivery.tries > len(WAITS):
        _give_up(delivery, webhook)
    else:
        delivery.next_at, delivery.woken_at = clock.now() + WAITS[delivery.tries - 1], None
    delivery.save()


def _give_up(delivery: WebhookDelivery, webhook: Webhook) -> None:
    """The delivery is given up; unless it was a test, its address is told nothing until somebody switches it on.

    Tells: the provider's managers, ``webhook-stopped``.
    """
    delivery.state, delivery.ended_at = DELIVERY_FLOW.target(delivery.state, "give_up"), clock.now()
    delivery.lease_until = None
    delivery.save()
    if delivery.event == WebhookEvent.TEST or webhook.state != WebhookState.ON:
        return
    webhook.state = WEBHOOK_FLOW.target(webhook.state, "stop")
    webhook.save(update_fields=["state"])
    event = record("webhook.stop", subject=webhook, by=None, organisation=webhook.provider_id)
    post("webhook-stopped", key=f"webhook-stopped:{webhook.pk}:{event.pk}", webhook_id=webhook.pk)


def _lock(webhook_id: int) -> Webhook:
    """Whoever else would claim, change or end a delivery of it waits."""
    found = Webhook.objects.select_for_update(of=("self",), no_key=True).select_related("provider")
    webhook: Webhook = found.get(pk=webhook_id)
    return webhook

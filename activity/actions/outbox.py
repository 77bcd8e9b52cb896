import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from activity import registry
from activity.actions.history import record
from activity.actions.waking import wake_on_commit
from activity.models import NOBODY, OutboxMessage
from activity.registry import SendLater
from core import clock
from core.errors import NotAllowed, RuleBroken

logger = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=3)
LONGEST_WAIT = timedelta(hours=1)


_batch: ContextVar[tuple[str, bool]] = ContextVar("outbox_batch", default=("", False))


def is_held(number: int) -> bool:
    """The messages of a press about so many people wait for a second press."""
    return number > settings.MAILS_AT_ONCE


@contextmanager
def together(batch: str, *, number: int) -> Iterator[None]:
    """What is posted in the block belongs to one press that is about so many people. Of more than ``is_held`` lets go
    at once it is held until ``settle_batch``."""
    token = _batch.set((batch, is_held(number)))
    try:
        yield
    finally:
        _batch.reset(token)


def post(kind: str, *, key: str, **payload: Any) -> OutboxMessage:
    """Somebody will be told once this transaction commits. The same key again changes nothing."""
    batch, is_held = _batch.get()
    said = {"kind": kind, "payload": payload, "batch": batch, "held_at": clock.now() if is_held else None}
    message, is_new = OutboxMessage.objects.get_or_create(key=key, defaults=said)
    if is_new and not is_held:
        wake_on_commit("activity.deliver", message.pk)
    return message


def post_all(kind: str, payloads: Mapping[str, Mapping[str, Any]]) -> None:
    """The same for many, by key, with one nudge for all of them."""
    known = set(OutboxMessage.objects.filter(key__in=list(payloads)).values_list("key", flat=True))
    fresh = [OutboxMessage(key=key, kind=kind, payload=said) for key, said in payloads.items() if key not in known]
    if fresh:
        OutboxMessage.objects.bulk_create(fresh)
        wake_on_commit("activity.sweep_outbox")


def deliver(message_id: int) -> None:
    """The message is sent, or will be tried again later. Safe to call twice, or from two workers at once."""
    with transaction.atomic():
        # The row lock is the lease: whoever holds it is sending, and a worker that dies lets go of it.
        message = OutboxMessage.objects.select_for_update(skip_locked=True).waiting().filter(pk=message_id).first()
        if message is None:
            return
        message.tries += 1
        try:
            with transaction.atomic():
                is_told = registry.SENDERS[message.kind](message.payload)
        except SendLater as later:
            message.tries -= 1
            message.next_try_at = later.until
        except Exception as error:  # noqa: BLE001 - whatever a sender raises must not stop the other messages
            _try_later(message, error)
        else:
            message.sent_at = clock.now()
            message.last_error = NOBODY if is_told is False else ""
        message.save()


def _try_later(message: OutboxMessage, error: Exception) -> None:
    """Waits double from a minute to an hour; after three days nobody waits for it any more."""
    # The kind of error only: its words may quote an address or a name.
    message.last_error = type(error).__name__
    logger.warning("message %s of kind %s: try %s: %s", message.pk, message.kind, message.tries, message.last_error)
    now = clock.now()
    if now - message.created_at >= GIVE_UP_AFTER:
        message.given_up_at = now
    else:
        message.next_try_at = now + min(timedelta(minutes=2 ** min(message.tries - 1, 10)), LONGEST_WAIT)


@transaction.atomic
def try_again(*, message: OutboxMessage, by: Any) -> OutboxMessage:
    """A message that was given up has one more try, now. Sent or waiting by now: nothing changes."""
    held = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if held.given_up_at is not None:
        held.given_up_at, held.next_try_at = None, clock.now()
        held.save(update_fields=["given_up_at", "next_try_at"])
        record("message.try_again", subject=held, by=by)
        wake_on_commit("activity.deliver", held.pk)
    return held


@transaction.atomic
def settle_batch(*, batch: str, goes: bool, number: int, by: Any) -> int:
    """The held messages of this press go now, or never; what they were about stands. ``number`` is how many were shown.
    Returns how many it was: none, where somebody was quicker.

    Raises: NotAllowed (neither their press nor theirs to look after), RuleBroken ``number_changed`` (there are more by
    now).
    """
    if not any(may(by, batch) for may in registry.SETTLERS):
        raise NotAllowed(f"settle batch {batch}")
    held = OutboxMessage.objects.held().select_for_update().filter(batch=batch).order_by("pk")
    keys = list(held.values_list("pk", flat=True))
    if not keys:
        return 0
    if len(keys) != number:
        words = _("There are %(now)s by now. Look again, then decide.") % {"now": len(keys)}
        raise RuleBroken(words, code="number_changed")
    now = clock.now()
    change = {"next_try_at": now, "created_at": now} if goes else {"cancelled_at": now}
    OutboxMessage.objects.filter(pk__in=keys).update(held_at=None, **change)
    record("message.settle", subject=OutboxMessage(pk=keys[0]), by=by, batch=batch, number=len(keys), goes=goes)
    if goes:
        wake_on_commit("activity.sweep_outbox")
    return len(keys)


def sweep_outbox(*, limit: int = 500) -> int:
    """Messages whose nudge was lost or whose next try has come have been tried. Returns how many."""
    due = list(OutboxMessage.objects.due().values_list("pk", flat=True)[:limit])
    for message_id in due:
        deliver(message_id)
    return len(due)

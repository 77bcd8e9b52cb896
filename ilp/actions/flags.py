"""A message somebody must look at now: raised by words or by the learner, taken on and closed by an adult."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import post, record
from core import clock
from core.errors import RuleBroken
from ilp.models import FlagKind, Message, MessageFlag
from ilp.policies import FLAG_POLICY
from ilp.queries import concern_in
from ilp.workflow import FLAG_FLOW


def flag_concern(message: Message) -> MessageFlag | None:
    """A learner's message with words that worry is flagged, at any hour. Tells: ``message-flagged``."""
    phrase = concern_in(message.text)
    if phrase is None:
        return None
    return _raise(message, FlagKind.CONCERN, by=None, phrase_id=phrase)


def flag_report(message: Message, *, words: str, by: Any) -> MessageFlag:
    """The learner says that something is wrong with this message. Tells: ``message-flagged``. Twice is once."""
    return _raise(message, FlagKind.REPORT, by=by, words=words)


def take_flag(*, flag: MessageFlag, by: Any) -> MessageFlag:
    """Others see that somebody is dealing with it. Raises: NotAllowed, StaleState (taken or closed already)."""
    with _moving(flag, "take", by=by) as taken:
        taken.taken_at, taken.taken_by = clock.now(), by
    return taken


def close_flag(*, flag: MessageFlag, done: str, by: Any) -> MessageFlag:
    """It is dealt with, and what was done is kept. Raises: NotAllowed, StaleState, RuleBroken ``done_missing``."""
    if not done.strip():
        raise RuleBroken(_("Say what was done."), code="done_missing")
    with _moving(flag, "close", by=by) as closed:
        closed.done, closed.closed_at, closed.closed_by = done.strip(), clock.now(), by
    return closed


def _raise(message: Message, kind: FlagKind, *, by: Any, **fields: Any) -> MessageFlag:
    flag, is_new = MessageFlag.objects.get_or_create(message=message, kind=kind, defaults=fields)
    if is_new:
        record("flag.raise", subject=flag, by=by, kind=kind.value)
        post("message-flagged", key=f"message-flagged:{flag.pk}", flag_id=flag.pk)
    return flag


@contextmanager
def _moving(flag: MessageFlag, verb: str, *, by: Any) -> Iterator[MessageFlag]:
    """Lock, ask who and whether, run the body, write state and history."""
    with transaction.atomic():
        MessageFlag.objects.select_for_update(of=("self",)).get(pk=flag.pk)
        flag = MessageFlag.objects.for_list().get(pk=flag.pk)
        FLAG_POLICY.require(by, verb, flag)
        target = FLAG_FLOW.target(flag.state, verb)
        yield flag
        flag.state = target
        flag.save()
        record(f"flag.{verb}", subject=flag, by=by)

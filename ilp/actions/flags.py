"""Words somebody must look at now: raised by what they say or by the learner, taken on and closed by an adult."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import post, record
from core import clock
from core.errors import RuleBroken
from ilp.models import FlagKind, FlagPlace, Message, MessageFlag
from ilp.policies import FLAG_POLICY
from ilp.queries import concern_in, concerns_in, service_to_call
from ilp.workflow import FLAG_FLOW, OPEN_FLAGS


def flag_concern(message: Message) -> MessageFlag | None:
    """A learner's message with words that worry is flagged, at any hour. Tells: ``message-flagged``."""
    phrase = concern_in(message.text)
    if phrase is None:
        return None
    return _raise(message, FlagKind.CONCERN, by=None, phrase_id=phrase)


def flag_written(
    thing: models.Model,
    *,
    learner: Learner,
    place: FlagPlace,
    section: str,
    said: Iterable[str],
    by: Any,
    before: Iterable[str] = (),
) -> MessageFlag | None:
    """Words that worry, written anywhere for adults to read, are flagged at any hour. For whoever holds the lock of
    what it stands in, in the same transaction: the learner's, or their application's.

    ``said`` are the texts as they are now, ``before`` as they were. The same words saved again call nobody again: not
    while a flag of this thing that has them is open, nor where they stood there already and were flagged then.
    ``section`` is what of the learner somebody reads with it. Tells: ``message-flagged``.
    """
    said = [text.strip() for text in said if text.strip()]
    found = concerns_in(said)
    if not found:
        return None
    name = f"{thing._meta.model_name}:{thing.pk}"
    flags = list(MessageFlag.objects.filter(thing=name, kind=FlagKind.CONCERN))
    stood = set(concerns_in(before))
    known = set(concerns_in(flag.said for flag in flags if flag.state in OPEN_FLAGS))
    known |= stood & set(concerns_in(flag.said for flag in flags))
    fresh = [phrase for phrase in found if phrase not in known]
    if not fresh:
        return None
    flag = MessageFlag.objects.create(
        kind=FlagKind.CONCERN,
        learner=learner,
        service=service_to_call(learner),
        place=place,
        thing=name,
        section=section,
        by=by,
        said="\n\n".join(said),
        phrase_id=fresh[0],
    )
    _announce(flag, by=None)
    return flag


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
        _announce(flag, by=by)
    return flag


def _announce(flag: MessageFlag, *, by: Any) -> None:
    record("flag.raise", subject=flag, by=by, kind=str(flag.kind))
    post("message-flagged", key=f"message-flagged:{flag.pk}", flag_id=flag.pk)


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

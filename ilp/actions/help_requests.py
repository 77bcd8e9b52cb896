"""A learner asks for help, and somebody takes it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import post, record
from core import clock
from core.errors import RuleBroken
from ilp.actions.flags import flag_written
from ilp.actions.locking import lock_learner
from ilp.models import FlagPlace, HelpRequest, HelpTopic
from ilp.policies import HELP_POLICY, LEARNER_HELP_POLICY
from ilp.workflow import HELP_FLOW

ASKED = "help-asked"
TAKEN = "help-taken"


def ask_help(*, learner: Learner, topic: str, by: Any, words: str = "") -> HelpRequest:
    """The school's coordinators and tutors, and the adviser with consent, see that the learner would like help with
    this; of somebody on no school's roll the adviser, or else the help desk of the area. Asked again while it is open,
    it is the same one, with what is said now.

    Raises: NotAllowed, StaleState. Tells: the school's coordinators, once a day; without a school, whoever sees it.
    For words that worry ``message-flagged``, at once.
    """
    with transaction.atomic():
        learner = lock_learner(learner.pk)
        LEARNER_HELP_POLICY.require(by, "ask", learner)
        topic = HelpTopic(topic)
        known = HelpRequest.objects.open().filter(learner=learner, topic=topic).first()
        if known is not None:
            if words.strip() and words.strip() != known.words:
                before, known.words = known.words, words.strip()
                known.save(update_fields=["words"])
                _flag(known, before=before, by=by)
                record("help_request.say_more", subject=known, by=by, topic=topic.value)
            return known
        request = HelpRequest.objects.create(learner=learner, topic=topic, words=words.strip())
        _flag(request, before="", by=by)
        record("help_request.ask", subject=request, by=by, topic=topic.value)
        entry = learner.roll_entries.current().first()
        if entry is not None:
            key = f"{ASKED}:{entry.school_id}:{clock.today().isoformat()}"
            post(ASKED, key=key, school_id=entry.school_id)
        else:
            post(ASKED, key=f"{ASKED}:request:{request.pk}", request_id=request.pk)
    return request


def _flag(request: HelpRequest, *, before: str, by: Any) -> None:
    flag_written(
        request,
        learner=request.learner,
        place=FlagPlace.HELP,
        section="plan",
        said=[request.words],
        before=[before],
        by=by,
    )


@contextmanager
def moving_help(request: HelpRequest, verb: str, *, by: Any) -> Iterator[HelpRequest]:
    """Lock the learner, read it again, ask who and whether, run the body, write state and history.

    Raises: NotAllowed, StaleState.
    """
    with transaction.atomic():
        lock_learner(HelpRequest.objects.values_list("learner", flat=True).get(pk=request.pk))
        request = HelpRequest.objects.for_list().get(pk=request.pk)
        HELP_POLICY.require(by, verb, request)
        state = HELP_FLOW.target(request.state, verb)
        yield request
        request.state = state
        request.save()
        record(f"help_request.{verb}", subject=request, by=by, topic=request.topic)


def take_help(*, request: HelpRequest, by: Any, seen: int | None = None) -> HelpRequest:
    """This adult helps; the learner sees who. Whoever had it before no longer has it. ``seen`` is who had it when
    they looked (0: nobody), so that two who take it at once do not both think they have it.

    Raises: NotAllowed, StaleState, RuleBroken ``changed_meanwhile``. Tells: the learner.
    """
    with moving_help(request, "take", by=by) as held:
        if seen is not None and (held.taken_by_id or 0) != seen:
            raise RuleBroken(_("Somebody else has taken it on since you looked."), code="changed_meanwhile")
        held.taken_by, held.taken_at = by, clock.now()
        post(TAKEN, key=f"{TAKEN}:{held.pk}", request_id=held.pk)
    return held


def close_help(*, request: HelpRequest, outcome: str, by: Any) -> HelpRequest:
    """It is dealt with; the learner reads what was done.

    Raises: NotAllowed, StaleState, RuleBroken ``words_missing``.
    """
    with moving_help(request, "close", by=by) as held:
        if not outcome.strip():
            raise RuleBroken(_("Say what was done. The learner reads it."), code="words_missing")
        held.outcome, held.closed_by, held.closed_at = outcome.strip(), by, clock.now()
        held.taken_by, held.taken_at = held.taken_by or by, held.taken_at or clock.now()
    return held


def take_back_help(*, request: HelpRequest, by: Any) -> HelpRequest:
    """The learner no longer needs it. Raises: NotAllowed, StaleState."""
    with moving_help(request, "take_back", by=by) as held:
        held.closed_by, held.closed_at = by, clock.now()
    return held

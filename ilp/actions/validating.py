"""What adults say of an entry, and what the learner answers."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from activity.actions import post
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp.actions.flags import flag_written
from ilp.actions.plans import moving, newest_of, tell_adult
from ilp.actions.roles import role_towards
from ilp.models import Entry, FlagPlace, Remark, RemarkKind

TALK = "plan-talk"


class Answer(NamedTuple):
    """What an adult said of the revision they saw."""

    entry: Entry
    seen: int
    verb: str  # "validate" or "talk"
    words: str = ""


class Answered(NamedTuple):
    """What came of several answers: those that hold, and those whose entry had moved on."""

    done: list[Entry]
    passed_over: list[Entry]


def validate_entry(*, entry: Entry, seen: int, by: Any, words: str = "") -> Entry:
    """An adult has read this revision, and it is true. With whom, in which role and when.

    Raises: NotAllowed, StaleState, RuleBroken ``changed_meanwhile``.
    """
    with moving(entry, "validate", by=by, seen=seen, revision=seen) as held:
        _say(held, RemarkKind.VALIDATED, words, by=by)
    return held


def talk_about_entry(*, entry: Entry, seen: int, by: Any, words: str) -> Entry:
    """An adult wants to talk about this revision, and says why. Validating stays open to everybody who may.

    Raises: NotAllowed, StaleState, RuleBroken ``changed_meanwhile``, ``words_missing``. Tells: the learner.
    """
    with moving(entry, "talk", by=by, seen=seen, revision=seen) as held:
        if not words.strip():
            raise RuleBroken(_("Say what you would like to talk about."), code="words_missing")
        _say(held, RemarkKind.TALK, words, by=by)
        post(TALK, key=f"{TALK}:{held.plan_id}:{clock.today().isoformat()}", plan_id=held.plan_id)
    return held


def reply_to_entry(*, entry: Entry, by: Any, words: str) -> Entry:
    """The learner has answered; whoever wanted to talk is told.

    Raises: NotAllowed, StaleState, RuleBroken ``words_missing``.
    """
    with moving(entry, "reply", by=by) as held:
        if not words.strip():
            raise RuleBroken(_("Write your answer."), code="words_missing")
        remark = _say(held, RemarkKind.REPLY, words, by=by)
        flag_written(
            remark,
            learner=held.plan.learner,
            place=FlagPlace.PLAN,
            section=held.shown_as,
            said=[remark.words],
            by=by,
        )
        asked = Remark.objects.filter(revision__entry=held, kind=RemarkKind.TALK).order_by("-at", "-pk").first()
        if asked is not None:
            tell_adult(held, user_id=asked.by_id)
    return held


def take_back_validation(*, entry: Entry, by: Any) -> Entry:
    """Who validated it by mistake has said so; it waits to be read again.

    Raises: NotAllowed (somebody else's validation), StaleState.
    """
    with moving(entry, "take_back", by=by) as held:
        _say(held, RemarkKind.TAKEN_BACK, "", by=by)
        held.asked_at = clock.now()
    return held


def answer_entries(*, answers: Iterable[Answer], by: Any) -> Answered:
    """Each answer is given by itself: one that comes too late does not hold up the others.

    Raises: RuleBroken ``words_missing``, before anything is written.
    """
    answers = list(answers)
    if any(answer.verb == "talk" and not answer.words.strip() for answer in answers):
        raise RuleBroken(_("Say what you would like to talk about."), code="words_missing")
    done, passed_over = [], []
    for answer in answers:
        act = talk_about_entry if answer.verb == "talk" else validate_entry
        try:
            done.append(act(entry=answer.entry, seen=answer.seen, by=by, words=answer.words))
        except (StaleState, NotAllowed, RuleBroken):
            passed_over.append(answer.entry)
    return Answered(done, passed_over)


def _say(entry: Entry, kind: RemarkKind, words: str, *, by: Any) -> Remark:
    is_own = entry.plan.learner.user_id == by.pk
    return Remark.objects.create(
        revision=newest_of(entry),
        kind=kind,
        words=words.strip(),
        by=by,
        role=None if is_own else role_towards(entry.plan.learner, by),
    )

"""What a provider does with a choice before it makes an offer: talk, wait, refuse."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from applications.actions.moving import moving, require_reason
from applications.models import Choice, Interview, InterviewState
from applications.policies import lead_admissions
from applications.queries.interviews import free_slots
from core import clock
from core.errors import RuleBroken


def invite_to_interview(
    *, choice: Choice, by: Any, starts_at: dt.datetime | None = None, place: str = "", note: str = ""
) -> Choice:
    """An interview is planned: at this time, or without one at a time the learner chooses from the sessions set up.

    Raises: NotAllowed, StaleState, RuleBroken ``interview_in_past``, ``no_free_slots``.
    Tells: the learner, ``interview-invited`` or ``interview-to-choose``.
    """
    with moving(choice, "invite", by=by) as move:
        plan_interview(move.choice, by=by, starts_at=starts_at, place=place, note=note)
        if starts_at is not None:
            move.facts["starts_at"] = starts_at.isoformat()
        move.tell("interview-to-choose" if starts_at is None else "interview-invited")
    return move.choice


def plan_interview(choice: Choice, *, by: Any, starts_at: dt.datetime | None, place: str, note: str) -> Interview:
    """A planned interview of a choice whose application is locked: at a time of its own, or one still to choose. It is
    the partner's, where the learner is placed with one and whoever asks is of its desk only.

    Raises: RuleBroken ``interview_in_past``, ``no_free_slots``.
    """
    if starts_at is None:
        if not free_slots(choice).exists():
            raise RuleBroken(
                _("No time is free for this course. Set up interviews first, or enter a date and time."),
                code="no_free_slots",
            )
    elif starts_at <= clock.now():
        raise RuleBroken(_("The interview must be in the future. Check the date and time."), code="interview_in_past")
    is_partners = choice.placed_with_id is not None and not lead_admissions(by, choice)
    partner_id = choice.placed_with_id if is_partners else None
    return Interview.objects.create(
        choice=choice, starts_at=starts_at, place=place, note=note, by=by, partner_id=partner_id
    )


def cancel_interview(*, choice: Choice, by: Any) -> Choice:
    """The planned interview is off and the choice waits for an answer again.

    Raises: NotAllowed, StaleState. Tells: the learner, ``interview-cancelled``.
    """
    with moving(choice, "cancel_interview", by=by) as move:
        # moving() would call an interview whose hour has come "held"; this one was called off.
        move.choice.interviews.filter(state=InterviewState.PLANNED).update(state=InterviewState.CANCELLED)
        move.tell("interview-cancelled")
    return move.choice


def put_on_reserve(*, choice: Choice, by: Any) -> Choice:
    """The learner waits for a place to come free.

    Raises: NotAllowed, StaleState. Tells: the learner, ``choice-on-reserve``.
    """
    with moving(choice, "put_on_reserve", by=by) as move:
        move.tell("choice-on-reserve")
    return move.choice


def refuse_choice(*, choice: Choice, by: Any, reason: str, words: str = "") -> Choice:
    """The provider has said no, with a reason the learner may read.

    Raises: NotAllowed, StaleState, RuleBroken ``reason_unknown``, ``reason_words_missing`` (with "something else").
    Tells: the learner, ``choice-refused``.
    """
    require_reason("refuse", reason, words)
    with moving(choice, "refuse", by=by) as move:
        move.choice.refusal_reason, move.choice.reason_words = reason, words
        move.tell("choice-refused")
    return move.choice

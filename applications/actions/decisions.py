"""What a provider does with a choice before it makes an offer: talk, wait, suggest another course, refuse."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from applications.actions.moving import moving, require_reason, require_seen
from applications.models import Choice, ChoiceRun, Interview, InterviewState, Referral, ReferralState
from applications.queries.interviews import free_slots
from applications.queries.partners import partners_for
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.models import CourseRun


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
    """A planned interview of a choice whose application is locked: at a time of its own, or one still to choose.

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
    return Interview.objects.create(choice=choice, starts_at=starts_at, place=place, note=note, by=by)


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


def refer_choice(*, choice: Choice, by: Any, runs: Collection[CourseRun], message: str = "") -> Choice:
    """Other runs of the provider are suggested to the learner, who says yes or no. One suggestion at a time.

    Raises: NotAllowed, StaleState, RuleBroken ``referral_open``, ``referral_empty``, ``referral_elsewhere``,
    ``run_ended``.
    Tells: the learner, ``choice-referred``.
    """
    with moving(choice, "refer", by=by) as move:
        if move.choice.referrals.filter(state=ReferralState.OPEN).exists():
            raise RuleBroken(_("The learner has not answered your last suggestion yet."), code="referral_open")
        if not runs:
            raise RuleBroken(_("Choose at least one course to suggest."), code="referral_empty")
        if any(run.course.provider_id != move.choice.provider_id for run in runs):
            raise RuleBroken(_("You can only suggest courses of your own."), code="referral_elsewhere")
        if CourseRun.objects.on_offer().filter(pk__in=[run.pk for run in runs]).count() < len(runs):
            raise RuleBroken(_("One of these courses is no longer in the prospectus."), code="run_ended")
        referral = Referral.objects.create(choice=move.choice, message=message, by=by)
        referral.runs.set(runs)
        move.facts["suggested"] = [run.course.title for run in runs]
        move.tell("choice-referred")
    return move.choice


def take_referral(*, choice: Choice, by: Any, seen: str = "") -> Choice:
    """The choice is now about the runs the provider suggested.

    Raises: NotAllowed, StaleState (no suggestion is open), RuleBroken ``run_ended``, ``changed_since``.
    Tells: the provider, ``referral-answered``.
    """
    with moving(choice, "take_referral", by=by) as move:
        require_seen(move, seen)
        referral = _open_referral(move.choice)
        runs = list(referral.runs.all())
        if CourseRun.objects.on_offer().filter(pk__in=[run.pk for run in runs]).count() < len(runs):
            raise RuleBroken(_("The suggested course is no longer in the prospectus. Say no to it."), code="run_ended")
        move.choice.choice_runs.all().delete()
        ChoiceRun.objects.bulk_create(
            ChoiceRun(choice=move.choice, run=run, position=position) for position, run in enumerate(runs, start=1)
        )
        if move.choice.placed_with_id and move.choice.placed_with not in partners_for(move.choice):
            move.choice.placed_with = None  # a partner that does not teach the new courses sees it no more
        _answer(referral, ReferralState.TAKEN)
        move.tell("referral-answered")
    return Choice.objects.for_list().get(pk=move.choice.pk)


def decline_referral(*, choice: Choice, by: Any, seen: str = "") -> Choice:
    """The choice stays as it was sent.

    Raises: NotAllowed, StaleState (no suggestion is open), RuleBroken ``changed_since``.
    Tells: the provider, ``referral-answered``.
    """
    with moving(choice, "decline_referral", by=by) as move:
        require_seen(move, seen)
        _answer(_open_referral(move.choice), ReferralState.DECLINED)
        move.tell("referral-answered")
    return move.choice


def _open_referral(choice: Choice) -> Referral:
    referral = choice.referrals.filter(state=ReferralState.OPEN).first()
    if referral is None:
        raise StaleState("There is no suggestion to answer.")
    return referral


def _answer(referral: Referral, state: str) -> None:
    referral.state = state
    referral.save(update_fields=["state"])

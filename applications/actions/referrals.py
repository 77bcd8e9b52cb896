"""Another course suggested to a learner, and their yes or no."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from applications.actions.moving import moving, require_seen
from applications.actions.placing import leave_partner
from applications.actions.releases import drop_what_is_meant
from applications.models import Choice, ChoiceRun, Referral, ReferralState
from applications.queries.partners import partners_for
from core.errors import RuleBroken, StaleState
from prospectus.models import CourseRun


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
        if CourseRun.objects.still_there().filter(pk__in=[run.pk for run in runs]).count() < len(runs):
            raise RuleBroken(_("One of these courses is no longer in the prospectus."), code="run_ended")
        referral = Referral.objects.create(choice=move.choice, message=message, by=by)
        referral.runs.set(runs)
        move.facts["suggested"] = [run.course.title for run in runs]
        move.tell("choice-referred")
    return move.choice


def take_referral(*, choice: Choice, by: Any, seen: str = "") -> Choice:
    """The choice is now about the runs the provider suggested. An answer that was meant for the others is not any more.

    Raises: NotAllowed, StaleState (no suggestion is open), RuleBroken ``run_ended``, ``changed_since``.
    Tells: the provider, ``referral-answered``.
    """
    with moving(choice, "take_referral", by=by) as move:
        require_seen(move, seen)
        referral = _open_referral(move.choice)
        runs = list(referral.runs.all())
        if CourseRun.objects.still_there().filter(pk__in=[run.pk for run in runs]).count() < len(runs):
            raise RuleBroken(_("The suggested course is no longer in the prospectus. Say no to it."), code="run_ended")
        drop_what_is_meant(move.choice, by=None)
        move.choice.choice_runs.all().delete()
        ChoiceRun.objects.bulk_create(
            ChoiceRun(choice=move.choice, run=run, position=position) for position, run in enumerate(runs, start=1)
        )
        if move.choice.placed_with_id and move.choice.placed_with not in partners_for(move.choice):
            leave_partner(move.choice, by=None)  # one that does not teach the new courses sees it no more
            move.choice.placed_with = None
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

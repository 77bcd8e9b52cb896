"""Clearing: a learner agrees to be shown, a provider asks them to apply, and they say yes or no."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import post, record
from applications.actions.drafts import add_run
from applications.actions.invitations import answer_invitation
from applications.actions.moving import lock_application
from applications.actions.sending import send_choice
from applications.models import Application, Choice, ClearingInvitation, ClearingListing, InvitationState
from applications.policies import APPLICATION_POLICY, INVITATION_POLICY, PROVIDER_POLICY
from applications.queries.clearing import is_placeless, runs_to_ask_for, with_places_to_ask_for
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions.places import lock_runs
from prospectus.models import CourseRun
from providers.queries import add_working_days

ANSWER_DAYS = 2  # working days for which an invitation keeps a place


@transaction.atomic
def agree_to_clearing(*, application: Application, by: Any) -> ClearingListing:
    """Providers with places may see the learner while they have none, from now until they take it back.

    Raises: NotAllowed, RuleBroken ``cycle_over``.
    """
    application = lock_application(application.pk)
    APPLICATION_POLICY.require(by, "be_shown", application)
    if clock.today() > application.cycle.ends_on:
        raise RuleBroken(_("This year’s applications are over."), code="cycle_over")
    listing, is_new = ClearingListing.objects.get_or_create(application=application, ended_at=None)
    if is_new:
        record("clearing.agree", subject=application, by=by)
    return listing


@transaction.atomic
def leave_clearing(*, application: Application, by: Any) -> None:
    """Nobody sees the learner there any more, and invitations they have not answered are over.

    Raises: NotAllowed.
    """
    application = lock_application(application.pk)
    APPLICATION_POLICY.require(by, "be_shown", application)
    now = clock.now()
    open_ones = ClearingInvitation.objects.filter(listing__application=application, state=InvitationState.OPEN)
    open_ones.update(state=InvitationState.ENDED, answered_at=now)
    if ClearingListing.objects.filter(application=application, ended_at=None).update(ended_at=now):
        record("clearing.leave", subject=application, by=by)


@transaction.atomic
def invite_from_clearing(*, listing: ClearingListing, run: CourseRun, by: Any) -> ClearingInvitation:
    """The learner is asked to apply for this course, and one of its places is kept for them until they have answered.

    Raises: NotAllowed, StaleState (not in clearing any more), RuleBroken ``no_place_left``.
    Tells: the learner, ``clearing-invited``.
    """
    PROVIDER_POLICY.require(by, "invite_from_clearing", run.course.provider)
    application = lock_application(listing.application_id)
    lock_runs(run_ids=[run.pk])
    if not ClearingListing.objects.shown().filter(pk=listing.pk).exists():
        raise StaleState("Not in clearing any more.")
    if not with_places_to_ask_for().filter(pk=run.pk, to_ask_for__gt=0).exists():
        raise RuleBroken(
            _("The last place was taken, or is kept for somebody you have asked. Choose another course."),
            code="no_place_left",
        )
    if run not in runs_to_ask_for(listing, [run.course.provider]):
        raise NotAllowed
    invitation = ClearingInvitation.objects.create(
        listing=listing,
        run=run,
        by=by,
        answer_by_on=add_working_days(clock.today(), ANSWER_DAYS, area=application.cycle.area),
    )
    record("clearing.invite", subject=invitation, by=by, provider=run.course.provider.name, courses=[run.course.title])
    post("clearing-invited", key=f"clearing-invited:{invitation.pk}", invitation_id=invitation.pk)
    return invitation


@transaction.atomic
def take_invitation(*, invitation: ClearingInvitation, by: Any) -> ClearingInvitation:
    """The learner has applied, for what they were asked and nothing else: a choice with its snapshot goes the way every
    choice goes. Other invitations are over. Pressed twice, it is once.

    Raises: NotAllowed, StaleState (answered, or its day is over, or the learner has something under way),
    RuleBroken as ``add_run`` and ``send_choice``.
    """
    invitation = _locked(invitation, by=by, verb="take")
    if invitation.state == InvitationState.TAKEN and invitation.choice is not None:
        return invitation
    _require_open(invitation)
    application = invitation.listing.application
    if not is_placeless(application):
        raise StaleState("Something is under way.")
    choice = add_run(learner=application.learner, run=invitation.run, by=by, is_alone=True)
    send_choice(choice=choice, by=by)  # which answers the invitation
    return ClearingInvitation.objects.for_list().get(pk=invitation.pk)


@transaction.atomic
def draft_invitation(*, invitation: ClearingInvitation, by: Any) -> Choice:
    """The course is a draft of its own, where what stops it can be mended. They are still asked.

    Raises: NotAllowed, StaleState (answered, or its day is over), RuleBroken as ``add_run``.
    """
    invitation = _locked(invitation, by=by, verb="take")
    _require_open(invitation)
    return add_run(learner=invitation.listing.application.learner, run=invitation.run, by=by, is_alone=True)


@transaction.atomic
def decline_invitation(*, invitation: ClearingInvitation, by: Any) -> ClearingInvitation:
    """The learner has said no, and the place is free for somebody else. Pressed twice, it is once.

    Raises: NotAllowed, StaleState (answered otherwise, or its day is over).
    """
    invitation = _locked(invitation, by=by, verb="decline")
    if invitation.state == InvitationState.DECLINED:
        return invitation
    _require_open(invitation)
    answer_invitation(invitation, InvitationState.DECLINED, by=by)
    return invitation


def _locked(invitation: ClearingInvitation, *, by: Any, verb: str) -> ClearingInvitation:
    lock_application(invitation.listing.application_id)
    invitation = ClearingInvitation.objects.for_list().get(pk=invitation.pk)
    INVITATION_POLICY.require(by, verb, invitation)
    return invitation


def _require_open(invitation: ClearingInvitation) -> None:
    if not invitation.is_open:
        raise StaleState("It is answered, or its day is over.")

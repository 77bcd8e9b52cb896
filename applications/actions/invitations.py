"""What becomes of invitations from clearing: by an answer, and by whatever else the learner sends."""

from typing import Any

from activity.actions import record
from applications.models import Choice, ClearingInvitation, InvitationState
from core import clock


def answer_invitation(invitation: ClearingInvitation, state: str, *, by: Any, choice: Choice | None = None) -> None:
    """It is answered so; ``choice`` came of a yes. Under the lock of the application."""
    invitation.state, invitation.answered_at, invitation.choice = state, clock.now(), choice
    invitation.save(update_fields=["state", "answered_at", "choice"])
    record(f"clearing.{state}", subject=invitation, by=by)


def settle_invitations(choice: Choice, *, by: Any) -> None:
    """The learner is sending this choice, so nobody asks them any more: an invitation to one of its courses is taken,
    the place kept until the provider answers, and the others are over. Under the lock of the application."""
    runs = {each.run_id for each in choice.choice_runs.all()}
    open_ones = ClearingInvitation.objects.filter(
        listing__application=choice.application_id, state=InvitationState.OPEN
    ).order_by("pk")
    waiting = list(open_ones)
    taken = next((one for one in waiting if one.is_open and one.run_id in runs), None)
    if taken is not None:
        answer_invitation(taken, InvitationState.TAKEN, by=by, choice=choice)
    if waiting:
        open_ones.update(state=InvitationState.ENDED, answered_at=clock.now())

"""A consortium's lead receives for all, and places each learner with a partner."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import post, record
from applications.actions.decisions import cancel_interview
from applications.actions.interviews import free_time_with
from applications.actions.moving import lock_application
from applications.actions.releases import drop_what_is_meant
from applications.models import Choice
from applications.policies import DESK_POLICY
from applications.queries.interviews import planned_interview
from applications.queries.partners import partners_for
from applications.workflow import LIVE
from core.errors import RuleBroken, StaleState
from providers.models import Organisation


@transaction.atomic
def place_choice(*, choice: Choice, partner: Organisation | None, by: Any) -> Choice:
    """The learner is to be taught at this partner of the consortium, which sees the choice from now on and may answer
    it, too; with ``partner=None`` it is the lead's alone again. The same again changes nothing. What a partner before
    it meant to answer is not meant any more, an interview it asked for is off, and a time of its interviews is free.

    Raises: NotAllowed (only the lead places), StaleState (over), RuleBroken ``not_a_partner``.
    Tells: the partner, ``choice-placed-desk``; the learner, ``choice-placed``, and ``interview-cancelled`` or
    ``interview-to-choose``.
    """
    lock_application(choice.application_id)
    choice = Choice.objects.with_parties().get(pk=choice.pk)
    DESK_POLICY.require(by, "place", choice)
    if choice.status not in LIVE:
        raise StaleState(f"Cannot place a choice that is {choice.status}")
    if choice.placed_with_id == (partner.pk if partner else None):
        return choice
    if partner is not None and partner.pk not in {one.pk for one in partners_for(choice)}:
        raise RuleBroken(_("Choose a partner that teaches all courses of this choice with you."), code="not_a_partner")
    choice = _without_partners_interview(choice, by=by)
    leave_partner(choice, by=by)
    choice.placed_with = partner
    choice.save(update_fields=["placed_with"])
    event = record(
        "choice.place", subject=choice, by=by, provider=choice.provider.name, partner=partner.name if partner else ""
    )
    for kind in ["choice-placed", *(["choice-placed-desk"] if partner else [])]:
        post(kind, key=f"{kind}:{choice.pk}:{event.pk}", choice_id=choice.pk)
    return choice


def _without_partners_interview(choice: Choice, *, by: Any) -> Choice:
    """The talk that the partner before asked for is off, whether it has a time yet or not; one that was held stays."""
    planned = planned_interview(choice)
    if planned is None or planned.partner_id is None or planned.is_over:
        return choice
    return cancel_interview(choice=choice, by=by)


def leave_partner(choice: Choice, *, by: Any) -> None:
    """Nothing of the partner's hangs on the choice any more: no answer it means to give, no time of its interviews.
    Under the lock of the application. Tells: the learner who had a time, ``interview-to-choose``."""
    if choice.placed_with_id is not None:
        drop_what_is_meant(choice, by=by, of=choice.placed_with_id)
        free_time_with(choice, provider_id=choice.placed_with_id, by=by)

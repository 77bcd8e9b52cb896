"""Conditions of offers: each said to be met, not met or no longer asked for; and what a provider usually asks."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from applications.actions.moving import lock_application, offer_of
from applications.actions.offers import in_words
from applications.models import Choice, ConditionState, OfferCondition, UsualCondition
from applications.policies import CONDITION_POLICY, PROVIDER_POLICY
from applications.queries.conditions import Condition
from applications.workflow import CHOICE_FLOW
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.models import Course
from providers.models import Organisation

MOST_CONDITIONS = 12


@transaction.atomic
def mark_condition(*, choice: Choice, condition: OfferCondition, state: str, by: Any) -> OfferCondition:
    """This condition of the standing offer is met, not met, no longer asked for, or open again; who said it is kept.

    The place itself is confirmed or lost by ``confirm_place`` and ``fail_conditions``. The same again changes nothing.

    Raises: NotAllowed, StaleState (the offer is over, or another one stands), RuleBroken ``condition_state_unknown``.
    """
    if state not in ConditionState.values:
        raise RuleBroken(_("Choose how the condition stands."), code="condition_state_unknown")
    lock_application(choice.application_id)
    choice = Choice.objects.for_list().get(pk=choice.pk)
    CONDITION_POLICY.require(by, "mark", choice)
    if not (CHOICE_FLOW.targets(choice.status, "accept") or CHOICE_FLOW.targets(choice.status, "confirm")):
        raise StaleState("The place is certain, or the offer is over.")
    held = offer_of(choice).conditions.filter(pk=condition.pk).first()
    if held is None:
        raise StaleState("Another offer stands.")
    if held.state != state:
        held.state, held.decided_by, held.decided_at = state, by, clock.now()
        if state == ConditionState.OPEN:
            held.decided_by = held.decided_at = None
        held.save(update_fields=["state", "decided_by", "decided_at"])
        record(f"condition.{state}", subject=choice, by=by, provider=choice.provider.name, conditions=[held.text])
    return held


@transaction.atomic
def set_usual_conditions(
    *, provider: Organisation, by: Any, conditions: Sequence[Condition], course: Course | None = None
) -> list[UsualCondition]:
    """What the provider usually asks of applicants to this course, or to any, is this from now on.

    Raises: NotAllowed, RuleBroken ``not_your_course``, ``condition_incomplete``, ``too_many_conditions``.
    """
    provider = Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    PROVIDER_POLICY.require(by, "set_usual_conditions", provider)
    if course is not None and course.provider_id != provider.pk:
        raise RuleBroken(_("Choose courses of your own."), code="not_your_course")
    if len(conditions) > MOST_CONDITIONS:
        raise RuleBroken(_("%(most)s conditions are the most.") % {"most": MOST_CONDITIONS}, code="too_many_conditions")
    said = in_words(conditions)
    UsualCondition.objects.filter(provider=provider, course=course).delete()
    rows = UsualCondition.objects.bulk_create(
        UsualCondition(provider=provider, course=course, by=by, position=position, **each._asdict())
        for position, each in enumerate(said, start=1)
    )
    record("usual_conditions.set", subject=provider, by=by, organisation=provider.pk, number=len(rows))
    return rows

"""Offers made outside this service, so that the September Guarantee counts them."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import record
from applications.models import OutsideOffer
from applications.policies import LEARNER_POLICY
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import Cycle


@transaction.atomic
def record_outside_offer(
    *,
    learner: Learner,
    cycle: Cycle,
    by: Any,
    provider_name: str,
    course_name: str = "",
    offered_on: dt.date | None = None,
) -> OutsideOffer:
    """The learner has an offer from outside. The same offer recorded twice is one.

    Raises: NotAllowed, RuleBroken ``offered_in_future``.
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "record_outside_offer", learner)
    offered_on = offered_on or clock.today()
    if offered_on > clock.today():
        raise RuleBroken(_("The offer cannot be dated in the future."), code="offered_in_future")
    outside_offer, is_new = OutsideOffer.objects.get_or_create(
        learner=learner,
        cycle=cycle,
        provider_name=provider_name.strip(),
        course_name=course_name.strip(),
        ended_on=None,
        defaults={"offered_on": offered_on, "by": by},
    )
    if is_new:
        record("outside_offer.record", subject=outside_offer, by=by, offered_on=offered_on.isoformat())
    return outside_offer


@transaction.atomic
def end_outside_offer(*, outside_offer: OutsideOffer, by: Any) -> OutsideOffer:
    """The outside offer no longer stands.

    Raises: NotAllowed, StaleState (ended already).
    """
    Learner.objects.select_for_update(no_key=True).get(pk=outside_offer.learner_id)
    outside_offer = OutsideOffer.objects.select_related("learner").get(pk=outside_offer.pk)
    LEARNER_POLICY.require(by, "end_outside_offer", outside_offer.learner)
    if outside_offer.ended_on is not None:
        raise StaleState("This offer has been ended already.")
    outside_offer.ended_on = clock.today()
    outside_offer.save(update_fields=["ended_on"])
    record("outside_offer.end", subject=outside_offer, by=by)
    return outside_offer

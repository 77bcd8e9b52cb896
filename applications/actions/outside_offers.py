"""Offers made outside this service, so that the September Guarantee counts them."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import record
from applications.actions.worrying import flag_outside_offer
from applications.models import OutsideOffer
from applications.policies import LEARNER_POLICY
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import Cycle

MOST_UNCONFIRMED = 10  # that wait for an adult at once


@transaction.atomic
def record_outside_offer(
    *,
    learner: Learner,
    cycle: Cycle,
    by: Any,
    provider_name: str,
    course_name: str = "",
    offered_on: dt.date | None = None,
    kind: str = "",
) -> OutsideOffer:
    """The learner has an offer from outside. The same offer recorded twice is one; what the learner said is confirmed.

    Raises: NotAllowed, RuleBroken ``offered_in_future``.
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "record_outside_offer", learner)
    names = (provider_name, course_name)
    outside_offer, is_new = _kept(learner, cycle, by=by, names=names, offered_on=offered_on, is_unconfirmed=False)
    if is_new and kind:
        outside_offer.kind = kind
        outside_offer.save(update_fields=["kind"])
    if not is_new and outside_offer.is_unconfirmed:
        _confirm(outside_offer, by=by)
    return outside_offer


@transaction.atomic
def say_outside_offer(
    *,
    learner: Learner,
    cycle: Cycle,
    by: Any,
    provider_name: str,
    course_name: str = "",
    offered_on: dt.date | None = None,
) -> OutsideOffer:
    """The learner says that they have an offer from outside. It counts once an adult has confirmed it.

    Raises: NotAllowed, RuleBroken ``offered_in_future``, ``too_many_offers``. Tells: ``message-flagged``, where the
    words worry.
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "say_outside_offer", learner)
    if OutsideOffer.objects.filter(learner=learner).to_confirm().count() >= MOST_UNCONFIRMED:
        raise RuleBroken(
            _("Ask your school or adviser to look at the offers you have told us of first."), code="too_many_offers"
        )
    names = (provider_name, course_name)
    outside_offer, is_new = _kept(learner, cycle, by=by, names=names, offered_on=offered_on, is_unconfirmed=True)
    if is_new:
        flag_outside_offer(outside_offer, by=by)
    return outside_offer


@transaction.atomic
def confirm_outside_offer(*, outside_offer: OutsideOffer, by: Any) -> OutsideOffer:
    """An adult has seen that the offer the learner told of is true: it counts. So does one that the learner called a
    mistake since, and is none. Twice is once.

    Raises: NotAllowed, StaleState (it has ended).
    """
    Learner.objects.select_for_update(no_key=True).get(pk=outside_offer.learner_id)
    outside_offer = OutsideOffer.objects.select_related("learner").get(pk=outside_offer.pk)
    LEARNER_POLICY.require(by, "confirm_outside_offer", outside_offer.learner)
    if outside_offer.ended_on is not None:
        raise StaleState("This offer has been ended already.")
    if outside_offer.is_unconfirmed:
        _confirm(outside_offer, by=by)
    elif outside_offer.taken_back_at is not None:
        _stands(outside_offer, by=by)
    return outside_offer


def _confirm(outside_offer: OutsideOffer, *, by: Any) -> None:
    outside_offer.is_unconfirmed, outside_offer.confirmed_at = False, clock.now()
    outside_offer.save(update_fields=["is_unconfirmed", "confirmed_at"])
    record("outside_offer.confirm", subject=outside_offer, by=by)


def past_day(offered_on: dt.date | None) -> dt.date:
    """The day of the offer; today, where nobody said. Raises: RuleBroken ``offered_in_future``."""
    if offered_on is not None and offered_on > clock.today():
        raise RuleBroken(_("The offer cannot be dated in the future."), code="offered_in_future")
    return offered_on or clock.today()


def sameness(offer: OutsideOffer) -> tuple[int, int, str, str]:
    """By what two offers are one."""
    return offer.learner_id, offer.cycle_id, offer.provider_name.casefold(), offer.course_name.casefold()


def _kept(
    learner: Learner, cycle: Cycle, *, by: Any, names: tuple[str, str], offered_on: dt.date | None, is_unconfirmed: bool
) -> tuple[OutsideOffer, bool]:
    provider_name, course_name = (name.strip() for name in names)
    outside_offer = OutsideOffer(
        learner=learner,
        cycle=cycle,
        provider_name=provider_name,
        course_name=course_name,
        offered_on=past_day(offered_on),
        by=by,
        is_unconfirmed=is_unconfirmed,
    )
    standing = OutsideOffer.objects.filter(learner=learner, cycle=cycle, ended_on=None)
    # What an adult vouches for before what nobody has seen.
    same = (one for one in standing.order_by("is_unconfirmed", "pk") if sameness(one) == sameness(outside_offer))
    if (known := next(same, None)) is not None:
        if known.taken_back_at is not None:
            _stands(known, by=by)
        return known, False
    outside_offer.save()
    record("outside_offer.say" if is_unconfirmed else "outside_offer.record", subject=outside_offer, by=by)
    return outside_offer, True


def _stands(outside_offer: OutsideOffer, *, by: Any) -> None:
    """It was no mistake after all."""
    outside_offer.taken_back_at = None
    outside_offer.save(update_fields=["taken_back_at"])
    record("outside_offer.stand", subject=outside_offer, by=by)


@transaction.atomic
def take_back_outside_offer(*, outside_offer: OutsideOffer, by: Any) -> OutsideOffer:
    """The learner told of it by mistake: it is gone, or where an adult vouches for it, they are asked to look. It
    counts until they have. Twice is once.

    Raises: NotAllowed, StaleState (it has ended).
    """
    Learner.objects.select_for_update(no_key=True).get(pk=outside_offer.learner_id)
    outside_offer = OutsideOffer.objects.select_related("learner").get(pk=outside_offer.pk)
    LEARNER_POLICY.require(by, "take_back_outside_offer", outside_offer.learner)
    if outside_offer.ended_on is not None:
        raise StaleState("This offer has been ended already.")
    take_back(outside_offer, by=by)
    return outside_offer


def take_back(outside_offer: OutsideOffer, *, by: Any) -> None:
    """For whoever holds the learner's lock."""
    if outside_offer.is_unconfirmed:
        outside_offer.ended_on = clock.today()
    elif outside_offer.taken_back_at is None:
        outside_offer.taken_back_at = clock.now()
    else:
        return
    outside_offer.save(update_fields=["ended_on", "taken_back_at"])
    record("outside_offer.take_back", subject=outside_offer, by=by)


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

"""Applying the provider's own way: the service cannot see it, so the learner says how it stands."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import record
from applications.actions.outside_offers import say_outside_offer, take_back
from applications.models import OutsideOffer, OwnRoute, OwnRouteState
from applications.policies import LEARNER_POLICY
from core import clock
from core.errors import RuleBroken
from prospectus.models import CourseRun
from providers.models import Cycle

SAYABLE = [state for state in OwnRouteState if state != OwnRouteState.LOOKED]


@transaction.atomic
def go_own_route(*, learner: Learner, run: CourseRun, by: Any) -> OwnRoute | None:
    """That the learner went on to the provider's own way is kept for them. Again is the same; None where the run has
    no such way.

    Raises: NotAllowed.
    """
    LEARNER_POLICY.require(by, "go_own_route", learner)
    if not run.apply_url:
        return None
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    route, is_new = OwnRoute.objects.get_or_create(learner=learner, run=run)
    if is_new:
        record("own_route.go", subject=route, by=by, run=run.pk)
    return route


@transaction.atomic
def say_own_route(*, route: OwnRoute, state: str, by: Any) -> OwnRoute:
    """The learner says how it stands. An offer is noted as one made elsewhere, for an adult to confirm; where they take
    that back before anybody has confirmed it, nobody is asked to any more, and after that an adult is asked to look.

    Raises: NotAllowed, RuleBroken ``state_unknown``.
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=route.learner_id)
    route = OwnRoute.objects.for_list().get(pk=route.pk)
    LEARNER_POLICY.require(by, "go_own_route", learner)
    if state not in SAYABLE:
        raise RuleBroken(_("Choose how it stands."), code="state_unknown")
    if route.state == state:
        return route
    before, route.state, route.said_at = route.state, state, clock.now()
    route.save(update_fields=["state", "said_at"])
    record("own_route.say", subject=route, by=by, to=state)
    course = route.run.course
    provider_name, course_name = course.provider.name, course.title[:160].strip()
    cycle = Cycle.objects.running().post_16().filter(area=learner.area_id).first()
    if state == OwnRouteState.OFFERED and cycle is not None:
        say_outside_offer(learner=learner, cycle=cycle, by=by, provider_name=provider_name, course_name=course_name)
    if before == OwnRouteState.OFFERED:
        told = OutsideOffer.objects.filter(learner=learner, ended_on=None)
        # As it was found when it was said: an adult may have written it down before, in other letters.
        for offer in told.filter(provider_name__iexact=provider_name, course_name__iexact=course_name):
            take_back(offer, by=by)
    return route

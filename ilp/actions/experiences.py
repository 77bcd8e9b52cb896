"""What learners can try: put up, changed, published, cancelled. Its row is the lock of its bookings."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.actions import post, record
from core import clock
from core.errors import RuleBroken
from ilp.models import Booking, Experience
from ilp.policies import EXPERIENCE_POLICY, ORGANISER_POLICY
from ilp.workflow import BOOKING_FLOW, EXPERIENCE_FLOW, BookingState, ExperienceState
from providers.models import Organisation

CHANGED, CALLED_OFF, MOVED_UP = "booking-changed", "booking-called-off", "booking-moved-up"
MOST_PLACES = 500  # who came is said on one page
LONGEST = dt.timedelta(days=31)
FACTS = (
    "kind", "title", "what", "subject", "course", "first_year_group", "last_year_group", "is_own_only", "site", "place",
    "starts_at", "ends_at", "is_in_school_time", "places", "closes_on", "bring", "access", "contact",
)  # fmt: skip
TOLD = ("starts_at", "ends_at", "site", "place")  # whoever has booked hears of a change of these


def lock_experience(experience_id: int) -> Experience:
    """The experience, locked: everybody who books, gives back or marks queues up here. After the learner's lock."""
    found = Experience.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("organisation", "site", "course").get(pk=experience_id)


@contextmanager
def moving_experience(experience: Experience, verb: str, *, by: Any) -> Iterator[Experience]:
    """Lock, read again, ask who and whether, run the body, write state and history. The only writer of its state."""
    with transaction.atomic():
        held = lock_experience(experience.pk)
        EXPERIENCE_POLICY.require(by, verb, held)
        target = EXPERIENCE_FLOW.target(held.state, verb)
        yield held
        held.state, held.changed_at = target, clock.now()
        held.save()
        record(f"experience.{verb}", subject=held, by=by, organisation=held.organisation_id)


@transaction.atomic
def add_experience(*, organisation: Organisation, by: Any, **facts: Any) -> Experience:
    """There is a draft of something to try. ``facts`` are the columns in ``FACTS``.

    Raises: NotAllowed, RuleBroken ``times_out_of_order``, ``too_long``, ``years_out_of_order``, ``no_place``,
    ``not_your_site``, ``not_your_course``, ``closes_too_late``, ``too_many_places``.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    ORGANISER_POLICY.require(by, "add", organisation)
    experience = Experience(organisation=organisation, by=by, **facts)
    _require_sound(experience)
    experience.save()
    record("experience.add", subject=experience, by=by, organisation=organisation.pk)
    return experience


def change_experience(*, experience: Experience, by: Any, **facts: Any) -> Experience:
    """It says something else. Whoever has booked is told where time or place have changed, and at another time the
    school has to say yes anew; more places go to those who wait.

    Raises: NotAllowed, StaleState (cancelled), RuleBroken as ``add_experience``, and ``has_begun``, ``in_the_past``,
    ``too_few_places``.
    """
    with moving_experience(experience, "change", by=by) as held:
        is_published = held.state == ExperienceState.PUBLISHED
        if is_published and held.has_begun:
            raise RuleBroken(_("It has begun, so it can no longer be changed."), code="has_begun")
        before, times = [getattr(held, name) for name in TOLD], (held.starts_at, held.ends_at)
        for name, value in facts.items():
            setattr(held, name, value)
        _require_sound(held)
        if is_published:
            _require_to_come(held)
        taken = held.bookings.taking_places().count()
        if held.places < taken:
            words = ngettext(
                "%(taken)s learner has a place. Give at least so many places.",
                "%(taken)s learners have a place. Give at least so many places.",
                taken,
            )
            raise RuleBroken(words % {"taken": taken}, code="too_few_places")
        held.save()
        if is_published and before != [getattr(held, name) for name in TOLD]:
            for booking in held.bookings.open():
                key = f"{CHANGED}:{booking.pk}:{clock.now().isoformat()}"
                post(CHANGED, key=key, booking_id=booking.pk)
        if is_published and times != (held.starts_at, held.ends_at):
            held.bookings.open().update(agreed_at=None, agreed_by=None)  # to an absence from other lessons
        fill_places(held)
    return held


def publish_experience(*, experience: Experience, by: Any) -> Experience:
    """Learners can find and book it.

    Raises: NotAllowed, StaleState, RuleBroken ``in_the_past``, ``closed_already``.
    """
    with moving_experience(experience, "publish", by=by) as held:
        _require_to_come(held)
        if held.closes_on is not None and held.closes_on < clock.today():
            raise RuleBroken(
                _("The last day to book is past, so nobody could book it. Change that day first."),
                code="closed_already",
            )
    return held


def cancel_experience(*, experience: Experience, by: Any, why: str) -> Experience:
    """It does not take place. Everybody who had booked or waited is told.

    Raises: NotAllowed, StaleState, RuleBroken ``has_ended``, ``why_missing``.
    """
    with moving_experience(experience, "cancel", by=by) as held:
        if held.state == ExperienceState.PUBLISHED and held.ends_at <= clock.now():
            raise RuleBroken(_("It is over, so it cannot be cancelled."), code="has_ended")
        if not why.strip():
            raise RuleBroken(_("Say why, in a sentence. Everybody who booked reads it."), code="why_missing")
        held.why_cancelled = why.strip()
        for booking in held.bookings.open().select_related("learner", "experience"):
            booking.state = BOOKING_FLOW.target(booking.state, "call_off")
            booking.save(update_fields=["state"])
            record("booking.call_off", subject=booking, by=by, experience=held.pk)
            post(CALLED_OFF, key=f"{CALLED_OFF}:{booking.pk}", booking_id=booking.pk)
    return held


def fill_places(experience: Experience, *, quietly: int | None = None) -> list[Booking]:
    """Every free place has gone to whoever has waited longest, who is told: all but ``quietly``, the key of a booking
    whose learner sees it at once. For those who hold the lock of the experience."""
    if experience.state != ExperienceState.PUBLISHED or experience.has_begun:
        return []
    free = experience.places - experience.bookings.taking_places().count()
    if free <= 0:
        return []
    moved = list(experience.bookings.filter(state=BookingState.WAITING).in_turn()[:free])
    for booking in moved:
        booking.state = BOOKING_FLOW.target(booking.state, "take_place")
        booking.save(update_fields=["state"])
        record("booking.take_place", subject=booking, by=None, experience=experience.pk)
        if booking.pk != quietly:
            # Of whom the school takes its no back the same booking may move up again: the occasion is the asking.
            key = f"{MOVED_UP}:{booking.pk}:{booking.asked_at.isoformat()}"
            post(MOVED_UP, key=key, booking_id=booking.pk)
    return moved


def fill_all_places() -> int:
    """Places of people who were erased or joined with another record have gone to those who wait. Run every night."""
    waiting = Booking.objects.to_come().filter(state=BookingState.WAITING).values("experience")
    moved = 0
    for experience in Experience.objects.upcoming().filter(pk__in=waiting):
        with transaction.atomic():
            moved += len(fill_places(lock_experience(experience.pk)))
    return moved


def _require_to_come(experience: Experience) -> None:
    if experience.has_begun:
        raise RuleBroken(_("It would have begun already. Check the date."), code="in_the_past")


def _require_sound(experience: Experience) -> None:
    """Raises: RuleBroken, with what to do about it."""
    one = experience
    course, site = one.course, one.site
    rules = (
        (one.ends_at <= one.starts_at, "times_out_of_order", _("It ends before it begins. Check the times.")),
        (one.ends_at - one.starts_at > LONGEST, "too_long", _("It can last a month at most. Check the dates.")),
        (
            not 7 <= one.first_year_group <= one.last_year_group <= 13,
            "years_out_of_order",
            _("The first year group is above the last. Check the two."),
        ),
        (site is None and not one.place.strip(), "no_place", _("Say where it is: choose a site or write the place.")),
        (
            site is not None and site.organisation_id != one.organisation_id,
            "not_your_site",
            _("Choose one of your own sites."),
        ),
        (
            course is not None and course.provider_id != one.organisation_id,
            "not_your_course",
            _("Choose one of your own courses."),
        ),
        (
            one.closes_on is not None and one.closes_on > one.on,
            "closes_too_late",
            _("The last day to book is after it begins. Check the two dates."),
        ),
        (
            not 1 <= one.places <= MOST_PLACES,
            "too_many_places",
            _("Give a number of places from 1 to %(most)s.") % {"most": MOST_PLACES},
        ),
    )
    for is_wrong, code, words in rules:
        if is_wrong:
            raise RuleBroken(words, code=code)

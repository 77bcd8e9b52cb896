"""A learner asks for a place, gives it back, comes, writes about it. Locks: the learner, then the experience."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import post, record
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp.actions.experiences import fill_places, lock_experience
from ilp.actions.flags import flag_written
from ilp.actions.locking import lock_learner
from ilp.actions.plans import add_entry
from ilp.models import Booking, Entry, EntryKind, Experience, FlagPlace, Plan
from ilp.policies import BOOKING_POLICY, EXPERIENCE_POLICY, LEARNER_POLICY, year_of
from ilp.queries.experiences import clashing
from ilp.querysets.experience import looking_after
from ilp.workflow import BOOKING_FLOW, OPEN_BOOKINGS, TAKES_A_PLACE, BookingState, ExperienceState

CAME, REFUSED, ALLOWED = "booking-came", "booking-refused", "booking-allowed"
MOST_BOOKINGS = 10  # to come, of one learner; places are for everybody


@transaction.atomic
def make_booking(
    *,
    experience: Experience,
    learner: Learner,
    by: Any,
    access_needs: Iterable[str] = (),
    needs_words: str = "",
    despite_clash: bool = False,
) -> Booking:
    """The learner has a place, or where it is full the next turn on the waiting list.

    Raises: NotAllowed, StaleState (cancelled), RuleBroken ``closed``, ``booked_already``, ``school_said_no`` (a no
    stands until the school takes it back), ``not_for_you``, ``too_many_bookings``, ``clash`` (but ``despite_clash``).
    """
    learner = lock_learner(learner.pk)
    LEARNER_POLICY.require(by, "make_booking", learner)
    held = lock_experience(experience.pk)
    _require_open(held, learner, by=by)
    open_ones = Booking.objects.to_come().filter(learner=learner)
    if held.bookings.filter(learner=learner, state__in=sorted(OPEN_BOOKINGS | TAKES_A_PLACE)).exists():
        raise RuleBroken(_("You have booked this already."), code="booked_already")
    if held.bookings.filter(learner=learner, state=BookingState.REFUSED).exists():
        raise RuleBroken(
            _("Your school has said no to this. Ask your tutor if you still want to go."), code="school_said_no"
        )
    if open_ones.count() >= MOST_BOOKINGS:
        raise RuleBroken(
            _("You have booked %(most)s things that are still to come. Give one back to book another.")
            % {"most": MOST_BOOKINGS},
            code="too_many_bookings",
        )
    if not despite_clash and (others := clashing(learner, held)):
        raise RuleBroken(
            _("You have a place at “%(other)s” at the same time.") % {"other": others[0].experience}, code="clash"
        )
    booking = Booking.objects.create(
        experience=held, learner=learner, access_needs=sorted(set(access_needs)), needs_words=needs_words.strip()
    )
    record("booking.make", subject=booking, by=by, experience=held.pk)
    flag_written(
        booking,
        learner=learner,
        place=FlagPlace.BOOKING,
        section="experiences",
        said=[booking.needs_words],
        by=by,
    )
    fill_places(held, quietly=booking.pk)
    booking.refresh_from_db()
    return booking


def give_back_booking(*, booking: Booking, by: Any) -> Booking:
    """The learner does not come; whoever has waited longest has the place.

    Raises: NotAllowed, StaleState, RuleBroken ``has_begun``.
    """
    return _end(booking, "give_back", by=by)


def refuse_booking(*, booking: Booking, by: Any) -> Booking:
    """The school says no, whatever it said before: the learner is told, and whoever has waited longest has the place.

    Raises: NotAllowed, StaleState, RuleBroken ``has_begun``.
    """
    with transaction.atomic():
        held = _end(booking, "refuse", by=by)
        held.agreed_at = held.agreed_by = None
        held.save(update_fields=["agreed_at", "agreed_by"])
        post(REFUSED, key=f"{REFUSED}:{held.pk}:{clock.now().isoformat()}", booking_id=held.pk)
    return held


@transaction.atomic
def allow_booking(*, booking: Booking, by: Any) -> Booking:
    """The school takes its no back, which is a yes: the learner has a free place, or the last turn on the waiting list.

    Raises: NotAllowed, StaleState (also where it was cancelled, or booked anew), RuleBroken ``has_begun``.
    Tells: the learner.
    """
    experience = lock_experience(booking.experience_id)
    held = _held(booking, experience)
    BOOKING_POLICY.require(by, "allow", held)
    target = BOOKING_FLOW.target(held.state, "allow")
    is_anew = experience.bookings.filter(learner=held.learner_id, state__in=sorted(OPEN_BOOKINGS)).exists()
    if experience.state != ExperienceState.PUBLISHED or is_anew:
        raise StaleState(f"allow booking {held.pk} of a {experience.state} experience")
    _require_not_begun(experience)
    held.state, held.asked_at = target, clock.now()
    held.agreed_at, held.agreed_by = clock.now(), by
    held.save(update_fields=["state", "asked_at", "agreed_at", "agreed_by"])
    record("booking.allow", subject=held, by=by, experience=experience.pk)
    fill_places(experience, quietly=held.pk)
    post(ALLOWED, key=f"{ALLOWED}:{held.pk}:{clock.now().isoformat()}", booking_id=held.pk)
    held.refresh_from_db()
    return held


@transaction.atomic
def agree_booking(*, booking: Booking, by: Any) -> Booking:
    """The school says yes to an absence from lessons. Once said, saying it again changes nothing.

    Raises: NotAllowed, StaleState.
    """
    experience = lock_experience(booking.experience_id)
    held = _held(booking, experience)
    BOOKING_POLICY.require(by, "agree", held)
    BOOKING_FLOW.target(held.state, "agree")
    if held.agreed_at is None:
        held.agreed_at, held.agreed_by = clock.now(), by
        held.save(update_fields=["agreed_at", "agreed_by"])
        record("booking.agree", subject=held, by=by, experience=experience.pk)
    return held


@transaction.atomic
def mark_attendance(*, experience: Experience, marks: Mapping[str, bool], by: Any) -> list[Booking]:
    """Who came and who did not, by the references of their bookings; the same again changes nothing. Whoever came is
    asked to write about it. References of other experiences are passed over.

    Raises: NotAllowed, RuleBroken ``too_early`` (its day has not come), ``cancelled``.
    """
    held = lock_experience(experience.pk)
    EXPERIENCE_POLICY.require(by, "change", held)
    if held.state != ExperienceState.PUBLISHED:
        raise RuleBroken(_("It did not take place."), code="cancelled")
    if not held.day_has_come:
        raise RuleBroken(_("You can say who came from the day on which it begins."), code="too_early")
    marked = []
    for booking in held.bookings.taking_places().filter(reference__in=list(marks)).select_related("learner"):
        booking.experience = held
        verb = "mark_came" if marks[booking.reference] else "mark_missed"
        BOOKING_POLICY.require(by, verb, booking)
        target = BOOKING_FLOW.target(booking.state, verb)
        if booking.state == target:
            continue
        booking.state, booking.marked_at, booking.marked_by = target, clock.now(), by
        booking.save(update_fields=["state", "marked_at", "marked_by"])
        record(f"booking.{verb}", subject=booking, by=by, experience=held.pk)
        if target == BookingState.CAME:
            post(CAME, key=f"{CAME}:{booking.pk}", booking_id=booking.pk)
        marked.append(booking)
    return marked


@transaction.atomic
def write_up_booking(*, booking: Booking, by: Any, made_from: str = "", **answers: Any) -> Entry:
    """What the learner wrote about it is in the plan, and stands beside the word of who saw them there.

    Raises: NotAllowed (somebody else, or no plan), StaleState (not marked as there), RuleBroken ``written_up``, and as
    ``add_entry``.
    """
    learner = lock_learner(booking.learner_id)
    held = _held(booking, lock_experience(booking.experience_id))
    BOOKING_POLICY.require(by, "write_up", held)
    BOOKING_FLOW.target(held.state, "write_up")
    if held.entry_id is not None:
        if made_from and held.entry is not None and held.entry.made_from == made_from:
            return held.entry
        raise RuleBroken(_("You have written about this already. Change what is there."), code="written_up")
    plan = Plan.objects.filter(learner=learner).first()
    if plan is None:
        raise NotAllowed(f"write_up without a plan, learner {learner.pk}")
    if made_from and Entry.objects.filter(made_from=made_from).exists():
        made_from = ""  # another form's name: what was written there, validated or not, is not about this
    entry = add_entry(plan=plan, kind=EntryKind.EXPERIENCE, by=by, made_from=made_from, **answers)
    held.entry = entry
    held.save(update_fields=["entry"])
    record("booking.write_up", subject=held, by=by, experience=held.experience_id)
    return entry


def _require_open(experience: Experience, learner: Learner, *, by: Any) -> None:
    if not Experience.objects.visible_to(by).filter(pk=experience.pk).exists():
        raise NotAllowed(f"book experience {experience.pk}")
    if experience.state != ExperienceState.PUBLISHED:
        raise StaleState(f"book a {experience.state} experience")
    if not experience.is_bookable:
        raise RuleBroken(_("It is too late to book this."), code="closed")
    if experience.is_own_only and not looking_after(by).filter(pk=experience.organisation_id).exists():
        raise RuleBroken(
            _("This is only for learners of %(organisation)s.") % {"organisation": experience.organisation},
            code="not_for_you",
        )
    year_group = year_of(learner)
    if not experience.first_year_group <= year_group <= experience.last_year_group:
        raise RuleBroken(
            _("This is for %(who)s. You are in Year %(year)s.") % {"who": experience.who, "year": year_group},
            code="not_for_you",
        )


def _require_not_begun(experience: Experience) -> None:
    if experience.has_begun:
        raise RuleBroken(_("It has begun, so this can no longer be changed."), code="has_begun")


def _held(booking: Booking, experience: Experience) -> Booking:
    held = Booking.objects.select_related("learner", "entry").get(pk=booking.pk)
    held.experience = experience
    return held


def _end(booking: Booking, verb: str, *, by: Any) -> Booking:
    """The place or the turn is free, and goes to whoever has waited longest."""
    with transaction.atomic():
        experience = lock_experience(booking.experience_id)
        held = _held(booking, experience)
        BOOKING_POLICY.require(by, verb, held)
        target = BOOKING_FLOW.target(held.state, verb)
        _require_not_begun(experience)
        held.state = target
        held.save(update_fields=["state"])
        record(f"booking.{verb}", subject=held, by=by, experience=experience.pk)
        fill_places(experience)
    return held

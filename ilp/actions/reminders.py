"""People are reminded of reviews that come and of what they agreed to do: one e-mail a day, each thing once. Learners
are reminded of what they have booked, the day before."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activity.actions import post
from core import clock
from ilp.models import AgreedAction, Booking, Review, ReviewReminder
from ilp.queries.people import rules_of
from ilp.querysets.plan import of_coordinators, of_staff
from ilp.workflow import BookingState, ExperienceState
from providers.models import Area

REMINDED = "review-reminder"
BOOKED = "booking-reminder"
LOOKED_AHEAD = dt.timedelta(days=7)  # no area is quiet for longer
BEFORE = dt.timedelta(days=3)
LATE_FOR = dt.timedelta(days=60)  # what is late for longer is not reminded of any more


class Occasion(NamedTuple):
    user_id: int
    review: Review | None
    action: AgreedAction | None
    is_late: bool
    for_on: dt.date


def send_review_reminders() -> int:
    """Whoever has a review within three days, or something to do that is due by then or late, has been told once of
    each: adults while they look after the learner, learners when no hour is quiet. Returns how many were told.

    Safe to call twice. Tells: them, ``review-reminder``, once a day.
    """
    told = 0
    by_user: dict[int, list[Occasion]] = defaultdict(list)
    for occasion in _occasions():
        by_user[occasion.user_id].append(occasion)
    for user_id, occasions in sorted(by_user.items()):
        told += _remind(user_id, occasions)
    return told


def send_booking_reminders() -> int:
    """Learners who have a place have been told once the day before, or on the last day before it with an hour that is
    not quiet: of a Monday on Friday. Moved to another day, they are told again; cancelled or given back, not at all.
    Returns how many were told.

    Safe to call twice. Tells: them, ``booking-reminder``.
    """
    today, told = clock.today(), 0
    soon = Booking.objects.to_come().filter(state=BookingState.BOOKED, experience__state=ExperienceState.PUBLISHED)
    soon = soon.filter(experience__starts_at__date__range=(today + dt.timedelta(days=1), today + LOOKED_AHEAD))
    people = soon.filter(learner__user__is_active=True, learner__erased_at=None)
    until: dict[int, dt.date] = {}
    quiet: dict[int, bool] = {}
    for booking in people.for_list().select_related("learner__area").order_by("learner__user", "pk"):
        area = booking.learner.area
        if area.pk not in until:
            until[area.pk] = _next_open_day(area)
        if booking.experience.on <= until[area.pk] and not _is_quiet(area, quiet):
            told += _remind_of_booking(booking)
    return told


def _next_open_day(area: Area) -> dt.date:
    """The first day after today on which a learner of the area is written to."""
    tomorrow = timezone.make_aware(dt.datetime.combine(clock.today() + dt.timedelta(days=1), dt.time()))
    return timezone.localdate(rules_of(area).open_from(tomorrow))


@transaction.atomic
def _remind_of_booking(booking: Booking) -> bool:
    on, user = booking.experience.on, cast("int", booking.learner.user_id)
    User.objects.select_for_update(no_key=True).get(pk=user)  # two sweeps at once queue up here
    _row, is_new = ReviewReminder.objects.get_or_create(user_id=user, booking=booking, for_on=on)
    if is_new:
        post(BOOKED, key=f"{BOOKED}:{booking.pk}:{on.isoformat()}", booking_id=booking.pk, for_on=on.isoformat())
    return is_new


@transaction.atomic
def _remind(user_id: int, occasions: list[Occasion]) -> bool:
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)  # two sweeps at once queue up here
    known = {
        (row.review_id, row.agreed_action_id, row.is_late, row.for_on)
        for row in ReviewReminder.objects.filter(user=user, for_on__in={one.for_on for one in occasions})
    }
    fresh = [
        one
        for one in occasions
        if (one.review and one.review.pk, one.action and one.action.pk, one.is_late, one.for_on) not in known
    ]
    if not fresh or not user.is_active:
        return False
    ReviewReminder.objects.bulk_create(
        ReviewReminder(user=user, review=one.review, agreed_action=one.action, is_late=one.is_late, for_on=one.for_on)
        for one in fresh
    )
    are_late = all(one.is_late for one in fresh)
    post(
        REMINDED,
        key=f"{REMINDED}:{user.pk}:{clock.today().isoformat()}",
        user_id=user.pk,
        # Beside something that is late the day of what is still to come: the e-mail speaks of that.
        first_on=min(one.for_on for one in fresh if one.is_late == are_late).isoformat(),
        are_late=are_late,
    )
    return True


def _occasions() -> Iterable[Occasion]:
    today = clock.today()
    reviews = Review.objects.planned().filter(on__range=(today + dt.timedelta(days=1), today + BEFORE)).for_list()
    actions = AgreedAction.objects.open().filter(due_on__range=(today - LATE_FOR, today + BEFORE)).for_list()
    seen_by: dict[tuple[int, bool], set[int]] = {}
    quiet: dict[int, bool] = {}
    for thing in (*reviews.select_related("learner__area"), *actions.select_related("learner__area")):
        review = thing if isinstance(thing, Review) else None
        action = thing if isinstance(thing, AgreedAction) else None
        for_on = review.on if review else thing.due_on
        role = review.lead if review else thing.owner_role
        is_late = for_on < today
        if thing.learner.erased_at is not None:
            continue
        if review is not None or role is None:
            user_id = thing.learner.user_id
            if user_id is not None and not _is_quiet(thing.learner.area, quiet):
                yield Occasion(user_id, review, action, is_late, for_on)
        needs = thing.is_about_needs if isinstance(thing, Review) else thing.review.is_about_needs
        if role is not None and thing.learner_id in _looked_after(role.user, needs, seen_by):
            yield Occasion(role.user_id, review, action, is_late, for_on)


def _is_quiet(area: Area, known: dict[int, bool]) -> bool:
    """No learner of the area is written to now."""
    if area.pk not in known:
        known[area.pk] = rules_of(area).open_from(clock.now()) > clock.now()
    return known[area.pk]


def _looked_after(user: Any, needs: bool, known: dict[tuple[int, bool], set[int]]) -> set[int]:
    if (user.pk, needs) not in known:
        learners = of_coordinators(user) if needs else of_staff(user)
        known[user.pk, needs] = set(learners.values_list("pk", flat=True))
    return known[user.pk, needs]

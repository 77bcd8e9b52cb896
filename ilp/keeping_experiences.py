"""What tasters, visits and work experience say of a learner."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from core import personal
from core.personal import Blank, Retention
from ilp.models import NO_NEEDS, Booking, Experience
from ilp.workflow import BookingState


def register() -> None:
    """The list of this noun."""
    personal.register(
        Booking,
        path="learner",
        title=_("Tasters, visits and work experience you booked"),
        shows={
            "experience__title": _("What"),
            "experience__organisation__name": _("With"),
            "experience__starts_at": _("When"),
            "state": _("How it stands"),
            "asked_at": _("Asked for"),
            "access_needs": _("What you wanted them to know"),
            "needs_words": _("In your words"),
        },
        erase=Blank(**NO_NEEDS),
        because=_("How many tried something, and came, is part of the figures."),
        merge=_merge_bookings,
    )
    personal.register_lock("bookings", _lock)
    personal.register_sweep("bookings", _give_places_back)
    personal.register_retention(
        Retention(
            name="booking_needs",
            title=_("What learners wanted a taster or visit to know about their needs"),
            days=30,
            least_days=7,
            source=_("It is needed until the day is over, and shortly after in case something went wrong."),
            due=_needs_of_the_past,
            remove=_forget_needs,
        )
    )


def _lock(people: Sequence[Learner]) -> None:
    """Nobody gets, gives back or marks a place of theirs meanwhile. After the learners' lock, as everywhere."""
    open_ones = Booking.objects.open().filter(learner__in=people)
    held = Experience.objects.select_for_update(no_key=True).filter(pk__in=open_ones.values("experience"))
    list(held.order_by("pk"))


def _needs_of_the_past(before: dt.date) -> QuerySet:
    said = Booking.objects.exclude(**NO_NEEDS)
    return said.filter(experience__ends_at__date__lt=before)


def _forget_needs(rows: QuerySet) -> int:
    return rows.update(**NO_NEEDS)


def _give_places_back(learner: Learner) -> None:
    """Who is erased does not come; the night gives the places to those who wait."""
    Booking.objects.open().filter(learner=learner).update(state=BookingState.GIVEN_BACK)


def _merge_bookings(keep: Learner, other: Learner) -> None:
    """One place for each thing: where both records asked for it, the one that has a place, else the earlier one."""
    ours = {one.experience_id: one for one in Booking.objects.open().filter(learner=keep)}
    for theirs in Booking.objects.open().filter(learner=other):
        mine = ours.get(theirs.experience_id)
        if mine is None:
            continue
        goes = mine if (theirs.state, mine.state) == (BookingState.BOOKED, BookingState.WAITING) else theirs
        Booking.objects.filter(pk=goes.pk).update(state=BookingState.GIVEN_BACK)
    Booking.objects.filter(learner=other).update(learner=keep)

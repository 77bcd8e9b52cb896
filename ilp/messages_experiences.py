"""E-mails about what a learner has booked: what happened, the day, where to look. Never what it is, or with whom."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from ilp.actions.bookings import ALLOWED, CAME, REFUSED
from ilp.actions.experiences import CALLED_OFF, CHANGED, MOVED_UP
from ilp.actions.reminders import BOOKED
from ilp.mail import Said, mail_page, with_page
from ilp.models import Booking
from ilp.workflow import BookingState

B = BookingState
# kind -> subject, words, the states in which it is still true
SAID: dict[str, tuple[Any, Any, set[Any]]] = {
    MOVED_UP: (
        gettext_lazy("you have a place on %(day)s"),
        gettext_lazy("A place is free on %(day)s, and it is yours. If you cannot come, give it back:"),
        {B.BOOKED},
    ),
    CALLED_OFF: (
        gettext_lazy("something you booked was cancelled"),
        gettext_lazy("What you booked for %(day)s does not take place. See why, and what else there is:"),
        {B.CALLED_OFF},
    ),
    CHANGED: (
        gettext_lazy("something you booked has changed"),
        gettext_lazy("The time or the place of something you booked has changed. The day is %(day)s. Look at it:"),
        {B.BOOKED, B.WAITING},
    ),
    REFUSED: (
        gettext_lazy("about what you booked for %(day)s"),
        gettext_lazy("Your school has said that you cannot go on %(day)s. Ask your tutor why. See what else there is:"),
        {B.REFUSED},
    ),
    ALLOWED: (
        gettext_lazy("about what you booked for %(day)s"),
        gettext_lazy("Your school now says that you may go on %(day)s. See whether you have a place:"),
        {B.BOOKED, B.WAITING},
    ),
    BOOKED: (
        gettext_lazy("you have something booked on %(day)s"),
        gettext_lazy("You have a place on %(day)s. Look at when and where. If you cannot come, give it back:"),
        {B.BOOKED},
    ),
    CAME: (
        gettext_lazy("how was it on %(day)s?"),
        gettext_lazy("You were there on %(day)s. Write down what you found out, while you remember it:"),
        {B.CAME},
    ),
}  # fmt: skip


def words_of(kind: str, on: dt.date) -> Said:
    """Subject and words of this kind, in the language that is being spoken."""
    subject, words, _states = SAID[kind]
    day = {"day": date_format(on, "j F Y")}
    return with_page(str(subject) % day, str(words) % day, "ilp:bookings")


def sender_of(kind: str) -> Callable[[dict[str, Any]], None]:
    states = SAID[kind][2]

    def send(payload: dict[str, Any]) -> None:
        booking = Booking.objects.for_list().get(pk=payload["booking_id"])
        if booking.state not in states:
            return
        if payload.get("for_on", booking.experience.on.isoformat()) != booking.experience.on.isoformat():
            return  # moved since: there is another reminder for the other day
        mail_page(booking.learner, words_of, kind, booking.experience.on, kind=kind)

    return send


def register_senders() -> None:
    from activity.registry import register_sender

    for kind in SAID:
        register_sender(kind, sender_of(kind))

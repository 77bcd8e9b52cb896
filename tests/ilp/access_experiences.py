"""Who gets what from the addresses of things to try."""

import datetime as dt
from typing import Any

from core import clock
from ilp import actions
from ilp.models import Booking, Experience
from tests.factories import ExperienceFactory

EVERYBODY = (
    "anonymous", "learner", "other_learner", "coordinator", "other_coordinator", "adviser", "admissions",
    "other_admissions", "editor", "officer",
)  # fmt: skip
PUBLIC = dict.fromkeys(EVERYBODY, 200)
SIGNED_IN = dict.fromkeys(EVERYBODY, 403) | {"anonymous": 302}
NOT_FOUND = dict.fromkeys(EVERYBODY, 404) | {"anonymous": 302}
# The staff of Northfield College put it up: the editor. Everybody may see it, nobody else may touch it.
KEPT = SIGNED_IN | {"editor": 200}
ORGANISERS = SIGNED_IN | dict.fromkeys(("coordinator", "other_coordinator", "adviser", "editor"), 200)
SCHOOLS = SIGNED_IN | {"coordinator": 200, "other_coordinator": 200}
# Amina's booking: her own, her school's and her adviser's to see, and of those who put it up.
OWN_BOOKING = NOT_FOUND | {"learner": 200, "coordinator": 403, "adviser": 403, "editor": 403}

ACCESS = {
    "ilp:experiences": PUBLIC,
    "ilp:experience": PUBLIC,
    "ilp:experience-calendar": PUBLIC,
    "ilp:booking-make": SIGNED_IN | {"learner": 200, "other_learner": 200, "parent": 403, "ended_parent": 403},
    "ilp:bookings": NOT_FOUND | {"learner": 200, "other_learner": 200, "parent": 404, "ended_parent": 404},
    "ilp:booking-give-back": OWN_BOOKING,
    "ilp:booking-write-up": OWN_BOOKING,
    "ilp:desk-experiences": ORGANISERS,
    "ilp:experience-add": KEPT,
    "ilp:desk-experience": KEPT,
    "ilp:sign-in-sheet": KEPT,
    "ilp:experience-change": KEPT,
    "ilp:experience-publish": KEPT,
    "ilp:experience-cancel": KEPT,
    "ilp:learner-bookings": SCHOOLS | {"adviser": 200},
    "ilp:school-bookings": SCHOOLS,
    "ilp:school-booking": SCHOOLS | {"other_coordinator": 404},
    "ilp:booking-agree": SCHOOLS | {"coordinator": 302, "other_coordinator": 302},
    "ilp:booking-refuse": OWN_BOOKING | {"learner": 403, "coordinator": 200},
    "ilp:booking-allow": NOT_FOUND | {"learner": 403, "coordinator": 200, "adviser": 403},
}
POSTED = {"ilp:booking-agree"}


def experience_of(world: Any) -> Experience:
    return ExperienceFactory(organisation=world.northfield, by=world.people["editor"])


def booking_of(world: Any) -> Booking:
    return actions.make_booking(
        experience=experience_of(world), learner=world.amina, by=world.amina.user, despite_clash=True
    )


def refused(world: Any) -> Booking:
    return actions.refuse_booking(booking=booking_of(world), by=world.people["coordinator"])


def attended(world: Any) -> Booking:
    booking = booking_of(world)
    experience = booking.experience
    experience.starts_at = clock.now() - dt.timedelta(hours=3)
    experience.save(update_fields=["starts_at"])
    actions.mark_attendance(experience=experience, marks={booking.reference: True}, by=world.people["editor"])
    actions.start_plan(learner=world.amina, by=world.amina.user)
    return booking


ARGS = {
    "ilp:experience-add": lambda world: [world.northfield.reference],
    "ilp:booking-give-back": lambda world: [booking_of(world).reference],
    "ilp:booking-refuse": lambda world: [booking_of(world).reference],
    "ilp:booking-allow": lambda world: [refused(world).reference],
    "ilp:booking-write-up": lambda world: [attended(world).reference],
    "ilp:school-booking": lambda world: [booking_of(world).experience.reference],
    "ilp:booking-agree": lambda world: [booking_of(world).experience.reference],
} | {
    f"ilp:{name}": lambda world: [experience_of(world).reference]
    for name in (
        "experience", "experience-calendar", "booking-make", "desk-experience", "sign-in-sheet", "experience-change",
        "experience-publish", "experience-cancel",
    )
}  # fmt: skip

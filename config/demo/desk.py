"""Two admissions desks of the invented town in the middle of their work: looked at, given to somebody, written down."""

import datetime as dt
import random

from accounts.models import User
from applications import actions
from applications.models import Choice
from core import clock
from providers.models import Organisation, StaffRole

NOTES = (
    "Rang the school: the reference comes on Friday.",
    "Would like to see the workshop before an interview. Open day told.",
    "Asked about travel. Bus 14 stops at the gate.",
    "Grades in maths to be read again when the mock results are in.",
)


def work_at_desks(people: dict[str, User], *, day: dt.date, pick: random.Random) -> None:
    """At the desks that can be signed in to, two of three applications have been looked at, and some belong to
    somebody and carry a note. The rest waits to be looked at."""
    for name in ("admissions", "sixthform"):
        desk = people[name]
        colleagues = _colleagues(desk)
        with clock.at(day - dt.timedelta(days=1)):
            for choice in Choice.objects.received_by(desk).that("is_with_provider").order_by("pk"):
                if pick.random() < 0.34:
                    continue
                actions.look_at_choice(choice=choice, by=pick.choice(colleagues))
                if pick.random() < 0.5:
                    actions.assign_choice(choice=choice, to=pick.choice(colleagues), by=desk)
                if pick.random() < 0.3:
                    actions.write_note(choice=choice, words=pick.choice(NOTES), by=desk)
            actions.save_desk_filter(address="whose=me", name="Mine to answer", by=desk)
            actions.save_desk_filter(address="group=new&unread=1", name="Not looked at yet", by=desk)


def _colleagues(desk: User) -> list[User]:
    mine = Organisation.objects.admitting_through(desk)
    roles = StaffRole.objects.current().filter(organisation__in=mine, kind__in=("admissions", "manager"))
    return list(User.objects.filter(pk__in=roles.values("user")).order_by("pk"))

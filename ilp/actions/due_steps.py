"""Advisers are told in the morning that next steps of theirs are due."""

import datetime as dt

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Learner, User
from activity.actions import post
from core import clock
from ilp.models import Contact
from providers.models import StaffRole
from providers.queries import is_working_day

DUE = "steps-due"
LATE_FOR = dt.timedelta(days=60)  # what is late for longer is not told of any more


def tell_of_due_steps() -> int:
    """Every adviser with next steps that are due today or late has been told of it once today, if it is a working day
    of their area: of their own caseload, and of whom they stand in for. Returns how many were told.

    Safe to call twice: the day is part of the message's key. Tells: them, ``steps-due``.
    """
    today = clock.today()
    roles = StaffRole.objects.current().filter(kind="adviser", user__is_active=True, is_aside=False)
    works: dict[int, bool] = {}
    told: set[int] = set()
    for role in roles.select_related("user", "organisation__area").order_by("user_id", "pk"):
        area = role.organisation.area
        if area.pk not in works:
            works[area.pk] = is_working_day(today, area=area)
        if works[area.pk] and role.user_id not in told and due_steps_of(role.user).exists():
            post(DUE, key=f"{DUE}:{role.user_id}:{today.isoformat()}", user_id=role.user_id)
            told.add(role.user_id)
    return len(told)


def due_steps_of(user: User) -> QuerySet:
    """The newest contacts of this adviser's learners whose next step is due today or late, and not done."""
    newest = Contact.objects.filter(learner=OuterRef("learner")).order_by("-on", "-pk").values("pk")[:1]
    mine = Learner.objects.on_caseload_of(user).values("pk")
    due = Contact.objects.filter(next_on__range=(clock.today() - LATE_FOR, clock.today()), next_done_at=None)
    return due.filter(learner__in=mine, pk=Subquery(newest))

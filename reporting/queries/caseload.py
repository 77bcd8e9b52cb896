"""Who needs their adviser today."""

from typing import Any

from django.db import models
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import Learner
from applications.queries.leaving import with_left_early
from core import clock
from ilp.models import Contact
from reporting.queries.learners import with_roll
from reporting.queries.lights import Light, with_light


def caseload(user: Any, *, entry_year: int | None) -> QuerySet:
    """The learners this adviser answers for today, who needs them most first.

    Order: who left a course early and has nothing since, then a next step that is due, then nothing yet before
    everything else, then the longest without a contact. ``left_early_on`` is said of everybody, with consent or
    without: that somebody left has to be known to find them. What they left is not.
    ``contact_on``, ``next_step`` and ``next_on`` come from the newest contact.
    """
    newest = Contact.objects.filter(learner=OuterRef("pk")).order_by("-on", "-pk")
    theirs = with_left_early(Learner.objects.on_caseload_of(user))
    learners = with_roll(with_light(theirs, entry_year=entry_year)).annotate(
        contact_on=Subquery(newest.values("on")[:1]),
        next_step=Subquery(newest.values("next_step")[:1]),
        next_on=Subquery(newest.values("next_on")[:1]),
    )
    urgency = Case(
        *(When(light=light, then=Value(position)) for position, light in enumerate(Light)),
        output_field=models.IntegerField(),
    )
    overdue = Case(
        When(next_on__lte=clock.today(), then=Value(0)), default=Value(1), output_field=models.IntegerField()
    )
    return learners.annotate(is_unlocked=Q(user__isnull=False)).order_by(
        F("left_early_on").desc(nulls_last=True),
        overdue,
        urgency,
        F("contact_on").asc(nulls_first=True),
        "family_name",
        "given_name",
        "pk",
    )

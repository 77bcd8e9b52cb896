"""How choices stood at a moment that is past, from their history.

Not knowable: to whose record a choice belonged before two records became one, and what an erased record said.
"""

import datetime as dt
from collections.abc import Mapping

from django.db import models
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from activity.models import Event
from applications.models import Choice
from applications.workflow import ENDED_BY_LEAVING, PROPERTIES, ChoiceState


def choices_now(*, worth: Mapping[str, int]) -> QuerySet:
    """All choices, each with ``worth`` as below, as they are."""
    then = []
    for name, number in worth.items():
        has_not_left = {"left_on": None} if name in ENDED_BY_LEAVING else {}
        then.append(When(status__in=_states(name), **has_not_left, then=Value(number)))
    return Choice.objects.annotate(worth=Case(*then, default=Value(0), output_field=models.IntegerField()))


def choices_as_of(moment: dt.datetime, *, worth: Mapping[str, int]) -> QuerySet:
    """The choices that there were just before ``moment``, each with ``worth``: the number of the first of these
    properties (``is_live``, ``has_offer_in_hand`` ..., or ``draft``) that it had then; 0 where it had none."""
    subject = Concat(Value("applications.choice:"), Cast(OuterRef("pk"), models.CharField()))
    moves = Event.objects.filter(subject=subject, at__lt=moment, facts__has_key="to").order_by("-at", "-pk")
    # Who left is still enrolled, by the state; what leaving ends is over.
    left = next((number for name, number in worth.items() if _holds_after_leaving(name)), 0)
    then = [When(verb="choice.leave", then=Value(left))]
    then += [When(facts__to__in=_states(name), then=Value(number)) for name, number in worth.items()]
    stood = moves.annotate(worth=Case(*then, default=Value(0), output_field=models.IntegerField())).values("worth")[:1]
    # A choice nobody has moved yet is the draft it began as.
    return Choice.objects.filter(created_at__lt=moment).annotate(
        worth=Coalesce(Subquery(stood), Value(worth.get(ChoiceState.DRAFT, 0)))
    )


def _states(name: str) -> list[str]:
    return [name] if name in ChoiceState.values else sorted(PROPERTIES[name])


def _holds_after_leaving(name: str) -> bool:
    return ChoiceState.ENROLLED in _states(name) and name not in ENDED_BY_LEAVING

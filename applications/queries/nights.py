"""What time alone brings about: what is due on the night before a day, for the night itself and for looking ahead."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count, F

from applications.models import Choice
from applications.querysets import ChoiceQuerySet
from providers.models import Cycle
from providers.queries.calendar import working_day_counter

REMINDERS = 2  # SPEC section 5: an offer lapses after two
AddDays = Callable[[dt.date, int], dt.date]


def unendorsed(on: dt.date) -> ChoiceQuerySet:
    """With the school, whose time is up on this day."""
    return Choice.objects.that_can("send_unendorsed").filter(endorse_due_on__lt=on)


def with_offers() -> ChoiceQuerySet:
    """Offers that wait for the learner, each with ``answer_by_on`` and how many ``reminders`` were sent."""
    return (
        Choice.objects.that_can("lapse")
        .filter(offers__ended_at=None)
        .annotate(answer_by_on=F("offers__answer_by_on"), reminders=Count("offers__reminders"))
    )


def lapsed(on: dt.date) -> ChoiceQuerySet:
    """Offers whose time is up on this day and whose learners were reminded."""
    return with_offers().filter(answer_by_on__lt=on, reminders__gte=REMINDERS)


def is_reminder_due(*, on: dt.date, answer_by_on: dt.date, reminders: int, cycle: Cycle, add: AddDays) -> bool:
    """The next reminder of an offer is due on this day."""
    if reminders >= REMINDERS:
        return False
    return add(on, (cycle.first_reminder_days, cycle.second_reminder_days)[reminders]) >= answer_by_on


def to_remind(on: dt.date) -> Iterator[Choice]:
    """Offers whose next reminder is due on this day."""
    counters: dict[int, AddDays] = {}
    for choice in with_offers().filter(reminders__lt=REMINDERS).select_related("application__cycle__area"):
        given: Any = choice  # with what ``with_offers`` counted
        cycle = choice.application.cycle
        if cycle.area_id not in counters:
            counters[cycle.area_id] = working_day_counter(cycle.area)
        if is_reminder_due(
            on=on,
            answer_by_on=given.answer_by_on,
            reminders=given.reminders,
            cycle=cycle,
            add=counters[cycle.area_id],
        ):
            yield choice


def over(on: dt.date) -> ChoiceQuerySet:
    """Choices of a cycle whose last day has passed on this day."""
    return Choice.objects.that_can("close").filter(application__cycle__ends_on__lt=on)

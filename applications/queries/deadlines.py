"""Days that are near at a desk: choices to answer, and choices that go on without their school's word."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.db.models import Count, Q

from accounts.models import RollEntry
from applications.models import Choice
from applications.workflow import CHOICE_FLOW
from core import clock
from providers.models import Organisation
from providers.queries.calendar import working_day_counter

NEAR_DAYS = 2  # working days of the organisation's area
Numbers = Counter[tuple[int, dt.date]]  # by organisation and last day


class Deadline(NamedTuple):
    """So many choices that this organisation has in hand have this last day."""

    organisation_id: int
    on: dt.date
    number: int


def near_deadlines(kind: str) -> Iterator[Deadline]:
    """Last days within two working days, of each organisation that has something in hand. ``kind``: one of COUNTED."""
    today, until = clock.today(), {}
    counted = COUNTED[kind]()
    real = Organisation.objects.filter(practice_of=None).select_related("area")
    organisations = real.in_bulk({key for key, _on in counted})
    for (key, on), number in sorted(counted.items()):
        if key not in organisations:
            continue  # a sandbox: nobody works there
        area = organisations[key].area
        if area.pk not in until:
            until[area.pk] = working_day_counter(area)(today, NEAR_DAYS)
        if on <= until[area.pk]:
            yield Deadline(key, on, number)


def number_due(kind: str, *, organisation_id: int, on: dt.date) -> int:
    """How many of this organisation have this last day now; none once it is over."""
    return COUNTED[kind]()[organisation_id, on]


def _to_answer() -> Numbers:
    """What providers have to answer; a choice that is placed is on both desks."""
    waiting = Choice.objects.to_answer().filter(answer_due_on__gte=clock.today())
    found: Numbers = Counter()
    for desk in ("provider", "placed_with"):
        rows = waiting.exclude(**{desk: None}).order_by().values_list(desk, "answer_due_on")
        found.update({(organisation, on): number for organisation, on, number in rows.annotate(number=Count("pk"))})
    return found


def _to_endorse() -> Numbers:
    """What goes on without the word of a learner's school when its time is up."""
    choices = "learner__applications__choices"
    waiting = RollEntry.objects.current().filter(
        Q(**{f"{choices}__status__in": CHOICE_FLOW.sources("send_unendorsed")})
        & Q(**{f"{choices}__endorse_due_on__gte": clock.today()})
    )
    rows = waiting.order_by().values_list("school", f"{choices}__endorse_due_on")
    return Counter({(school, on): number for school, on, number in rows.annotate(number=Count(f"{choices}__pk"))})


COUNTED: dict[str, Callable[[], Numbers]] = {"answers-due": _to_answer, "endorsements-due": _to_endorse}

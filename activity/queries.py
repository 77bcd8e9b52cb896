import datetime as dt
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Count, Min, Q

from activity.models import NOBODY, Event, OutboxMessage
from activity.querysets import IS_IN, EventQuerySet
from activity.workflow import OutboxState
from core import clock

LATELY = dt.timedelta(days=7)


def history_of(subject: models.Model) -> EventQuerySet:
    """What happened to this thing, the oldest first. Whoever may see the thing may see this."""
    return Event.objects.for_list().filter(subject=f"{subject._meta.label_lower}:{subject.pk}").order_by("pk")


class KindCount(NamedTuple):
    """How messages of one kind stand: sent in the last seven days, waiting for their hour, failing, given up; held
    until somebody says a second time that they may go; done in those days without an address that works."""

    kind: str
    sent: int
    waiting: int
    trying: int
    given_up: int
    held: int = 0
    unreached: int = 0

    @property
    def words(self) -> str:
        return OutboxMessage(kind=self.kind).words


def outbox_by_kind() -> list[KindCount]:
    """Every kind of which there was a message lately or is one open, those with trouble first. One query."""
    lately = Q(sent_at__gte=clock.now() - LATELY)
    rows = (
        OutboxMessage.objects.filter(reduce(or_, IS_IN.values(), lately))
        .order_by()
        .values_list("kind")
        .annotate(
            sent=Count("pk", filter=lately),
            waiting=Count("pk", filter=IS_IN[OutboxState.WAITING]),
            trying=Count("pk", filter=IS_IN[OutboxState.TRYING]),
            gone=Count("pk", filter=IS_IN[OutboxState.GIVEN_UP]),
            held=Count("pk", filter=IS_IN[OutboxState.HELD]),
            unreached=Count("pk", filter=lately & Q(last_error=NOBODY)),
        )
    )
    return sorted((KindCount(*row) for row in rows), key=lambda one: (-one.given_up, -one.trying, one.kind))


class Batch(NamedTuple):
    """Held messages of one press: how many, of which kinds, since when."""

    name: str
    number: int
    kinds: list[str]
    since: dt.datetime


def held_batches(*, batch: str | None = None) -> list[Batch]:
    """What waits for a second press, the oldest first; or only this one. One query."""
    held = OutboxMessage.objects.held().order_by()
    if batch is not None:
        held = held.filter(batch=batch)
    rows = held.values("batch").annotate(
        number=Count("pk"), kinds=ArrayAgg("kind", distinct=True), since=Min("held_at")
    )
    found = [Batch(row["batch"], row["number"], sorted(row["kinds"]), row["since"]) for row in rows]
    return sorted(found, key=lambda one: one.since)

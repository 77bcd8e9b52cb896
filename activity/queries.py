import datetime as dt
from typing import NamedTuple

from django.db import models
from django.db.models import Count, Q

from activity.models import Event, OutboxMessage
from activity.querysets import EventQuerySet
from core import clock

LATELY = dt.timedelta(days=7)


def history_of(subject: models.Model) -> EventQuerySet:
    """What happened to this thing, the oldest first. Whoever may see the thing may see this."""
    return Event.objects.for_list().filter(subject=f"{subject._meta.label_lower}:{subject.pk}").order_by("pk")


class KindCount(NamedTuple):
    """How messages of one kind stand: sent in the last seven days, waiting for their hour, failing, given up."""

    kind: str
    sent: int
    waiting: int
    trying: int
    given_up: int

    @property
    def words(self) -> str:
        return OutboxMessage(kind=self.kind).words


def outbox_by_kind() -> list[KindCount]:
    """Every kind of which there was a message lately or is one open, those with trouble first. One query."""
    is_open = Q(sent_at=None, given_up_at=None)
    lately = Q(sent_at__gte=clock.now() - LATELY)
    rows = (
        OutboxMessage.objects.filter(is_open | lately | Q(given_up_at__isnull=False))
        .order_by()
        .values_list("kind")
        .annotate(
            sent=Count("pk", filter=lately),
            waiting=Count("pk", filter=is_open & Q(tries=0)),
            trying=Count("pk", filter=is_open & Q(tries__gt=0)),
            gone=Count("pk", filter=Q(given_up_at__isnull=False)),
        )
    )
    return sorted((KindCount(*row) for row in rows), key=lambda one: (-one.given_up, -one.trying, one.kind))

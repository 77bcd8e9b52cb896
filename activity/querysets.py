import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from activity.workflow import OPEN, JobState, OutboxState
from core import clock


class EventQuerySet(models.QuerySet):
    def for_list(self) -> "EventQuerySet":
        return self.select_related("by")


STILL_TRIED = Q(sent_at=None, given_up_at=None, held_at=None, cancelled_at=None)
# A message that has not gone is in exactly one of these.
IS_IN = {
    OutboxState.GIVEN_UP: Q(given_up_at__isnull=False),
    OutboxState.TRYING: STILL_TRIED & Q(tries__gt=0),
    OutboxState.WAITING: STILL_TRIED & Q(tries=0),
    OutboxState.HELD: Q(held_at__isnull=False),
}


class OutboxQuerySet(models.QuerySet):
    def waiting(self) -> "OutboxQuerySet":
        """Messages that nobody has been told yet and that are still being tried."""
        return self.filter(STILL_TRIED)

    def held(self) -> "OutboxQuerySet":
        """Messages of a press that caused many, which wait for somebody to say a second time that they may go."""
        return self.filter(IS_IN[OutboxState.HELD])

    def that_stand(self, state: str, *, kind: str = "") -> "OutboxQuerySet":
        """Messages that have not gone and stand so, of this kind or of any, the oldest first; of those that were given
        up the newest."""
        found = self.filter(IS_IN[OutboxState(state)], **({"kind": kind} if kind else {}))
        return found.order_by("-given_up_at", "-pk") if state == OutboxState.GIVEN_UP else found.order_by("pk")

    def due(self) -> "OutboxQuerySet":
        """Waiting messages whose next try has come, the oldest first."""
        return self.waiting().filter(next_try_at__lte=clock.now()).order_by("pk")


class JobQuerySet(models.QuerySet):
    """Leases use the database's own clock, which all workers share and no demonstration moves."""

    def open(self) -> "JobQuerySet":
        return self.filter(state__in=OPEN)

    def free(self) -> "JobQuerySet":
        """Open jobs that nobody holds: never started, put back for later and due, or left by a worker that is gone."""
        return self.open().filter(Q(lease_until=None) | Q(lease_until__lt=Now()))

    def held_by(self, worker: str) -> "JobQuerySet":
        """The job of this claim, while the claim stands."""
        return self.filter(worker=worker, state=JobState.RUNNING)

    def not_woken_for(self, time: dt.timedelta) -> "JobQuerySet":
        """Jobs about which no worker was told for this long."""
        return self.filter(woken_at__lt=Now() - time)

import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from activity.workflow import OPEN, JobState
from core import clock


class EventQuerySet(models.QuerySet):
    def for_list(self) -> "EventQuerySet":
        return self.select_related("by")


class OutboxQuerySet(models.QuerySet):
    def waiting(self) -> "OutboxQuerySet":
        """Messages that nobody has been told yet and that are still being tried."""
        return self.filter(sent_at=None, given_up_at=None, held_at=None, cancelled_at=None)

    def held(self) -> "OutboxQuerySet":
        """Messages of a press that caused many, which wait for somebody to say a second time that they may go."""
        return self.filter(held_at__isnull=False)

    def given_up(self) -> "OutboxQuerySet":
        """Messages that could not be sent for so long that nobody tries any more, the newest first."""
        return self.filter(given_up_at__isnull=False).order_by("-given_up_at", "-pk")

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

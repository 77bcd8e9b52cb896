"""Who of many can be written to, who is left out and why, and when the words are shown."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import QuerySet

from accounts.models import Learner
from core import clock
from ilp.models import MessageRun
from ilp.queries.people import rules_of
from providers.models import Area


class ManyReached(NamedTuple):
    """Before the press: how many get it, and how many are left out, each counted once under the first that holds."""

    number: int
    gone: int  # no longer on the caseload, or erased
    no_account: int
    refused: int
    shown_at: dt.datetime
    is_held: bool  # quiet hours: shown later than now

    @property
    def left_out(self) -> int:
        return self.gone + self.no_account + self.refused


def picked_of(run: MessageRun) -> QuerySet:
    """The learners of this run whom its adviser answers for today."""
    mine = Learner.objects.on_caseload_of(run.by)
    keys: Any = run.items.values("learner")  # type: ignore[attr-defined]
    return Learner.objects.filter(pk__in=keys, erased_at=None).filter(pk__in=mine.values("pk"))


def can_be_reached(run: MessageRun) -> QuerySet:
    """Those of them who can read and share with the advice service."""
    return picked_of(run).exclude(user=None).sharing_with_advisers()


def reached_by(run: MessageRun, *, area: Area) -> ManyReached:
    """Four counts. Quiet hours are those of the adviser's area."""
    mine = picked_of(run)
    on_caseload, no_account = mine.count(), mine.filter(user=None).count()
    number = can_be_reached(run).count()
    shown_at = rules_of(area).open_from(clock.now())
    return ManyReached(
        number=number,
        gone=run.number - on_caseload,
        no_account=no_account,
        refused=on_caseload - no_account - number,
        shown_at=shown_at,
        is_held=shown_at > clock.now(),
    )

"""What happens every night. Each row in a transaction of its own: one that fails leaves the others done."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from celery import shared_task
from django.db.models import Count, F

from applications import actions
from applications.models import Choice
from applications.queries import broken_invariants
from core import clock
from core.errors import RuleBroken, StaleState
from providers.queries import add_working_days

logger = logging.getLogger(__name__)

# Working days before the answer-by date from which a reminder is due.
REMIND_BEFORE_DAYS = {0: 5, 1: 2}


@shared_task(name="applications.nightly")
def nightly() -> dict[str, int]:
    """Everything that time alone brings about has happened, and the impossible has been looked for."""
    done = {
        "sent unendorsed": _each(_unendorsed(), lambda choice: actions.send_unendorsed(choice=choice)),
        "lapsed": _each(_lapsed(), lambda choice: actions.lapse_offer(choice=choice)),
        "reminded": _each(_to_remind(), lambda choice: actions.remind_to_answer(choice=choice)),
        "closed": _each(_over(), lambda choice: actions.close_choice(choice=choice)),
    }
    broken = broken_invariants()
    for line in broken:
        logger.error("invariant broken: %s", line)
    return done | {"broken": len(broken)}


def _each(choices: Iterable[Choice], act: Callable[[Choice], Any]) -> int:
    done = 0
    for choice in choices:
        try:
            # None: nothing was due after all.
            done += act(choice) is not None
        except (StaleState, RuleBroken):
            continue  # somebody was quicker, or the rules of the moment say not yet: tomorrow asks again
        except Exception:
            logger.exception("nightly work failed for choice %s", choice.pk)
    return done


def _unendorsed() -> Iterable[Choice]:
    return Choice.objects.that_can("send_unendorsed").filter(endorse_due_on__lt=clock.today())


def _offers() -> Any:
    return (
        Choice.objects.that_can("lapse")
        .filter(offers__ended_at=None)
        .annotate(answer_by_on=F("offers__answer_by_on"), reminders=Count("offers__reminders"))
    )


def _lapsed() -> Iterable[Choice]:
    return _offers().filter(answer_by_on__lt=clock.today(), reminders__gte=actions.offers.REMINDERS)


def _to_remind() -> Iterable[Choice]:
    """Standing offers whose next reminder is due."""
    for choice in _offers().filter(reminders__lt=actions.offers.REMINDERS).select_related("application__cycle__area"):
        before = REMIND_BEFORE_DAYS[choice.reminders]
        if add_working_days(clock.today(), before, area=choice.application.cycle.area) >= choice.answer_by_on:
            yield choice


def _over() -> Iterable[Choice]:
    return Choice.objects.that_can("close").filter(application__cycle__ends_on__lt=clock.today())

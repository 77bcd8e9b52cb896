"""What happens every night. Each row in a transaction of its own: one that fails leaves the others done."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from celery import shared_task

from applications import actions
from applications.models import Choice
from applications.queries import broken_invariants, nights
from core import clock
from core.errors import RuleBroken, StaleState

logger = logging.getLogger(__name__)


@shared_task(name="applications.nightly")
def nightly() -> dict[str, int]:
    """Everything that time alone brings about has happened, and the impossible has been looked for."""
    today = clock.today()
    done = {
        "sent unendorsed": _each(nights.unendorsed(today), lambda choice: actions.send_unendorsed(choice=choice)),
        "lapsed": _each(nights.lapsed(today), lambda choice: actions.lapse_offer(choice=choice)),
        "reminded": _each(nights.to_remind(today), lambda choice: actions.remind_to_answer(choice=choice)),
        "tokens": actions.warn_of_tokens(),
        "closed": _each(nights.over(today), lambda choice: actions.close_choice(choice=choice)),
    }
    actions.mend_numbers()
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


@shared_task(name="applications.remind_of_interviews", soft_time_limit=280, time_limit=300, ignore_result=True)
def remind_of_interviews() -> None:
    """Every learner with an interview tomorrow, or with a time still to choose, has been reminded of it."""
    actions.remind_of_interviews()
    actions.remind_to_choose()


@shared_task(name="applications.tell_of_deadlines", soft_time_limit=280, time_limit=300, ignore_result=True)
def tell_of_deadlines() -> None:
    """Desks and schools have been told of last days that are near."""
    actions.tell_of_deadlines()


@shared_task(name="applications.release_decisions", soft_time_limit=280, time_limit=300, ignore_result=True)
def release_decisions() -> None:
    """Decisions whose hour has come are answers. Killed in the middle, the next run goes on where this one ended."""
    actions.release_decisions()


@shared_task(name="applications.sweep_webhooks", soft_time_limit=50, time_limit=60, ignore_result=True)
def sweep_webhooks() -> None:
    """Addresses of colleges' own systems have a delivery of what changed, and workers know of those that are due."""
    actions.sweep_webhooks()


# An address may take ten seconds, its name a few more; after thirty another worker may have the delivery.
@shared_task(name="applications.deliver_to_webhook", soft_time_limit=22, time_limit=25, ignore_result=True)
def deliver_to_webhook(delivery_id: int) -> None:
    """One delivery has been tried."""
    actions.deliver_to_webhook(delivery_id)

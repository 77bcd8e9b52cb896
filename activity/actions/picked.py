"""Things picked to be done together, one row each: every one by its own action, done whole or left with a sentence."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions.jobs import PASSING
from activity.workflow import PickedState
from core.errors import NotAllowed, RuleBroken, StaleState

logger = logging.getLogger(__name__)
LONGEST_WHY = 300


class Refusals(NamedTuple):
    """What to say of one that was left, where its action has no sentence of its own."""

    stale: Any
    not_allowed: Any


def waiting_of(items: Any, keys: list[int], *, skips_held: bool = False) -> list[Any]:
    """Those of these rows that still wait, held. What somebody else does just now is waited for, and found done; with
    ``skips_held`` it is left to them."""
    held = items.select_for_update(skip_locked=skips_held, of=("self",))
    return list(held.filter(pk__in=keys, state=PickedState.WAITING).order_by("position"))


def do_picked(item: Any, do: Callable[[], Any], *, refusals: Refusals, reference: str) -> None:
    """The row says what became of it: done, or left as it was and why.

    A mistake of ours is one row's alone, and ``reference`` is in our log, too. What the database could not do just now
    is raised, so that the whole batch is tried again.
    """
    state, why = PickedState.DONE, ""
    try:
        with transaction.atomic():
            do()
    except StaleState:
        state, why = PickedState.LEFT, str(refusals.stale)
    except NotAllowed:
        state, why = PickedState.LEFT, str(refusals.not_allowed)
    except RuleBroken as rule:
        state, why = PickedState.LEFT, str(rule.message)
    except PASSING:
        raise
    except Exception:
        logger.exception("item %s failed", reference)
        words = _("Could not be done: something went wrong on our side. Try it again. Reference: %(reference)s.")
        state, why = PickedState.LEFT, words % {"reference": reference}
    item.state, item.why = state, why[:LONGEST_WHY]
    item.save(update_fields=["state", "why"])

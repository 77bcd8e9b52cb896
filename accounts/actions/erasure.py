"""A learner's record is erased: asked for, waited for, carried out. Figures stay, people do not."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Erasure, Learner
from accounts.policies import ERASURE_POLICY, LEARNER_POLICY
from accounts.workflow import ERASURE_FLOW, ErasureState
from activity.actions import post, record
from core import clock, personal
from core.errors import RuleBroken
from core.personal import Blank, Erase


@transaction.atomic
def ask_erasure(*, learner: Learner, reason: str = "", by: Any) -> Erasure:
    """The record will be erased: after a week when the learner asks, after another officer's yes when an officer does.

    Raises: NotAllowed, RuleBroken ``erasure_asked`` (already) and ``erasure_held`` (something stands in its way),
    ``erasure_reason`` (an officer says why). Tells: the learner, ``erasure-asked``, where an officer asked.
    Source: UK GDPR article 17.
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "ask_erasure", learner)
    own = learner.user_id == by.pk
    if Erasure.objects.open().filter(learner=learner).exists():
        raise RuleBroken(_("Erasing this record has been asked for already."), code="erasure_asked")
    if standing := personal.holds(learner):
        raise RuleBroken(" ".join(standing), code="erasure_held")
    if not own and not reason.strip():
        raise RuleBroken(_("Say why this record is to be erased."), code="erasure_reason")
    erasure = Erasure(learner=learner, is_own=own, reason=reason.strip(), asked_by=by)
    if own:
        erasure.state = ERASURE_FLOW.target(erasure.state, "agree")
        erasure.due_on = clock.today() + dt.timedelta(days=Erasure.WAIT_DAYS)
    erasure.save()
    if not own:
        post("erasure-asked", key=f"erasure-asked:{erasure.pk}", erasure_id=erasure.pk)
    record("erasure.ask", subject=erasure, by=by)
    return erasure


@transaction.atomic
def agree_erasure(*, erasure: Erasure, by: Any) -> Erasure:
    """What one officer asked for another has agreed to; it is carried out after a week.

    Raises: NotAllowed (the one who asked, or nobody of this area), StaleState.
    """
    erasure = _locked(erasure)
    ERASURE_POLICY.require(by, "agree", erasure)
    erasure.state = ERASURE_FLOW.target(erasure.state, "agree")
    erasure.agreed_by = by
    erasure.due_on = clock.today() + dt.timedelta(days=Erasure.WAIT_DAYS)
    erasure.save(update_fields=["state", "agreed_by", "due_on"])
    record("erasure.agree", subject=erasure, by=by)
    return erasure


@transaction.atomic
def withdraw_erasure(*, erasure: Erasure, by: Any) -> Erasure:
    """Nothing is erased. Raises: NotAllowed, StaleState (carried out or withdrawn already)."""
    erasure = _locked(erasure)
    ERASURE_POLICY.require(by, "withdraw", erasure)
    erasure.state = ERASURE_FLOW.target(erasure.state, "withdraw")
    erasure.ended_at = clock.now()
    erasure.reason = ""
    erasure.save(update_fields=["state", "ended_at", "reason"])
    record("erasure.withdraw", subject=erasure, by=by)
    return erasure


@transaction.atomic
def carry_out_erasure(*, erasure: Erasure, by: None = None) -> Erasure:
    """The record is erased, or says what stood in the way tonight. Doing it again changes nothing.

    Raises: NotAllowed (only the service), StaleState (withdrawn meanwhile).
    """
    erasure = _locked(erasure)
    ERASURE_POLICY.require(by, "carry_out", erasure)
    if erasure.state == ErasureState.DONE:
        return erasure
    target = ERASURE_FLOW.target(erasure.state, "carry_out")
    if standing := erase_held_back(erasure.learner):
        erasure.hold = " ".join(standing)[:300]
        erasure.save(update_fields=["hold"])
        return erasure
    erasure.refresh_from_db()  # its words went with the rest
    erasure.state, erasure.ended_at, erasure.hold = target, clock.now(), ""
    erasure.save(update_fields=["state", "ended_at", "hold"])
    record("erasure.carry_out", subject=erasure, by=by)
    return erasure


@transaction.atomic
def erase_held_back(learner: Learner) -> list[str]:
    """Why the learner could not be erased, a sentence each; empty: they are, and all that is left is for figures.

    What each table does is in ``core.personal``.
    """
    learner = Learner.objects.select_for_update().get(pk=learner.pk)
    if learner.erased_at is not None:
        return []
    personal.hold_still(learner)
    if standing := personal.holds(learner):
        return standing
    for sweep in personal.SWEEPS.values():
        sweep(learner)
    for table in personal.tables_to_erase():
        rows = table.rows(learner)
        if table.erase is Erase.DELETE:
            _delete(rows)
        elif isinstance(table.erase, Blank):
            rows.order_by().update(**table.erase.values)
    Learner.objects.filter(pk=learner.pk).update(erased_at=clock.now())
    record("learner.erase", subject=learner, by=None)
    return []


def _delete(rows: QuerySet) -> None:
    """Rows that point to each other, like a corrected grade to the one before, let go of each other first."""
    own = [field.name for field in rows.model._meta.concrete_fields if field.related_model is rows.model and field.null]
    if own:
        rows.order_by().update(**dict.fromkeys(own))
    rows.delete()


def _locked(erasure: Erasure) -> Erasure:
    """The learner is the lock, as in everything else that ends a record."""
    Learner.objects.select_for_update(no_key=True).get(pk=erasure.learner_id)
    return Erasure.objects.select_related("learner").get(pk=erasure.pk)

"""Results day rehearsed with invented results: the same code as on the day, and nothing of it stays."""

import datetime as dt
from collections import Counter
from random import SystemRandom
from typing import Any

from django.db import transaction
from django.db.models import F

from activity.actions import record
from applications.actions.results_day import confirm_by
from applications.models import Choice, ResultsRehearsal
from applications.policies import PROVIDER_POLICY
from applications.queries.rehearsal import Invented
from applications.queries.results_day import Verdict, in_order, outcomes_at
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import Organisation

LASTS = dt.timedelta(hours=24)
TRIED = 50  # confirmed, and taken back, at once


@transaction.atomic
def start_rehearsal(*, provider: Organisation, by: Any, seed: int | None = None) -> ResultsRehearsal:
    """The provider rehearses for a day. One that goes on already goes on.

    Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "rehearse_results", provider)
    Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    going_on = ResultsRehearsal.objects.open().filter(provider=provider).first()
    if going_on is not None:
        return going_on
    now = clock.now()
    # One whose day is over was ended by the clock; the row says so from here on.
    ResultsRehearsal.objects.filter(provider=provider, ended_at=None).update(ended_at=F("ends_at"))
    rehearsal = ResultsRehearsal.objects.create(
        provider=provider, by=by, seed=SystemRandom().randrange(10**6) if seed is None else seed, ends_at=now + LASTS
    )
    record("rehearsal.start", subject=rehearsal, by=by, organisation=provider.pk)
    return rehearsal


@transaction.atomic
def end_rehearsal(*, rehearsal: ResultsRehearsal, by: Any) -> ResultsRehearsal:
    """It is over before its day is. Twice is once.

    Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "rehearse_results", rehearsal.provider)
    rehearsal = ResultsRehearsal.objects.select_for_update(of=("self",)).select_related("provider").get(pk=rehearsal.pk)
    if rehearsal.ended_at is None:
        rehearsal.ended_at = clock.now()
        rehearsal.save(update_fields=["ended_at"])
        record("rehearsal.end", subject=rehearsal, by=by, organisation=rehearsal.provider_id)
    return rehearsal


def try_confirming(*, rehearsal: ResultsRehearsal, by: Any) -> ResultsRehearsal:
    """The report says how many of the first met ones would be confirmed, and why others would be left.

    They are confirmed by the very action of the day, with the invented results, and all of it is taken back: no choice,
    no history and no message stays.

    Raises: NotAllowed (does not answer the provider's applications), StaleState (the rehearsal is over).
    """
    PROVIDER_POLICY.require(by, "try_rehearsal", rehearsal.provider)
    if not ResultsRehearsal.objects.open().filter(pk=rehearsal.pk).exists():
        raise StaleState("The rehearsal is over.")
    source = Invented(rehearsal.seed)
    met = [one for one in in_order(outcomes_at(rehearsal.provider, source=source), Verdict.MET) if one.can_be_confirmed]
    confirmed, left = 0, Counter[str]()
    with transaction.atomic():
        for choice in Choice.objects.filter(pk__in=[one.choice_id for one in met[:TRIED]]).order_by(
            "application", "pk"
        ):
            try:
                with transaction.atomic():
                    confirm_by(source, choice=choice, by=by)
            except (RuleBroken, StaleState) as refusal:
                left[" ".join(getattr(refusal, "messages", [])) or "It has moved on."] += 1
            else:
                confirmed += 1
        transaction.set_rollback(True)
    rehearsal.report = {"met": len(met), "tried": confirmed + left.total(), "confirmed": confirmed, "left": dict(left)}
    rehearsal.save(update_fields=["report"])
    record("rehearsal.try", subject=rehearsal, by=by, organisation=rehearsal.provider_id, number=confirmed)
    return rehearsal

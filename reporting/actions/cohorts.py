"""Cohorts that an organisation follows, and who leads them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import post, record
from activity.models import Event
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import Organisation, StaffRole
from reporting.models import SavedCohort
from reporting.policies import COHORT_POLICY, ORGANISATION_COHORTS_POLICY
from reporting.queries.cohorts import Cohort
from reporting.queries.saved_cohorts import leads_of

LED = "cohort-led"


@transaction.atomic
def save_cohort(
    *,
    organisation: Organisation,
    name: str,
    filters: Mapping[str, str],
    in_words: Sequence[tuple[str, str]],
    by: Any,
    lead: StaffRole | None = None,
    until_on: dt.date | None = None,
) -> SavedCohort:
    """The organisation follows this cohort from today on.

    Raises: NotAllowed, RuleBroken ``not_a_lead``, ``over_already``. Tells: the lead, ``cohort-led``.
    """
    ORGANISATION_COHORTS_POLICY.require(by, "save", organisation)
    _require_sound(organisation, lead, until_on)
    known = {field: value for field, value in filters.items() if field in Cohort._fields and value}
    saved = SavedCohort.objects.create(
        organisation=organisation, name=name, filters=known, in_words=[list(pair) for pair in in_words], lead=lead,
        until_on=until_on, made_by=by,
    )  # fmt: skip
    saying = record("cohort.save", subject=saved, by=by, filters=sorted(known), lead=lead and lead.pk)
    _tell(saved, saying)
    return saved


@transaction.atomic
def change_cohort(
    *, cohort: SavedCohort, name: str, by: Any, lead: StaffRole | None = None, until_on: dt.date | None = None
) -> SavedCohort:
    """It has this name, lead and last day. What narrows it stays: another question is another cohort.

    Raises: NotAllowed, StaleState (it was ended), RuleBroken ``not_a_lead``, ``over_already``. Tells: a new lead,
    ``cohort-led``.
    """
    saved = _open(cohort, "change", by)
    _require_sound(saved.organisation, lead, until_on)
    led_before = saved.lead
    saved.name, saved.lead, saved.until_on = name, lead, until_on
    saved.save(update_fields=["name", "lead", "until_on"])
    saying = record("cohort.change", subject=saved, by=by, lead=lead and lead.pk)
    if lead != led_before:
        _tell(saved, saying)
    return saved


@transaction.atomic
def end_cohort(*, cohort: SavedCohort, by: Any) -> SavedCohort:
    """Nobody follows it any more; that it was followed stays.

    Raises: NotAllowed, StaleState (it was ended).
    """
    saved = _open(cohort, "end", by)
    saved.ended_at, saved.ended_by = clock.now(), by
    saved.save(update_fields=["ended_at", "ended_by"])
    record("cohort.end", subject=saved, by=by)
    return saved


def _open(cohort: SavedCohort, verb: str, by: Any) -> SavedCohort:
    saved = SavedCohort.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=cohort.pk)
    COHORT_POLICY.require(by, verb, saved)
    if saved.ended_at is not None:
        raise StaleState(_("Somebody has ended this cohort."))
    return saved


def _tell(saved: SavedCohort, saying: Event) -> None:
    """Who has just been named as the lead, and did not do it themselves, hears of it: once for each time."""
    if saved.lead is not None and saved.lead.user_id != saying.by_id:
        post(LED, key=f"{LED}:{saying.pk}", cohort_id=saved.pk, role_id=saved.lead_id)


def _require_sound(organisation: Organisation, lead: StaffRole | None, until_on: dt.date | None) -> None:
    if lead is not None and not leads_of(organisation).filter(pk=lead.pk).exists():
        raise RuleBroken(_("A lead is somebody who acts for your organisation today."), code="not_a_lead")
    if until_on is not None and until_on < clock.today():
        raise RuleBroken(_("The last day is over already. Choose a later one."), code="over_already")

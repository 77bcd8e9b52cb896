"""The years of applications of an area: their dates and rules, and from when the area takes applications at all."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import Area, Cycle, Phase
from providers.policies import CYCLE_POLICY

# What an area decides of a cycle; the year, the phase and the area are what it is.
TERMS = (
    "opens_on",
    "closes_on",
    "ends_on",
    "choice_limit",
    "has_endorsement",
    "endorsement_days",
    "answer_days",
    "reply_days",
    "can_hold",
    "first_reminder_days",
    "second_reminder_days",
    "last_chance_days",
    "first_year_group",
    "last_year_group",
    "results_on",
    "results_from",
    "answers_from",
)
MOST_CHOICES = 20
MOST_DAYS = 60  # working days, a term
YEAR_GROUPS = range(7, 15)


@transaction.atomic
def add_cycle(*, area: Area, entry_year: int, phase: str, terms: dict[str, Any], by: Any) -> Cycle:
    """The area has a year of applications more.

    Raises: NotAllowed, RuleBroken ``cycle_exists``, ``year_unlikely`` and those of ``require_terms``.
    """
    CYCLE_POLICY.require(by, "add", area)
    area = Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    if entry_year not in range(clock.today().year - 1, clock.today().year + 4):
        raise RuleBroken(_("Choose a year of entry from last year to three years ahead."), code="year_unlikely")
    if Cycle.objects.filter(area=area, entry_year=entry_year, phase=phase).exists():
        raise RuleBroken(
            _("There are dates and rules for entry in %(year)s already. Change those.") % {"year": entry_year},
            code="cycle_exists",
        )
    cycle = Cycle(area=area, entry_year=entry_year, phase=Phase(phase), **{name: terms[name] for name in TERMS})
    require_terms(cycle)
    cycle.save()
    record("cycle.add", subject=cycle, by=by, after=facts_of(cycle))
    return cycle


@transaction.atomic
def change_cycle(*, cycle: Cycle, terms: dict[str, Any], seen: dict[str, Any], by: Any) -> Cycle:
    """These dates and rules hold for what comes after. Days that were given to anybody stay as they were given.

    ``seen`` are the facts the person had before them. The same again changes nothing.

    Raises: NotAllowed, StaleState (somebody changed them meanwhile), RuleBroken ``cycle_over``, ``ends_in_past`` and
    those of ``require_terms``.
    """
    CYCLE_POLICY.require(by, "change", cycle.area)
    Area.objects.select_for_update(no_key=True).get(pk=cycle.area_id)
    cycle = Cycle.objects.select_related("area").select_for_update(of=("self",)).get(pk=cycle.pk)
    before = facts_of(cycle)
    if before != seen:
        raise StaleState("Somebody changed this cycle meanwhile.")
    if cycle.ends_on < clock.today():
        raise RuleBroken(_("This year of applications is over, and stays as it was."), code="cycle_over")
    for name in TERMS:
        setattr(cycle, name, terms[name])
    after = facts_of(cycle)
    changed = [name for name in TERMS if before[name] != after[name]]
    if not changed:
        return cycle
    if cycle.ends_on < clock.today():
        raise RuleBroken(
            _("The last day of all must not be in the past: everything open would be closed tonight."),
            code="ends_in_past",
        )
    require_terms(cycle)
    cycle.save(update_fields=changed)
    record(
        "cycle.change",
        subject=cycle,
        by=by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return cycle


@transaction.atomic
def open_area(*, area: Area, from_on: dt.date | None, by: Any) -> Area:
    """The area's providers take applications here from this day; without one, now. What was sent goes on.

    Raises: NotAllowed, RuleBroken ``area_open_already``: a day to come would shut out those who apply today.
    """
    CYCLE_POLICY.require(by, "open_area", area)
    area = Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    if area.applying_from_on == from_on:
        return area
    is_open = area.applying_from_on is None or area.applying_from_on <= clock.today()
    takes_some = area.organisations.filter(is_provider=True, takes_applications=True, ended_on=None).exists()
    if is_open and takes_some and from_on and from_on > clock.today():
        raise RuleBroken(
            _("Providers of this area take applications here already. Close those providers first."),
            code="area_open_already",
        )
    before, area.applying_from_on = area.applying_from_on, from_on
    area.save(update_fields=["applying_from_on"])
    record(
        "area.open",
        subject=area,
        by=by,
        before=before and before.isoformat(),
        after=from_on and from_on.isoformat(),
    )
    return area


def facts_of(cycle: Cycle) -> dict[str, Any]:
    """The dates and rules as the history keeps them."""
    return {
        name: str(value) if isinstance(value := getattr(cycle, name), dt.date | dt.time) else value for name in TERMS
    }


def require_terms(cycle: Cycle) -> None:
    """Raises: RuleBroken ``dates_not_in_order``, ``dates_far_away``, ``cycles_overlap``, ``limit_out_of_range``,
    ``days_out_of_range``, ``reminders_not_in_order``, ``year_groups_unlikely``, and those of results day.
    """
    if not cycle.opens_on <= cycle.closes_on <= cycle.ends_on:
        raise RuleBroken(
            _("The dates are not in order: first the day it opens, then the day to apply by, then the last of all."),
            code="dates_not_in_order",
        )
    first, last = dt.date(cycle.entry_year - 2, 9, 1), dt.date(cycle.entry_year + 1, 8, 31)
    if cycle.opens_on < first or cycle.ends_on > last:
        raise RuleBroken(
            _("For entry in September %(year)s every date is from %(first)s to %(last)s.")
            % {"year": cycle.entry_year, "first": _day(first), "last": _day(last)},
            code="dates_far_away",
        )
    others = Cycle.objects.filter(area=cycle.area_id, phase=cycle.phase).exclude(pk=cycle.pk)
    clash = others.filter(opens_on__lte=cycle.closes_on, closes_on__gte=cycle.opens_on).first()
    if clash is not None:
        raise RuleBroken(
            _("Entry in %(year)s is open from %(opens_on)s to %(closes_on)s. Choose days that do not overlap with it.")
            % {"year": clash.entry_year, "opens_on": _day(clash.opens_on), "closes_on": _day(clash.closes_on)},
            code="cycles_overlap",
        )
    if not 1 <= cycle.choice_limit <= MOST_CHOICES:
        raise RuleBroken(_("A learner may have from 1 to 20 choices under way."), code="limit_out_of_range")
    days = (cycle.endorsement_days, cycle.answer_days, cycle.reply_days)
    if not all(1 <= number <= MOST_DAYS for number in days):
        raise RuleBroken(
            _("Give the school, the provider and the learner from 1 to 60 working days each."),
            code="days_out_of_range",
        )
    if not 0 < cycle.second_reminder_days < cycle.first_reminder_days <= cycle.reply_days:
        raise RuleBroken(
            _("The first reminder comes before the second, and neither before the offer itself."),
            code="reminders_not_in_order",
        )
    if not 1 <= cycle.last_chance_days <= MOST_DAYS:
        raise RuleBroken(_("Leave at least one working day after the last reminder."), code="days_out_of_range")
    youngest, oldest = cycle.first_year_group, cycle.last_year_group
    given = [year for year in (youngest, oldest) if year is not None]
    if given != sorted(given) or any(year not in YEAR_GROUPS for year in given):
        raise RuleBroken(
            _("School years go from 7 to 14, the youngest first. Leave both empty for any."),
            code="year_groups_unlikely",
        )
    _require_results_day(cycle)


def _require_results_day(cycle: Cycle) -> None:
    """Raises: RuleBroken ``results_day_half``, ``answers_before_results``, ``results_day_outside``."""
    if cycle.results_on is None or cycle.results_from is None or cycle.answers_from is None:
        if (cycle.results_on, cycle.results_from, cycle.answers_from) != (None, None, None):
            raise RuleBroken(
                _("For results day give the day and both hours, or none of them."), code="results_day_half"
            )
        return
    if cycle.results_from >= cycle.answers_from:
        raise RuleBroken(
            _("Learners can answer some time after they can read. Choose a later hour."), code="answers_before_results"
        )
    if not cycle.opens_on <= cycle.results_on <= cycle.ends_on:
        raise RuleBroken(_("Results day is between the first day and the last day of all."), code="results_day_outside")


def _day(day: dt.date) -> str:
    return date_format(day, "j F Y")

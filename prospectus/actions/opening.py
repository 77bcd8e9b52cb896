"""Which course runs learners may apply for here."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.actions import record
from core import clock
from core.errors import RuleBroken
from prospectus.actions.changing import lock_provider
from prospectus.actions.search import refresh_search
from prospectus.models import CourseRun, is_apprenticeship_service
from prospectus.policies import PROVIDER_POLICY
from prospectus.queries.opening import Route, cycle_of, openable_runs
from providers.actions.cycles import open_area
from providers.models import Area, Cycle, Organisation
from providers.policies import CYCLE_POLICY


@transaction.atomic
def open_for_applications(*, provider: Organisation, by: Any) -> int:
    """Every run of the provider that can still be started takes applications here; returns how many are new.

    Runs that come later are not opened by themselves: somebody says so again.
    Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "open_for_applications", provider)
    runs = CourseRun.objects.on_offer().to_come().filter(course__provider=provider, takes_applications=False)
    opened = runs.update(takes_applications=True, changed_at=clock.now())
    Organisation.objects.filter(pk=provider.pk).update(takes_applications=True)
    if opened:
        refresh_search(provider=provider)
        record("provider.open_for_applications", subject=provider, by=by, runs=opened)
    return opened


@transaction.atomic
def close_for_applications(*, provider: Organisation, by: Any) -> int:
    """No run of the provider takes new applications here; returns how many did. What was sent goes on.

    Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "close_for_applications", provider)
    runs = CourseRun.objects.filter(course__provider=provider, takes_applications=True)
    closed = runs.update(takes_applications=False, changed_at=clock.now())
    Organisation.objects.filter(pk=provider.pk).update(takes_applications=False)
    if closed:
        refresh_search(provider=provider)
        record("provider.close_for_applications", subject=provider, by=by, runs=closed)
    return closed


@transaction.atomic
def set_opening(
    *,
    provider: Organisation,
    runs: Collection[int],
    route: str,
    by: Any,
    from_on: dt.date | None = None,
    until_on: dt.date | None = None,
    url: str = "",
) -> int:
    """One applies for these dates by this ``Route``, from and until these days; returns how many dates that are.

    A provider that took no applications here takes them now, for these dates and no others. Feeds leave them as they
    are from now on, until somebody says that the feed is to say them (``Route.FEED``): what is there stays until then.
    Raises: NotAllowed, RuleBroken ``dates_changed`` where one of them is no longer published or has started,
    ``days_not_in_order``, ``day_passed``, ``after_start``, ``outside_cycle``, ``link_missing`` or ``other_link``.
    """
    PROVIDER_POLICY.require(by, "set_opening", provider)
    provider = lock_provider(provider.pk)
    found = list(openable_runs(provider).filter(pk__in=runs))
    if len(found) != len(set(runs)):
        raise RuleBroken(_("Some of these dates have changed meanwhile. Choose them again."), code="dates_changed")
    if route == Route.FEED:
        CourseRun.objects.filter(pk__in=[run.pk for run in found]).update(opening_set_on=None, changed_at=clock.now())
        record("provider.set_opening", subject=provider, by=by, route=str(route), runs=sorted(run.pk for run in found))
        return len(found)
    is_here, has_link = route == Route.HERE, route in (Route.OWN, Route.APPRENTICESHIP)
    _require_link(route, url)
    if route != Route.ASK:
        _require_days(from_on, until_on)
        _require_before_start(found, until_on)
    if is_here:
        _require_cycle(provider, found, from_on, until_on)
    if is_here and not provider.takes_applications:
        CourseRun.objects.filter(course__provider=provider, takes_applications=True).update(takes_applications=False)
        Organisation.objects.filter(pk=provider.pk).update(takes_applications=True)
    CourseRun.objects.filter(pk__in=[run.pk for run in found]).update(
        takes_applications=is_here,
        apply_from_on=None if route == Route.ASK else from_on,
        apply_until_on=None if route == Route.ASK else until_on,
        apply_url=url if has_link else "",
        opening_set_on=clock.today(),
        changed_at=clock.now(),
    )
    refresh_search(provider=provider)
    record(
        "provider.set_opening",
        subject=provider,
        by=by,
        route=str(route),
        from_on=from_on and from_on.isoformat(),
        until_on=until_on and until_on.isoformat(),
        runs=sorted(run.pk for run in found),
    )
    return len(found)


@transaction.atomic
def open_from(*, provider: Organisation, from_on: dt.date | None, by: Any) -> Organisation:
    """Learners apply to the provider here from this day; without one, as soon as its area does. Until then they read
    its own way to apply. What was sent goes on.

    Raises: NotAllowed, RuleBroken ``provider_open_already``: a day to come would shut out those who apply today.
    """
    CYCLE_POLICY.require(by, "open_provider", provider.area)
    provider = lock_provider(provider.pk)
    before = provider.applying_from_on
    if before == from_on:
        return provider
    is_later = from_on is not None and from_on > clock.today()
    if is_later and CourseRun.objects.open_for_applications().filter(course__provider=provider).exists():
        raise RuleBroken(
            _("%(provider)s takes applications here already. Close its courses first.") % {"provider": provider},
            code="provider_open_already",
        )
    provider.applying_from_on = from_on
    provider.save(update_fields=["applying_from_on"])
    refresh_search(provider=provider)
    record(
        "provider.open_from",
        subject=provider,
        by=by,
        before=before and before.isoformat(),
        after=from_on and from_on.isoformat(),
    )
    return provider


@transaction.atomic
def open_area_from(*, area: Area, from_on: dt.date | None, by: Any) -> Area:
    """``open_area``, and search knows of it at once. Raises: as that."""
    area = open_area(area=area, from_on=from_on, by=by)
    for provider in area.organisations.filter(is_provider=True, takes_applications=True, ended_on=None).order_by("pk"):
        refresh_search(provider=provider)
    return area


def _require_link(route: str, url: str) -> None:
    if route in (Route.OWN, Route.APPRENTICESHIP) and not url:
        raise RuleBroken(_("Give the address of the page to apply on."), code="link_missing")
    if route == Route.APPRENTICESHIP and not is_apprenticeship_service(url):
        raise RuleBroken(
            _("This is not an address of Find an apprenticeship. Copy it from there, or choose your own site."),
            code="other_link",
        )


def _require_days(from_on: dt.date | None, until_on: dt.date | None) -> None:
    if from_on and until_on and until_on < from_on:
        raise RuleBroken(_("The last day to apply is before the first. Change one of them."), code="days_not_in_order")
    if until_on and until_on < clock.today():
        raise RuleBroken(_("The last day to apply is over already. Give a later day."), code="day_passed")


def _require_before_start(runs: list[CourseRun], until_on: dt.date | None) -> None:
    if until_on is None:
        return
    late = [run for run in runs if run.starts_on and not run.is_flexible_start and run.starts_on < until_on]
    if late:
        raise RuleBroken(
            _(
                "%(dates)s before the last day to apply: %(course)s on %(starts_on)s. Give an earlier "
                "last day, or choose fewer dates."
            )
            % {"dates": _dates(late), "course": late[0].course.title, "starts_on": _day(late[0].starts_on)},
            code="after_start",
        )


def _require_cycle(
    provider: Organisation, runs: list[CourseRun], from_on: dt.date | None, until_on: dt.date | None
) -> None:
    cycles = {(cycle.entry_year, cycle.phase): cycle for cycle in Cycle.objects.filter(area=provider.area_id)}
    concerned = {cycle.pk: cycle for run in runs if (cycle := cycle_of(run, cycles)) is not None}
    for cycle in concerned.values():
        year = f"entry in {cycle.entry_year}"
        if from_on and from_on < cycle.opens_on:
            raise RuleBroken(
                _("Applications for %(year)s open on %(opens_on)s. Give that day or a later one as the first.")
                % {"year": year, "opens_on": _day(cycle.opens_on)},
                code="outside_cycle",
            )
        if (until_on and until_on > cycle.ends_on) or (from_on and from_on > cycle.ends_on):
            raise RuleBroken(
                _("Applications for %(year)s are over after %(ends_on)s. Give that day or an earlier one.")
                % {"year": year, "ends_on": _day(cycle.ends_on)},
                code="outside_cycle",
            )


def _dates(runs: list[CourseRun]) -> str:
    return ngettext("%(number)s of these dates starts", "%(number)s of these dates start", len(runs)) % {
        "number": len(runs)
    }


def _day(day: dt.date | None) -> str:
    return date_format(day, "j F Y") if day else ""

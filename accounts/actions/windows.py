"""When a school's learners may unlock: days set by its coordinator, or by the area for schools that set none."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import UnlockWindow
from accounts.policies import WINDOW_POLICY
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import Area, Organisation

LONGEST = dt.timedelta(days=366)


@transaction.atomic
def open_window(
    *, area: Area, school: Organisation | None, opens_on: dt.date, closes_on: dt.date, by: Any
) -> UnlockWindow:
    """Codes work on these days, first and last included; without a school at all schools of the area with none of
    their own.

    Raises: NotAllowed, RuleBroken ``window_order``, ``window_over``, ``window_long`` and ``window_overlaps``.
    """
    if school is not None:
        WINDOW_POLICY.require(by, "open_for_school", school)
        Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    else:
        WINDOW_POLICY.require(by, "open_for_area", area)
        Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    if closes_on < opens_on:
        raise RuleBroken(_("The last day is before the first one."), code="window_order")
    if closes_on < clock.today():
        raise RuleBroken(_("These days are over already. Give a last day that is still to come."), code="window_over")
    if closes_on - opens_on > LONGEST:
        raise RuleBroken(_("This is longer than a year. Set one school year at a time."), code="window_long")
    standing = UnlockWindow.objects.standing().filter(school=school, area=area)
    if standing.filter(opens_on__lte=closes_on, closes_on__gte=opens_on).exists():
        raise RuleBroken(
            _("These days overlap with others you have set. Take those away first."), code="window_overlaps"
        )
    window = UnlockWindow.objects.create(area=area, school=school, opens_on=opens_on, closes_on=closes_on, by=by)
    record("unlock_window.open", subject=window, by=by, opens_on=str(opens_on), closes_on=str(closes_on))
    return window


@transaction.atomic
def end_window(*, window: UnlockWindow, by: Any) -> UnlockWindow:
    """The days no longer count. Raises: NotAllowed, StaleState (taken away already)."""
    window = UnlockWindow.objects.select_for_update(of=("self",)).select_related("area", "school").get(pk=window.pk)
    WINDOW_POLICY.require(by, "end", window)
    if window.ended_at is not None:
        raise StaleState(f"window {window.pk} was taken away already")
    window.ended_at = clock.now()
    window.save(update_fields=["ended_at"])
    record("unlock_window.end", subject=window, by=by)
    return window

"""Days on which an area's schools and providers are closed: nobody is written to, and they are no working days."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import RuleBroken
from providers.models import Area, Closure
from providers.policies import CLOSURE_POLICY

LONGEST = dt.timedelta(days=90)


@transaction.atomic
def add_closure(*, area: Area, name: str, starts_on: dt.date, ends_on: dt.date, by: Any) -> Closure:
    """The area is closed from the first day to the last, both with. The same again changes nothing.

    Raises: NotAllowed, RuleBroken ``closure_not_in_order``, ``closure_too_long``, ``closure_over`` or
    ``closures_overlap``.
    """
    CLOSURE_POLICY.require(by, "add", area)
    if ends_on < starts_on:
        raise RuleBroken(_("The last day is before the first. Change one of them."), code="closure_not_in_order")
    if ends_on - starts_on > LONGEST:
        raise RuleBroken(_("That is more than three months. Enter the holidays one by one."), code="closure_too_long")
    if ends_on < clock.today():
        raise RuleBroken(_("These days have passed. Choose days to come."), code="closure_over")
    area = Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    there = Closure.objects.filter(area=area, starts_on__lte=ends_on, ends_on__gte=starts_on).first()
    if there is not None and (there.name, there.starts_on, there.ends_on) != (name, starts_on, ends_on):
        raise RuleBroken(
            _("Some of these days are closed already: %(name)s. Choose other days, or take that out first.")
            % {"name": there.name},
            code="closures_overlap",
        )
    closure, is_new = Closure.objects.get_or_create(area=area, name=name, starts_on=starts_on, ends_on=ends_on)
    if is_new:
        record("closure.add", subject=closure, by=by, area=area.pk, starts_on=str(starts_on), ends_on=str(ends_on))
    return closure


@transaction.atomic
def remove_closure(*, closure: Closure, by: Any) -> None:
    """Days that have not begun are working days again; the history keeps which they were.

    Raises: NotAllowed, RuleBroken ``closure_begun``: what somebody has counted days by stays.
    """
    CLOSURE_POLICY.require(by, "remove", closure.area)
    closure = Closure.objects.select_for_update(of=("self",)).get(pk=closure.pk)
    if closure.starts_on <= clock.today():
        raise RuleBroken(_("These days have begun, and stay as they were."), code="closure_begun")
    days = {"starts_on": str(closure.starts_on), "ends_on": str(closure.ends_on)}
    record("closure.remove", subject=closure, by=by, area=closure.area_id, **days)
    closure.delete()

"""Sandboxes: a provider of its own for each real one, in an area of its own, where programmers practise.

Lock order: the real provider, then the practice area.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from activity.actions import record
from core import clock
from providers.models import Area, Cycle, Organisation, OrganisationKind
from providers.policies import PRACTICE_POLICY

FIRST_MONTH = 9  # of a year of applications


@transaction.atomic
def open_sandbox(*, provider: Organisation, by: Any) -> tuple[Organisation, bool]:
    """The provider has a sandbox: the one there was, or a new one (the second value).

    Raises: NotAllowed.
    """
    provider = Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    PRACTICE_POLICY.require(by, "open", provider)
    sandbox = Organisation.objects.filter(practice_of=provider).first()
    if sandbox is not None:
        return sandbox, False
    sandbox = Organisation.objects.create(
        name=f"Practice: {provider.name}"[:160],
        kind=OrganisationKind.TRAINING_PROVIDER,
        area=_practice_area(),
        practice_of=provider,
        takes_applications=True,
    )
    record("sandbox.open", subject=sandbox, by=by, organisation=provider.pk)
    return sandbox, True


def cycle_of_practice(area: Area) -> Cycle:
    """The year of applications that runs in the practice area today. There is one on every day."""
    today = clock.today()
    year = today.year + 1 if today.month >= FIRST_MONTH else today.year
    cycle, _is_new = Cycle.objects.get_or_create(
        area=area,
        entry_year=year,
        phase="post_16",
        defaults={
            "opens_on": dt.date(year - 1, FIRST_MONTH, 1),
            "closes_on": dt.date(year, FIRST_MONTH, 30),
            "ends_on": dt.date(year, 12, 31),
        },
    )
    return cycle


def _practice_area() -> Area:
    """The one there is. The database lets nobody make a second one."""
    area, _is_new = Area.objects.get_or_create(is_practice=True, defaults={"name": "Practice", "slug": "practice"})
    return Area.objects.select_for_update(no_key=True).get(pk=area.pk)

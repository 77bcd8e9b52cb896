"""Figures of the Guarantee that stay: frozen by an officer, and kept for every day."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import RuleBroken
from providers.models import Area
from reporting.models import DailyCount, DailyFigure, Freeze, FrozenFigure, FrozenLearner
from reporting.policies import FIGURES_POLICY
from reporting.queries.guarantee import GUARANTEE_YEARS, GuaranteeCohort
from reporting.queries.lights import category_of, entry_year_on

BATCH = 2000
DAYS_FILLED = 60  # how far back a missing day is made up for


class Stood(NamedTuple):
    """One learner of a cohort as they stood."""

    year_group: int
    learner_id: int
    school_id: int
    light: str
    category: str
    is_late: bool


@transaction.atomic
def freeze_figures(*, area: Area, stood_on: dt.date, by: Any, name: str = "") -> Freeze:
    """The figures of the area as they stood at the end of that day stay, and for some years who was behind them.
    The same day under the same name is frozen once, and once more where it was frozen before it was over.

    Raises: NotAllowed, RuleBroken ``in_future``, ``no_cohort`` (nobody was in a cohort on that day).
    """
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)  # a second press waits here
    FIGURES_POLICY.require(by, "freeze", area)
    if stood_on > clock.today():
        raise RuleBroken(_("That day is still to come."), code="in_future")
    frozen = Freeze.objects.filter(area=area, stood_on=stood_on, name=name.strip())
    is_over = stood_on < clock.today()
    known = (frozen.filter(made_at__date__gt=stood_on) if is_over else frozen).first()
    if known is not None:
        return known
    entry_year = entry_year_on(area, stood_on)
    everybody = list(_everybody(area, stood_on))
    if entry_year is None or not everybody:
        raise RuleBroken(_("On that day nobody was in a cohort of the area."), code="no_cohort")
    freeze = Freeze.objects.create(area=area, entry_year=entry_year, stood_on=stood_on, name=name.strip(), by=by)
    FrozenLearner.objects.bulk_create(
        [FrozenLearner(freeze=freeze, **one._asdict()) for one in everybody], batch_size=BATCH
    )
    FrozenFigure.objects.bulk_create(
        [FrozenFigure(freeze=freeze, number=number, **figure) for figure, number in _figures(everybody)],
        batch_size=BATCH,
    )
    record("guarantee.freeze", subject=freeze, by=by, stood_on=stood_on.isoformat(), learners=len(everybody))
    return freeze


def keep_days() -> int:
    """Of every area the figures of one more day are kept: the newest of the last weeks that is missing, made from
    history. Returns how many that was. Asked every hour it has them all, and no run takes long."""
    missing = ((area, _newest_missing(area)) for area in Area.objects.filter(is_practice=False).order_by("pk"))
    return sum(keep_day(area=area, day=day) for area, day in missing if day is not None)


@transaction.atomic
def keep_day(*, area: Area, day: dt.date) -> bool:
    """The figures of the area at the end of that day are kept; False: they were already."""
    _count, is_new = DailyCount.objects.get_or_create(area=area, day=day)
    if is_new:
        entry_year = entry_year_on(area, day) or 0
        DailyFigure.objects.bulk_create(
            [
                DailyFigure(area=area, day=day, entry_year=entry_year, number=number, **figure)
                for figure, number in _figures(list(_everybody(area, day)))
            ],
            batch_size=BATCH,
        )
    return is_new


def _newest_missing(area: Area) -> dt.date | None:
    """The newest day of the last weeks, yesterday at the latest, of which nothing is kept though a cohort was there."""
    today = clock.today()
    kept = set(DailyCount.objects.filter(area=area, day__gte=today - DAYS_FILLED * DAY).values_list("day", flat=True))
    days = (today - number * DAY for number in range(1, DAYS_FILLED + 1))
    return next((day for day in days if day not in kept and _has_cohort(area, day)), None)


DAY = dt.timedelta(days=1)


def _has_cohort(area: Area, day: dt.date) -> bool:
    cohort = GuaranteeCohort.of(area, year_group=11, day=day)
    return cohort.begins_on is not None and cohort.begins_on <= day


def _everybody(area: Area, day: dt.date) -> Iterator[Stood]:
    for year_group in GUARANTEE_YEARS:
        standing = GuaranteeCohort.of(area, year_group=year_group, day=day).standing().order_by("pk")
        for key, school, light, recorded, is_late in standing.values_list(
            "pk", "school_id", "light", "recorded", "is_late"
        ):
            yield Stood(year_group, key, school, light, category_of(light, recorded).value, is_late)


def _figures(everybody: list[Stood]) -> list[tuple[dict[str, Any], int]]:
    """How many of each school stand alike."""
    counted = Counter((one.year_group, one.school_id, one.light, one.category, one.is_late) for one in everybody)
    names = ("year_group", "school_id", "light", "category", "is_late")
    return [(dict(zip(names, key, strict=True)), number) for key, number in sorted(counted.items())]

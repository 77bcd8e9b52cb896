"""Two frozen states of the Guarantee side by side, or one and now: who came, who went, whose light is another."""

import datetime as dt
from collections import Counter
from typing import Any, NamedTuple

from django.db.models import Q, Sum

from accounts.models import Learner
from core import clock
from core.bulk import among
from providers.models import Area
from reporting.models import Category, DailyFigure, Freeze, FrozenLearner
from reporting.queries.guarantee import GuaranteeCohort, Tally
from reporting.queries.lights import Light


def frozen_tallies(freeze: Freeze, *, year_group: int) -> list[Tally]:
    """The figures of a freeze as they stood, for the lines of everybody and of each school. One query."""
    figures = freeze.figures.filter(year_group=year_group)
    return [Tally(one.school_id, "", one.light, one.category, one.is_late, one.number) for one in figures]


class Moved(NamedTuple):
    """One learner who stands otherwise. ``before`` and ``after`` are lights, None where they were not counted."""

    learner_id: int
    before: Light | None
    after: Light | None

    @property
    def kind(self) -> str:
        return "came" if self.before is None else "went" if self.after is None else "changed"


class Comparison(NamedTuple):
    """From one state to another: everybody who moved, and how many stayed as they were."""

    moved: list[Moved]
    stayed: int

    @property
    def numbers(self) -> dict[str, int]:
        """How many came, went and changed."""
        counted = Counter(one.kind for one in self.moved)
        return {kind: counted[kind] for kind in ("came", "went", "changed")}

    @property
    def changes(self) -> list[tuple[Light | None, Light | None, int]]:
        """From which light to which, and how many."""
        counted = Counter((one.before, one.after) for one in self.moved)
        order = {light: place for place, light in enumerate(Light)}
        return sorted(
            ((before, after, number) for (before, after), number in counted.items()),
            key=lambda each: tuple(-1 if light is None else order[light] for light in each[:2]),
        )


def compared(before: Freeze, after: Freeze | None, *, year_group: int) -> Comparison:
    """What became of everybody between two freezes, or between a freeze and now (None). Two queries."""
    was, now = _frozen(before, year_group), _frozen(after, year_group) if after else _now(before, year_group)
    everybody = sorted(was.keys() | now.keys())
    moved = [Moved(key, was.get(key), now.get(key)) for key in everybody if was.get(key) != now.get(key)]
    return Comparison(moved, len(everybody) - len(moved))


def _frozen(freeze: Freeze, year_group: int) -> dict[int, Light]:
    rows = FrozenLearner.objects.filter(freeze=freeze, year_group=year_group).values_list("learner", "light")
    return {key: Light(light) for key, light in rows}


def _now(freeze: Freeze, year_group: int) -> dict[int, Light]:
    cohort = GuaranteeCohort(freeze.area, year_group, freeze.entry_year, clock.today())
    return {key: Light(light) for key, light in cohort.standing().order_by().values_list("pk", "light")}


def named_for(user: Any, moved: list[Moved]) -> list[Moved]:
    """Of these those whose names this person may read today."""
    keys = among(one.learner_id for one in moved)
    named = set(Learner.objects.through_roles_of(user).filter(pk__in=keys).values_list("pk", flat=True))
    return [one for one in moved if one.learner_id in named]


def with_learners(moved: list[Moved]) -> list[tuple[Learner, Moved]]:
    """These with their learners."""
    learners = Learner.objects.in_bulk([one.learner_id for one in moved])
    return [(learners[one.learner_id], one) for one in moved]


class Day(NamedTuple):
    """The kept figures of a day: how many there were, in the order of lights, and of how many anything is recorded."""

    day: dt.date
    cohort: int
    by_light: list[int]
    recorded: int

    @property
    def offers(self) -> int:
        return self.by_light[list(Light).index(Light.OFFER)]

    @property
    def labelled(self) -> list[tuple[str, int]]:
        """The words of each light with its number."""
        return [(str(light.label), number) for light, number in zip(Light, self.by_light, strict=True)]


def days_kept(area: Area, *, year_group: int, entry_year: int | None, since: dt.date, school: str = "") -> list[Day]:
    """The figures of each day kept since then, the newest first; of one school, where its reference is given."""
    figures = DailyFigure.objects.filter(area=area, year_group=year_group, entry_year=entry_year or 0, day__gte=since)
    if school:
        figures = figures.filter(school__reference=school)
    rows: Any = (
        figures.order_by("-day")
        .values_list("day", "light", "is_late")
        .annotate(all=Sum("number"), known=Sum("number", filter=~Q(category=Category.NOT_RECORDED)))
    )
    days: dict[dt.date, list[tuple[str, bool, int, int]]] = {}
    for day, light, is_late, number, known in rows:
        days.setdefault(day, []).append((light, is_late, number, known or 0))
    return [
        Day(
            day,
            sum(number for _light, is_late, number, _known in found if not is_late),
            [sum(number for each, _late, number, _known in found if each == light) for light in Light],
            sum(known for _light, _late, _number, known in found),
        )
        for day, found in days.items()
    ]

"""How the Guarantee stands in all areas together, from the counters the database keeps.

The one figure that is not asked of the rows each time: for a country that takes seconds, and this takes none. Only of
learners whose choices have moved within the last minute is it asked how they stand.
"""

from collections import defaultdict
from typing import NamedTuple

from django.db import connection

from providers.models import Area
from reporting.models import Category, CountedArea, PublishedFigure
from reporting.queries.guarantee import GUARANTEE_YEARS
from reporting.queries.lights import Light


class AreaCount(NamedTuple):
    """So many of one area's cohort stand alike."""

    area_id: int
    entry_year: int
    year_group: int
    light: str
    category: str
    is_late: bool
    number: int


COLUMNS = "area_id, entry_year, year_group, light, category, is_late"
ADDED_UP = f"""
SELECT {COLUMNS}, number FROM reporting_standingcount {{here}}
UNION ALL SELECT {COLUMNS}, number FROM reporting_standingchange {{here}}"""
ONE_BY_ONE = f"SELECT {COLUMNS}, 1 AS number FROM reporting_standing {{here}}"
NOTED = f"SELECT {COLUMNS}, number FROM reporting_noted() {{here}}"


def counted(*, area: int | None = None) -> list[AreaCount]:
    """What the counters of all areas, or of one, say: those that were added up, what has changed since, and whoever is
    noted as they are now. One statement, so that a sweep between them is never seen."""
    return _summed(ADDED_UP, area)


def counted_one_by_one() -> list[AreaCount]:
    """The same from the rows that the counters have counted: what they must say."""
    return _summed(ONE_BY_ONE, None)


def _summed(counters: str, area: int | None) -> list[AreaCount]:
    here = "" if area is None else "WHERE area_id = %(area)s::bigint"
    said = f"{counters} UNION ALL {NOTED}".format(here=here)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS}, sum(number)::bigint FROM ({said}) AS said GROUP BY {COLUMNS} HAVING sum(number) <> 0",
            {"area": area},
        )
        return [AreaCount(*row) for row in cursor.fetchall()]


class AreaRow(NamedTuple):
    """One area, or all of them, in one year group. ``published``: the Department's figure of the last September it
    published for the authority, in percent; of Years 11 and 12 together."""

    area: Area | None
    entry_year: int | None
    cohort: int
    joined_later: int
    by_light: list[int]
    by_category: list[int]
    published: PublishedFigure | None = None

    @property
    def everybody(self) -> int:
        return self.cohort + self.joined_later

    @property
    def offers(self) -> int:
        return self.by_light[list(Light).index(Light.OFFER)]

    @property
    def offer_percent(self) -> float | None:
        return round(100 * self.offers / self.cohort, 1) if self.cohort else None


def area_rows() -> dict[int, tuple[AreaRow, list[AreaRow]]]:
    """By year group all areas together, and each by name with what was published of it. Three queries."""
    areas = list(CountedArea.objects.select_related("area").order_by("area__name"))
    published = newest_published()
    found: dict[tuple[int, int, int], list[AreaCount]] = defaultdict(list)
    for one in counted():
        found[one.year_group, one.area_id, one.entry_year].append(one)
    rows = {}
    for year_group in GUARANTEE_YEARS:
        of_areas = [found[year_group, held.area_id, held.entry_year] for held in areas]
        together = _row(None, None, [one for each in of_areas for one in each], published.get("ENG"))
        rows[year_group] = (
            together,
            [
                _row(held.area, held.entry_year, each, published.get(held.area.authority_id or ""))
                for held, each in zip(areas, of_areas, strict=True)
            ],
        )
    return rows


def newest_published() -> dict[str, PublishedFigure]:
    """The newest published share of offers of each authority by its code, and of England under "ENG"."""
    figures = PublishedFigure.objects.filter(category=Category.OFFER_MADE, level__in=["authority", "national"])
    return {("ENG" if one.level == "national" else one.code): one for one in figures.order_by("september", "pk")}


def _row(
    area: Area | None, entry_year: int | None, found: list[AreaCount], published: PublishedFigure | None
) -> AreaRow:
    late = sum(one.number for one in found if one.is_late)
    return AreaRow(
        area,
        entry_year,
        sum(one.number for one in found) - late,
        late,
        [sum(one.number for one in found if one.light == light) for light in Light],
        [sum(one.number for one in found if one.category == each) for each in Category],
        published,
    )

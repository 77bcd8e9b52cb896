"""How fresh each area's courses are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from providers.models import Area


class Freshness(TextChoices):
    FRESH = "fresh", _("Fresh")
    AGEING = "ageing", _("Getting old")
    OLD = "old", _("Old")
    UNKNOWN = "unknown", _("Not checked yet")


COLOURS = {Freshness.FRESH: "green", Freshness.AGEING: "yellow", Freshness.OLD: "red", Freshness.UNKNOWN: "grey"}

# The middle one in the order of their days, the older one of two: more than half of the courses were checked on that
# day or later. A course nobody has checked is older than all others. Counts are those of search.
AREAS = """
SELECT s.area_id, count(*)::int, count(DISTINCT s.provider_id)::int, max(c.changed_at), max(c.checked_on),
       nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(c.checked_on, '0001-01-01'::date)), '0001-01-01'),
       (SELECT max(f.succeeded_at) FROM prospectus_feed f WHERE f.area_id = s.area_id AND f.state IN ('on', 'failing'))
FROM prospectus_coursesearch s JOIN prospectus_course c ON c.id = s.course_id
WHERE s.is_lead AND s.area_id = ANY(%s) GROUP BY 1
"""


def freshness(checked_on: dt.date | None, *, fresh_days: int) -> Freshness:
    """Fresh for so many days after a check, getting old for as many again, then old."""
    if checked_on is None:
        return Freshness.UNKNOWN
    days = (clock.today() - checked_on).days
    if days <= fresh_days:
        return Freshness.FRESH
    return Freshness.AGEING if days <= 2 * fresh_days else Freshness.OLD


@dataclass(frozen=True, kw_only=True)
class AreaState:
    """What an area has in the prospectus, and how lately most of it was checked."""

    area: Area
    courses: int = 0
    providers: int = 0
    changed_at: dt.datetime | None = None
    checked_on: dt.date | None = None  # the latest check of any course
    mostly_checked_on: dt.date | None = None  # more than half were checked on this day or later
    fetched_at: dt.datetime | None = None  # when the area's own system last said how its courses stand

    @property
    def freshness(self) -> Freshness:
        return freshness(self.mostly_checked_on, fresh_days=self.area.fresh_days)

    @property
    def colour(self) -> str:
        return COLOURS[self.freshness]

    @property
    def checked_words(self) -> str:
        """ "in the last 3 days", to follow "Most courses were checked"."""
        if self.mostly_checked_on is None:
            return ""
        days = (clock.today() - self.mostly_checked_on).days
        if days <= 1:
            return gettext("today") if days <= 0 else gettext("since yesterday")
        return gettext("in the last %(days)s days") % {"days": days}


def areas_state(areas: Sequence[Area]) -> list[AreaState]:
    """The state of these areas, in their order; one statement for all of them."""
    with connection.cursor() as cursor:
        cursor.execute(AREAS, [[area.pk for area in areas]])
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    fields = ("courses", "providers", "changed_at", "checked_on", "mostly_checked_on", "fetched_at")
    return [AreaState(area=area, **dict(zip(fields, rows.get(area.pk, ()), strict=False))) for area in areas]


def area_state(slug: str) -> AreaState | None:
    """The state of one area; None where there is none of that name."""
    area = Area.objects.filter(slug=slug).first()
    return areas_state([area])[0] if area else None

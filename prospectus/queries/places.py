"""Where "near" is: the middle of a postcode's district, and how far each site is from it."""

import math
import re
from dataclasses import dataclass, field

from django.db import connection

from providers.models import Outcode

MILES = (3, 5, 10, 20, 50)
FARTHEST = MILES[-1]
WHOLE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})?")
MILES_PER_DEGREE = 69.1

# Great-circle distance, on a globe: at prospectus distances the flattening of the earth is a few yards.
NEAR_SITES = """
SELECT id, miles FROM (
    SELECT s.id, 3958.8 * 2 * asin(least(1, sqrt(
               power(sin(radians(s.latitude - %(latitude)s) / 2), 2) + cos(radians(%(latitude)s)) *
               cos(radians(s.latitude)) * power(sin(radians(s.longitude - %(longitude)s) / 2), 2)))) AS miles
    FROM providers_site s
    WHERE s.latitude BETWEEN %(latitude)s - %(up)s AND %(latitude)s + %(up)s
      AND s.longitude BETWEEN %(longitude)s - %(along)s AND %(longitude)s + %(along)s
) AS site WHERE miles <= %(miles)s
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somewhere to measure from. Only the first half of a postcode is placed, so every distance is "about"."""

    postcode: str
    latitude: float
    longitude: float
    miles: int
    sites: tuple[tuple[int, float], ...] = field(default=(), repr=False)  # (site, miles), to the farthest radius

    @property
    def near(self) -> tuple[tuple[int, float], ...]:
        """The sites within the radius."""
        return tuple((site, miles) for site, miles in self.sites if miles <= self.miles)

    @property
    def wider(self) -> tuple[int, ...]:
        """The radii beyond this one."""
        return tuple(miles for miles in MILES if miles > self.miles)


def place_of(postcode: str, *, miles: int | None = None) -> Place | None:
    """The place of a postcode or its first half; None when there is no such district.

    Without a radius it is 5 miles from a whole postcode and 10 from a first half, which may be a whole town.
    """
    found = WHOLE.fullmatch(postcode.strip().upper())
    outcode = Outcode.objects.filter(pk=found[1]).first() if found else None
    if found is None or outcode is None:
        return None
    values = {
        "latitude": outcode.latitude,
        "longitude": outcode.longitude,
        "miles": FARTHEST,
        "up": FARTHEST / MILES_PER_DEGREE * 1.02,
        "along": FARTHEST / (MILES_PER_DEGREE * max(math.cos(math.radians(outcode.latitude)), 0.1)) * 1.02,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEAR_SITES, values)
        sites = tuple(cursor.fetchall())
    return Place(
        postcode=" ".join(part for part in found.groups() if part),
        latitude=outcode.latitude,
        longitude=outcode.longitude,
        miles=miles or (5 if found[2] else 10),
        sites=sites,
    )

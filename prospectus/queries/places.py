"""Where "near" is: a postcode, the middle of its district, a town or an area, and how far each site is from it."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

MILES = (1, 3, 5, 10, 20)
FARTHEST = MILES[-1]
# Without a radius: somebody who knows their whole postcode can be given what is close; the first half may be a whole
# town, and an area is several of them. A town is measured from the middle of its own sites, so 5 miles is all of it.
USUAL = {"postcode": 5, "outcode": 10, "town": 5, "area": 10}
WHOLE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})?")
MILES_PER_DEGREE = 69.1


def miles_between(one: str, other: str) -> str:
    """SQL for the miles between two rows that have a latitude and a longitude.

    The great circle of a globe: at prospectus distances the flattening of the earth is a few yards.
    """
    return (
        f"3958.8 * 2 * asin(least(1, sqrt(power(sin(radians({one}.latitude - {other}.latitude) / 2), 2) + "
        f"cos(radians({other}.latitude)) * cos(radians({one}.latitude)) * "
        f"power(sin(radians({one}.longitude - {other}.longitude) / 2), 2))))"
    )


NEAR_SITES = f"""
WITH place AS ({{place}})
SELECT place.latitude, place.longitude, place.is_exact, near.id, near.miles FROM place LEFT JOIN LATERAL (
    SELECT id, miles FROM (
        SELECT s.id, {miles_between("s", "place")} AS miles
        FROM providers_site s
        WHERE s.latitude BETWEEN place.latitude - %(up)s AND place.latitude + %(up)s
          AND abs(s.longitude - place.longitude) <= %(up)s / greatest(cos(radians(place.latitude)), 0.1)
    ) AS site WHERE miles <= %(miles)s) AS near ON true
"""
HERE = "SELECT %(latitude)s::float8 AS latitude, %(longitude)s::float8 AS longitude, false AS is_exact"
# A postcode is where it is if a site has it and knows where that is; otherwise somewhere in its district.
POSTCODES = """
SELECT latitude, longitude, true AS is_exact FROM providers_site
WHERE replace(postcode, ' ', '') = %(whole)s AND is_exact AND latitude IS NOT NULL AND longitude IS NOT NULL
UNION ALL SELECT latitude, longitude, false FROM providers_outcode WHERE code = %(outcode)s
ORDER BY 3 DESC, 1, 2 LIMIT 1
"""
# Towns are those of the sites, areas those of the providers: a place without a course is no help to anybody. The
# longest name first ("north moor park" before "north moor"), then the own area's, then the one with more sites.
NAMES = """
WITH placed AS (
    SELECT s.town, a.id AS area_id, a.name AS area, s.latitude, s.longitude
    FROM providers_site s JOIN providers_organisation o ON o.id = s.organisation_id
    JOIN providers_area a ON a.id = o.area_id
    WHERE s.ended_on IS NULL AND s.latitude IS NOT NULL AND s.longitude IS NOT NULL
      AND (lower(s.town) = ANY(%(names)s) OR lower(a.name) = ANY(%(names)s))
)
SELECT 'town' AS kind, min(town) AS name, avg(latitude), avg(longitude), count(*) AS sites, area_id
FROM placed WHERE lower(town) = ANY(%(names)s) GROUP BY lower(town), area_id
UNION ALL
SELECT 'area', area, avg(latitude), avg(longitude), count(*), area_id
FROM placed WHERE lower(area) = ANY(%(names)s) GROUP BY area, area_id
"""
SAID = re.compile(
    r"\b(?:near|in|around|close to)\s+((?:[^\W\d_][\w'’.-]*)(?:\s+[^\W\d_][\w'’.-]*){0,3})", re.IGNORECASE
)
MOST_WORDS = 4


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somewhere to measure from. Distances are "about", but from a postcode whose own coordinates are known."""

    postcode: str  # or the name of the town or area
    latitude: float
    longitude: float
    miles: int
    is_exact: bool = False
    sites: tuple[tuple[int, float], ...] = field(default=(), repr=False)  # (site, miles), to the farthest radius

    @property
    def near(self) -> tuple[tuple[int, float], ...]:
        """The sites within the radius."""
        return tuple((site, miles) for site, miles in self.sites if miles <= self.miles)

    @property
    def wider(self) -> tuple[int, ...]:
        """The radii beyond this one."""
        return tuple(miles for miles in self.radii if miles > self.miles)

    @property
    def radii(self) -> tuple[int, ...]:
        """The radii that say something here: a mile from the middle of a district may be anywhere in it."""
        return MILES if self.is_exact else MILES[1:]


def place_of(typed: str, *, miles: int | None = None, own_area: int | None = None) -> Place | None:
    """The place of a postcode, of its first half, of a town or of an area; None when there is no such place.

    Without a radius it is the usual one for what was typed. Of two towns of one name, the own area's is meant.
    """
    whole = WHOLE.fullmatch(typed.strip().upper())
    if not whole:
        named = _named([" ".join(typed.lower().split())], own_area=own_area)
        return _place(*named[1:3], HERE, named[3], miles=miles) if named else None
    kind = "postcode" if whole[2] else "outcode"
    values = {"whole": "".join(part for part in whole.groups() if part), "outcode": whole[1]}
    return _place(kind, " ".join(part for part in whole.groups() if part), POSTCODES, values, miles=miles)


def take_place(text: str, *, miles: int | None = None, own_area: int | None = None) -> tuple[str, Place | None, str]:
    """The text without "in Northmoor", where that is, and the words that said so; as it is when they name no place."""
    said: dict[str, re.Match[str]] = {}
    for found in SAID.finditer(text[:300]):
        words = found[1].lower().split()
        for size in range(1, min(len(words), MOST_WORDS) + 1):
            said.setdefault(" ".join(words[:size]), found)
    named = _named(list(said), own_area=own_area) if said else None
    if named is None:
        return text, None, ""
    key, kind, name, values = named
    found = said[key]
    end = found.start(1)
    for word in key.split():
        end = text.lower().index(word, end) + len(word)
    place = _place(kind, name, HERE, values, miles=miles)
    return f"{text[: found.start()]} {text[end:]}", place, text[found.start() : end]


def _named(names: list[str], *, own_area: int | None) -> tuple[str, str, str, dict[str, Any]] | None:
    """(as typed, kind, name, coordinates) of the town or area that has one of these names."""
    names = [name for name in names if name and "\x00" not in name]
    if not names:
        return None
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"names": names})
        found = cursor.fetchall()
    if not found:
        return None
    found.sort(key=lambda row: (-len(row[1]), row[0] == "area", row[5] != own_area, -row[4], row[5]))
    kind, name, latitude, longitude, *_ = found[0]
    return name.lower(), kind, name, {"latitude": latitude, "longitude": longitude}


def _place(kind: str, name: str, where: str, values: dict[str, Any], *, miles: int | None) -> Place | None:
    values |= {"miles": FARTHEST, "up": FARTHEST / MILES_PER_DEGREE * 1.02}
    with connection.cursor() as cursor:
        cursor.execute(NEAR_SITES.format(place=where), values)
        rows = cursor.fetchall()
    if not rows:
        return None
    latitude, longitude, is_exact = rows[0][:3]
    return Place(
        postcode=name,
        latitude=latitude,
        longitude=longitude,
        # An old address may ask for a radius that there is no more.
        miles=miles if miles and miles in (MILES if is_exact else MILES[1:]) else USUAL[kind],
        is_exact=is_exact,
        sites=tuple((site, distance) for *_, site, distance in rows if site),
    )

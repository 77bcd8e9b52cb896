"""Where the courses of a search are: its sites as pins, and the rest of them in words."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from core.figures import Pin, PinMap, Spot, pin_map
from prospectus.queries.matching import Matching, matching
from prospectus.queries.search import CourseQuery

MOST_SITES = 150  # the nearest with a place, else those with most courses; the page says how many more there are

# One row per provider and site. What has no site, or one whose place is not known, comes too: it is listed without a
# pin. Sites are read only for the rows that are shown.
SITES = f"""
SELECT found.site_id, o.reference, o.name, coalesce(s.name, ''), coalesce(s.address, ''), coalesce(s.town, ''),
       coalesce(s.postcode, ''), s.latitude, s.longitude, found.courses, found.miles, found.is_online,
       found.all_sites
FROM (
    SELECT provider_id, site_id, count(DISTINCT course_id)::int AS courses, min(near.miles) AS miles,
           bool_and(delivery = 'online') AS is_online, count(*) OVER ()::int AS all_sites
    FROM prospectus_coursesearch
    LEFT JOIN unnest(%(near_sites)s::bigint[], %(near_miles)s::float8[]) AS near (near_site, miles)
           ON near_site = site_id
    WHERE {{where}} GROUP BY provider_id, site_id
    ORDER BY min(near.miles) NULLS LAST, 3 DESC, provider_id, site_id LIMIT {MOST_SITES}) AS found
JOIN providers_organisation o ON o.id = found.provider_id
LEFT JOIN providers_site s ON s.id = found.site_id
ORDER BY found.miles NULLS LAST, found.courses DESC, o.name, s.name, found.site_id
"""


FIELDS = (
    "key", "provider_reference", "provider", "name", "address", "town", "postcode", "latitude", "longitude", "courses",
    "miles", "is_online",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SiteFound:
    """A site and how many of the courses are there. Without a site: a provider whose courses name none."""

    key: int | None
    provider_reference: str
    provider: str
    name: str
    address: str
    town: str
    postcode: str
    latitude: float | None
    longitude: float | None
    courses: int
    miles: float | None
    is_online: bool

    @property
    def words(self) -> str:
        """The site and whose it is; many a site is called after its provider."""
        if not self.name or self.provider.casefold() in self.name.casefold():
            return self.name or self.provider
        return f"{self.name}, {self.provider}"

    @property
    def spot(self) -> Spot | None:
        if self.key is None or self.latitude is None or self.longitude is None:
            return None
        return Spot(key=self.key, latitude=self.latitude, longitude=self.longitude, town=self.town)


@dataclass(frozen=True, kw_only=True)
class PinFound:
    """A numbered pin and the sites it stands for."""

    pin: Pin
    sites: list[SiteFound]

    @property
    def courses(self) -> int:
        return sum(site.courses for site in self.sites)

    @property
    def words(self) -> str:
        """What the pin is called."""
        if len(self.sites) == 1:
            return self.sites[0].words
        towns = sorted({site.town for site in self.sites if site.town})
        if len(towns) == 1:
            words = ngettext("%(number)s site in %(town)s", "%(number)s sites in %(town)s", len(self.sites))
            return words % {"number": len(self.sites), "town": towns[0]}
        return ngettext("%(number)s site", "%(number)s sites", len(self.sites)) % {"number": len(self.sites)}


@dataclass(frozen=True, kw_only=True)
class CourseMap:
    """The answer: the picture, its pins, the sites too far to be drawn with them, and those with no known place."""

    found: Matching
    figure: PinMap
    pins: list[PinFound]
    beyond: list[SiteFound]
    unplaced: list[SiteFound]
    more: int  # sites that are not shown at all

    @property
    def drawn(self) -> int:
        """How many sites stand on the map."""
        return sum(len(pin.sites) for pin in self.pins)

    @property
    def points(self) -> dict[str, object]:
        """The same pins for a map that can be moved, as GeoJSON."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [site.longitude, site.latitude]},
                    "properties": {
                        "number": pin.pin.number,
                        "name": site.words,
                        "courses": site.courses,
                    },
                }
                for pin in self.pins
                for site in pin.sites
            ],
        }


def course_map(query: CourseQuery) -> CourseMap:
    """Where the courses are that this question finds. No course is loaded: sites and counts only."""
    found = matching(query)
    rows = found.rows(SITES) if found.courses else []
    sites = [SiteFound(**dict(zip(FIELDS, row[:-1], strict=True))) for row in rows]
    place = found.query.place
    near = {key for key, _ in place.near} if place else None
    spots = {site.key: site.spot for site in sites if site.spot and (near is None or site.key in near)}
    # Two providers may teach at one site: it has one pin.
    figure = pin_map(
        list(spots.values()),
        around=(place.latitude, place.longitude) if place else None,
        miles=place.miles if place else 0,
    )
    by_site: dict[int | None, list[SiteFound]] = {}
    for site in sites:
        by_site.setdefault(site.key, []).append(site)
    pins = [PinFound(pin=pin, sites=[site for key in pin.keys for site in by_site[key]]) for pin in figure.pins]
    drawn = {key for pin in figure.pins for key in pin.keys}
    return CourseMap(
        found=found,
        figure=figure,
        pins=pins,
        beyond=[site for site in sites if site.spot and site.key not in drawn],
        unplaced=[site for site in sites if not site.spot],
        more=max(rows[0][-1] - len(rows), 0) if rows else 0,
    )

"""A map of circles as large as their numbers, at places true to each other. The table beside it says all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.figures.pins import LONGEST_BAR, MILES_PER_DEGREE, NICE_MILES, SMALLEST_MILES

WIDTH = 340.0
TALLEST, LOWEST = 360.0, 200.0
EDGE = 30.0  # the largest circle at the edge is whole
LARGEST, LEAST = 26.0, 5.0
KEY = 24.0
DIGIT = 4.5  # half the width of a digit
MOST = 60  # circles, as many of each kind


@dataclass(frozen=True, kw_only=True)
class Sized:
    """A place to show: its number in the table, which kind it is (from 1), how much is there, and where."""

    number: int
    kind: int
    size: float
    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A circle. ``is_named``: there is room for its number in it."""

    number: int
    kind: int
    x: float
    y: float
    radius: float
    is_named: bool


@dataclass(frozen=True, kw_only=True)
class SpotMap:
    """The picture, the largest circles first so that small ones lie on them."""

    spots: list[Spot]
    key: list[tuple[int, str, float]]
    height: float
    bar_miles: float
    bar_width: float
    width: float = WIDTH


def spot_map(places: Sequence[Sized], *, kinds: Sequence[str]) -> SpotMap:
    """The map of the largest of these places, north at the top; kind by kind a circle's area is its number, and not
    more than a fair part of ``MOST`` are drawn."""
    largest = sorted(places, key=lambda place: (-place.size, place.number))
    of_kind = [[place for place in largest if place.kind == kind] for kind, _text in enumerate(kinds, start=1)]
    drawn = {place.number for part in of_kind for place in part[: MOST // len(kinds)]}
    places = [place for place in largest if place.number in drawn]
    middle = sum(place.latitude for place in places) / len(places) if places else 0.0
    east = MILES_PER_DEGREE * max(math.cos(math.radians(middle)), 0.1)
    points = [(place.longitude * east, -place.latitude * MILES_PER_DEGREE) for place in places] or [(0.0, 0.0)]
    left, right = _widened([x for x, _y in points])
    top, bottom = _widened([y for _x, y in points])
    scale = min((WIDTH - 2 * EDGE) / (right - left), (TALLEST - 2 * EDGE) / (bottom - top))
    ground = max((bottom - top) * scale + 2 * EDGE, LOWEST)
    most = {place.kind: max(one.size for one in places if one.kind == place.kind) or 1 for place in places}
    spots: list[Spot] = []
    for place, (x, y) in zip(places, points, strict=False):
        at_x = round(WIDTH / 2 + (x - (left + right) / 2) * scale, 1)
        at_y = round(ground / 2 + (y - (top + bottom) / 2) * scale, 1)
        radius = round(max(LARGEST * math.sqrt(place.size / most[place.kind]), LEAST), 1)
        is_free = all(math.dist((at_x, at_y), (one.x, one.y)) > 4 * DIGIT for one in spots if one.is_named)
        is_named = is_free and radius >= DIGIT * len(str(place.number)) + 2
        spots.append(Spot(number=place.number, kind=place.kind, x=at_x, y=at_y, radius=radius, is_named=is_named))
    bar = max((miles for miles in NICE_MILES if miles * scale <= LONGEST_BAR), default=NICE_MILES[0])
    key = [(kind, text, round(ground + 8 + KEY * (kind - 1), 1)) for kind, text in enumerate(kinds, start=1)]
    return SpotMap(
        spots=spots, key=key, height=round(ground + 8 + KEY * len(kinds), 1), bar_miles=bar,
        bar_width=round(bar * scale, 1),
    )  # fmt: skip


def _widened(places: list[float]) -> tuple[float, float]:
    spare = max((SMALLEST_MILES - (max(places) - min(places))) / 2, 0.0)
    return min(places) - spare, max(places) + spare

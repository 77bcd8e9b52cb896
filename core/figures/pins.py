"""A map of numbered pins without a map: places true to each other, a scale, and names. The list beside it says all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

WIDTH = 340.0
TALLEST, LOWEST = 360.0, 200.0
EDGE = 26.0  # a pin at the edge is whole
RADIUS = 15.0  # 25 pixels across on a screen of 320, where the picture is 290 wide
GAP = 32.0  # pins are never nearer than this
MOST_PINS = 60
LETTER = 7.4  # the width of a letter of a name, on average, and rather more than less
LINE = 16.0
MILES_PER_DEGREE = 69.1
NICE_MILES = (0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
LONGEST_BAR = 120.0
FEW = 3  # so few spots would otherwise all stand at the edges
AROUND_FEW = 0.3  # of the way between them, on each side
SMALLEST_MILES = 2.0  # a single place is still drawn with some land around it


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place to show: where, and in which town."""

    key: int
    latitude: float
    longitude: float
    town: str = ""


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A number on the map, for one spot or for several that stand too close to part."""

    number: int
    x: float
    y: float
    keys: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Word:
    """The name of a town, where it covers neither a pin nor another name."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class PinMap:
    """The picture. ``beyond`` are the spots too far from the others to be drawn with them."""

    height: float
    pins: list[Pin] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    beyond: tuple[int, ...] = ()
    bar_miles: float = 1
    bar_width: float = 0
    middle: tuple[float, float] | None = None  # the place asked about
    ring: float = 0  # its radius
    width: float = WIDTH
    radius: float = RADIUS


def pin_map(
    spots: Sequence[Spot], *, around: tuple[float, float] | None = None, miles: float = 0, most: int = MOST_PINS
) -> PinMap:
    """The map of these spots, numbered in their order; ``around`` a latitude and longitude, out to so many miles."""
    if not spots and around is None:
        return PinMap(height=LOWEST)
    latitude, longitude = around or (median(spot.latitude for spot in spots), median(spot.longitude for spot in spots))
    east = MILES_PER_DEGREE * max(math.cos(math.radians(latitude)), 0.1)
    flat = {
        spot.key: ((spot.longitude - longitude) * east, (latitude - spot.latitude) * MILES_PER_DEGREE) for spot in spots
    }
    reach = miles * 1.02 if around else _reach(list(flat.values()))
    drawn = [spot for spot in spots if math.hypot(*flat[spot.key]) <= reach]
    corners = [(-miles, -miles), (miles, miles)] if around else [flat[spot.key] for spot in drawn]
    spare = AROUND_FEW if len(drawn) <= FEW and not around else 0
    left, right = _widened(min(x for x, _ in corners), max(x for x, _ in corners), spare)
    top, bottom = _widened(min(y for _, y in corners), max(y for _, y in corners), spare)
    scale = min((WIDTH - 2 * EDGE) / (right - left), (TALLEST - 2 * EDGE) / (bottom - top))
    height = max((bottom - top) * scale + 2 * EDGE, LOWEST)

    def on_paper(point: tuple[float, float]) -> tuple[float, float]:
        x = WIDTH / 2 + (point[0] - (left + right) / 2) * scale
        y = height / 2 + (point[1] - (top + bottom) / 2) * scale
        return round(x, 1), round(y, 1)

    points = [(spot, on_paper(flat[spot.key])) for spot in drawn]
    pins = _pins(points, most=most)
    bar = max((miles for miles in NICE_MILES if miles * scale <= LONGEST_BAR), default=NICE_MILES[0])
    return PinMap(
        height=round(height, 1),
        pins=pins,
        words=_words(points, pins, height),
        beyond=tuple(spot.key for spot in spots if math.hypot(*flat[spot.key]) > reach),
        bar_miles=bar,
        bar_width=round(bar * scale, 1),
        middle=on_paper((0, 0)) if around else None,
        ring=round(miles * scale, 1),
    )


def _reach(points: list[tuple[float, float]]) -> float:
    """How far from the middle the map goes: one place in Cornwall must not squeeze all of Northmoor into one pin."""
    ways = sorted(math.hypot(*point) for point in points)
    usual = ways[int(len(ways) * 0.75) - 1] if len(ways) > 3 else ways[-1]
    return max(4 * usual, 5.0)


def _widened(low: float, high: float, spare: float) -> tuple[float, float]:
    missing = max((SMALLEST_MILES - (high - low)) / 2, (high - low) * spare)
    return low - missing, high + missing


def _pins(points: list[tuple[Spot, tuple[float, float]]], *, most: int) -> list[Pin]:
    """Spots in their order; one that would touch an earlier pin shares it. The gap grows until there are few enough."""
    gap = GAP
    while True:
        held: list[tuple[tuple[float, float], list[int]]] = []
        for spot, point in points:
            near = [entry for entry in held if math.dist(entry[0], point) < gap]
            if near:
                min(near, key=lambda entry: math.dist(entry[0], point))[1].append(spot.key)
            else:
                held.append((point, [spot.key]))
        if len(held) <= most:
            return [
                Pin(number=number, x=x, y=y, keys=tuple(keys)) for number, ((x, y), keys) in enumerate(held, start=1)
            ]
        gap *= 1.2


def _words(points: list[tuple[Spot, tuple[float, float]]], pins: list[Pin], height: float) -> list[Word]:
    """The towns with most spots first, each name under, over or beside its spots, where it covers nothing."""
    towns: dict[str, list[tuple[float, float]]] = {}
    for spot, point in points:
        if spot.town:
            towns.setdefault(spot.town, []).append(point)
    taken = [(pin.x - RADIUS, pin.y - RADIUS, pin.x + RADIUS, pin.y + RADIUS) for pin in pins]
    taken.append((0, height - 34, 150, height))  # the scale
    taken.append((WIDTH - 30, 0, WIDTH, 44))  # north
    words = []
    for town, places in sorted(towns.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        half = len(town) * LETTER / 2
        for x, y in places:
            for aside, down in ((0, RADIUS + LINE), (0, -RADIUS - 5), (RADIUS + 4 + half, 5), (-RADIUS - 4 - half, 5)):
                box = (x + aside - half, y + down - LINE + 4, x + aside + half, y + down + 4)
                is_inside = box[0] >= 2 and box[2] <= WIDTH - 2 and box[1] >= 2 and box[3] <= height - 2
                if is_inside and not any(_meet(box, other) for other in taken):
                    words.append(Word(text=town, x=round(x + aside, 1), y=round(y + down, 1)))
                    taken.append(box)
                    break
            else:
                continue
            break
    return words


def _meet(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]

"""Two or three sets as circles whose areas, and whose shared areas two by two, are true to the numbers."""

import math
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

WIDTH = 340.0
TALLEST = 280.0
EDGE = 6.0  # clear space around the circles
APART = 0.06  # circles with nothing in common stand this part of their radii apart
STEPS = 300
GRID = 60
ROOM = 9.0  # a number needs this much space around its middle


@dataclass(frozen=True, kw_only=True)
class Circle:
    """One set. ``position`` counts from 1; an empty set has no circle."""

    position: int
    size: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True, kw_only=True)
class Region:
    """What is in these sets (positions from 1) and in no other. Without a place there is no room for its number."""

    positions: tuple[int, ...]
    size: int
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True, kw_only=True)
class Venn:
    """The picture: circles, and each region that holds something. ``is_true`` says whether all pairs came out right.

    Three circles cannot always be: with "A and B, B and C, never A and C" they can, with other numbers they are as near
    as circles get. The numbers written in them are exact.
    """

    circles: list[Circle]
    regions: list[Region]
    height: float
    is_true: bool
    width: float = WIDTH


def lens_area(first: float, second: float, distance: float) -> float:
    """The area that two circles of these radii share."""
    if distance >= first + second:
        return 0.0
    small = min(first, second)
    if distance <= abs(first - second):
        return math.pi * small**2
    # Two circular segments: each a sector without its triangle.
    reach = (distance**2 + first**2 - second**2) / (2 * distance)
    one = first**2 * math.acos(_cosine(reach / first))
    two = second**2 * math.acos(_cosine((distance - reach) / second))
    corner = (-distance + first + second) * (distance + first - second) * (distance - first + second)
    return one + two - math.sqrt(max(corner * (distance + first + second), 0.0)) / 2


def parts_of(sets: int) -> list[tuple[int, ...]]:
    """What so many sets divide into: positions from 1, those in most sets first."""
    return [positions for many in range(sets, 0, -1) for positions in combinations(range(1, sets + 1), many)]


def venn_of_parts(numbers: Sequence[int], *, sets: int) -> Venn:
    """The picture of sets of which only the numbers of their parts are known, in the order of ``parts_of``."""
    parts = list(zip(parts_of(sets), numbers, strict=True))
    return venn_of([
        {(positions, one) for positions, number in parts if position in positions for one in range(number)}
        for position in range(1, sets + 1)
    ])  # fmt: skip


def venn_of(sets: Sequence[AbstractSet[Hashable]]) -> Venn:
    """The picture of two or three sets, whichever way they lie: apart, across each other, inside each other, empty."""
    present = [index for index, members in enumerate(sets) if members]
    radii = {index: math.sqrt(len(sets[index]) / math.pi) for index in present}
    spans = {
        (one, two): _span(radii[one], radii[two], len(sets[one] & sets[two])) for one, two in combinations(present, 2)
    }
    middles = _relaxed(radii, spans)
    is_true = all(
        low - 0.02 * (radii[one] + radii[two]) <= math.dist(middles[one], middles[two])
        and math.dist(middles[one], middles[two]) <= high + 0.02 * (radii[one] + radii[two])
        for (one, two), (low, high) in spans.items()
    )
    circles, height = _fitted(sets, radii, middles)
    return Venn(circles=circles, regions=_regions(sets, circles, height), height=height, is_true=is_true)


def _cosine(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _span(first: float, second: float, shared: int) -> tuple[float, float]:
    """How far apart the middles may be, from and to, so that the circles share this area."""
    if not shared:
        return (first + second) * (1 + APART), math.inf
    inside = abs(first - second)
    if shared >= math.pi * min(first, second) ** 2 - 1e-9:
        return 0.0, inside
    low, high = inside, first + second
    for _ in range(60):
        middle = (low + high) / 2
        if lens_area(first, second, middle) > shared:
            low = middle
        else:
            high = middle
    return low, low


def _relaxed(
    radii: dict[int, float], spans: dict[tuple[int, int], tuple[float, float]]
) -> dict[int, tuple[float, float]]:
    """Middles that keep every distance inside its span, or as near as can be: each pair pulls or pushes in turn."""
    starts = [(-1.0, 0.0), (1.0, 0.0), (0.0, 1.5)]
    middles = {index: starts[place] for place, index in enumerate(sorted(radii))}
    for step in range(STEPS):
        for (one, two), (low, high) in spans.items():
            # At first as close as they may be, so that the picture is compact; later anywhere in the span will do.
            most = (high if high < math.inf else low) if step < STEPS / 2 else high
            least = most if step < STEPS / 2 else low
            (ax, ay), (bx, by) = middles[one], middles[two]
            distance = math.dist(middles[one], middles[two])
            wanted = max(least, min(distance, most))
            along, up = ((bx - ax) / distance, (by - ay) / distance) if distance > 1e-9 else (1.0, 0.0)
            move = (wanted - distance) / 2
            middles[one] = (ax - along * move, ay - up * move)
            middles[two] = (bx + along * move, by + up * move)
    return middles


def _fitted(
    sets: Sequence[AbstractSet[Hashable]], radii: dict[int, float], middles: dict[int, tuple[float, float]]
) -> tuple[list[Circle], float]:
    """The circles in the picture's own units, and the height they need."""
    if not radii:
        return [], 2 * EDGE
    left = min(middles[index][0] - radius for index, radius in radii.items())
    right = max(middles[index][0] + radius for index, radius in radii.items())
    top = min(middles[index][1] - radius for index, radius in radii.items())
    bottom = max(middles[index][1] + radius for index, radius in radii.items())
    scale = min((WIDTH - 2 * EDGE) / (right - left), (TALLEST - 2 * EDGE) / (bottom - top))
    aside = (WIDTH - (right - left) * scale) / 2
    circles = [
        Circle(
            position=index + 1,
            size=len(sets[index]),
            x=round(aside + (middles[index][0] - left) * scale, 2),
            y=round(EDGE + (middles[index][1] - top) * scale, 2),
            radius=round(radius * scale, 2),
        )
        for index, radius in radii.items()
    ]
    return circles, round((bottom - top) * scale + 2 * EDGE, 2)


def _regions(sets: Sequence[AbstractSet[Hashable]], circles: list[Circle], height: float) -> list[Region]:
    """Every region that holds something, those in most sets first, each with the roomiest place for its number."""
    roomiest: dict[tuple[int, ...], tuple[float, float, float]] = {}
    for row in range(GRID):
        for column in range(GRID):
            x, y = (column + 0.5) * WIDTH / GRID, (row + 0.5) * height / GRID
            ways = [(circle, math.dist((x, y), (circle.x, circle.y))) for circle in circles]
            held = tuple(circle.position for circle, way in ways if way < circle.radius)
            room = min((abs(circle.radius - way) for circle, way in ways), default=0.0)
            if held and room > roomiest.get(held, (0.0,))[0]:
                roomiest[held] = (room, round(x, 1), round(y, 1))
    found = []
    for positions in parts_of(len(sets)):
        inside = set.intersection(*(set(sets[position - 1]) for position in positions))
        size = len(inside.difference(*(sets[other] for other in range(len(sets)) if other + 1 not in positions)))
        room, x, y = roomiest.get(positions, (0.0, 0.0, 0.0))
        if size:
            is_seen = room >= ROOM
            found.append(Region(positions=positions, size=size, x=x if is_seen else None, y=y if is_seen else None))
    return found

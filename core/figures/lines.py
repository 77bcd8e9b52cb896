"""Lines over time: each with dashes of its own, so that no colour has to be told from another."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 340.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 10.0, 12.0, 30.0
DIGITS, DIGIT = 4, 9.0  # there is room for so many before the axis; each one more is so wide
MOST_STEPS = 5
NICE = (1, 2, 5)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Words at an axis, and how far along it they stand."""

    text: str
    at: float
    anchor: str = "middle"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line. ``position`` counts from 1. Where a number is missing ``path`` has a gap; ``dots`` are the numbers
    between two gaps, and the last number there is."""

    position: int
    text: str
    path: str
    dots: list[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class LineChart:
    """The picture: lines above an axis of days and beside one of numbers that begins at 0."""

    lines: list[Line]
    across: list[Mark]
    up: list[Mark]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    floor: float = HEIGHT - BOTTOM


def lines_of(
    series: Sequence[tuple[str, Sequence[float | None]]], *, labels: Sequence[str], most: float = 0, unit: str = ""
) -> LineChart:
    """The picture of these numbers, each as long as ``labels``; None: there is no number. The axis goes up to ``most``,
    or to a round number above the largest."""
    top = most or max((number for _text, numbers in series for number in numbers if number is not None), default=1)
    step = _step(top)
    steps = max(1, -(-int(top) // step))
    top = steps * step
    left = LEFT + DIGIT * max(0, len(f"{top}{unit}") - DIGITS)

    def place(at: int, number: float) -> tuple[float, float]:
        part = at / (len(labels) - 1) if len(labels) > 1 else 0.5
        x = left + part * (WIDTH - left - RIGHT)
        y = HEIGHT - BOTTOM - number / top * (HEIGHT - BOTTOM - TOP)
        return round(x, 1), round(y, 1)

    lines = []
    for position, (text, numbers) in enumerate(series, start=1):
        points = [None if number is None else place(at, number) for at, number in enumerate(numbers)]
        lines.append(Line(position=position, text=text, path=_path(points), dots=_dots(points)))
    return LineChart(
        lines=lines,
        across=[Mark(text=labels[at], at=place(at, 0)[0], anchor=anchor) for at, anchor in _named_places(len(labels))],
        up=[Mark(text=f"{number * step}{unit}", at=place(0, number * step)[1]) for number in range(steps + 1)],
        left=left,
    )


def _step(top: float) -> int:
    """The smallest round number of which few reach the top."""
    size = 1
    while True:
        for nice in NICE:
            if top <= nice * size * MOST_STEPS:
                return nice * size
        size *= 10


def _named_places(count: int) -> list[tuple[int, str]]:
    """Which days are written under the axis, and by which end: there is room for three."""
    if count < 2:
        return [(0, "middle")] * count
    middle = [(count // 2, "middle")] if count > 4 else []
    return [(0, "start"), *middle, (count - 1, "end")]


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    parts: list[str] = []
    is_drawing = False
    for point in points:
        if point is not None:
            parts.append(f"{'L' if is_drawing else 'M'}{point[0]} {point[1]}")
        is_drawing = point is not None
    return "".join(parts)


def _dots(points: Sequence[tuple[float, float] | None]) -> list[tuple[float, float]]:
    there = [at for at, point in enumerate(points) if point is not None]
    alone = [at for at in there if at - 1 not in there and at + 1 not in there]
    return [point for at in dict.fromkeys([*alone, *there[-1:]]) if (point := points[at]) is not None]

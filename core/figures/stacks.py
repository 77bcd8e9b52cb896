"""Bars in parts that follow each other, drawn with their words: what a table of bars is as a file of its own."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 340.0
ROOM = 52.0  # for the number at the end of the longest bar
LETTERS = 44  # of a name, on one line
LINE = 17.0
BAR = 18.0
GAP = 12.0
KEY = 22.0
LEAST = 22.0  # a number stands in a part that is this wide


@dataclass(frozen=True, kw_only=True)
class StackPart:
    """A part of a bar. ``position`` counts from 1; ``middle`` is where its number stands, if there is room."""

    position: int
    number: float
    x: float
    width: float
    middle: float | None


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One bar under its words. ``end`` is where its number stands: None for one in parts, which have their own."""

    lines: list[tuple[str, float]]
    top: float
    parts: list[StackPart]
    number: float
    end: float | None


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """The picture: bars as long as their numbers, and which part is what."""

    stacks: list[Stack]
    key: list[tuple[int, str, float]] = field(default_factory=list)
    height: float = 0
    width: float = WIDTH
    bar: float = BAR


def stacks_of(rows: Sequence[tuple[str, Sequence[float | None]]], *, parts: Sequence[str]) -> Stacks:
    """The picture of these bars, in their order; None: the number of that part is not said."""
    longest = max((sum(number or 0 for number in numbers) for _text, numbers in rows), default=0) or 1
    scale = (WIDTH - ROOM) / longest
    down = 0.0
    key = []
    if len(parts) > 1:
        for position, text in enumerate(parts, start=1):
            key.append((position, text, down))
            down += KEY
        down += GAP
    stacks = []
    for text, numbers in rows:
        lines = []
        for words in textwrap.wrap(text, LETTERS) or [""]:
            down += LINE
            lines.append((words, round(down - 4, 1)))
        stacks.append(_stack(lines, numbers, top=down, scale=scale))
        down += BAR + GAP
    return Stacks(stacks=stacks, key=key, height=round(down, 1))


def _stack(lines: list[tuple[str, float]], numbers: Sequence[float | None], *, top: float, scale: float) -> Stack:
    drawn, x = [], 0.0
    for position, number in enumerate(numbers, start=1):
        if number:
            width = number * scale
            middle = round(x + width / 2, 1) if width >= LEAST and len(numbers) > 1 else None
            drawn.append(
                StackPart(position=position, number=number, x=round(x, 1), width=round(width, 1), middle=middle)
            )
            x += width
    end = round(x + 6, 1) if len(numbers) == 1 else None
    return Stack(lines=lines, top=round(top, 1), parts=drawn, number=numbers[0] or 0, end=end)

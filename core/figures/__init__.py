"""Geometry of pictures. Templates draw them; every picture is, or comes with, a table or a list.

Drawn 340 units wide, so that the words in them can be read on a phone.
"""

from core.figures.bars import Bar, bars_of
from core.figures.lines import LineChart, lines_of
from core.figures.pins import Pin, PinMap, Spot, Word, pin_map
from core.figures.venn import Circle, Region, Venn, lens_area, venn_of

__all__ = [
    "Bar",
    "Circle",
    "LineChart",
    "Pin",
    "PinMap",
    "Region",
    "Spot",
    "Venn",
    "Word",
    "bars_of",
    "lens_area",
    "lines_of",
    "pin_map",
    "venn_of",
]

"""Geometry of pictures. Templates draw them; every picture is, or comes with, a table or a list.

Drawn 340 units wide, so that the words in them can be read on a phone.
"""

from core.figures.bars import Bar, bars_of
from core.figures.lines import LineChart, lines_of
from core.figures.pins import Pin, PinMap, Spot, Word, pin_map
from core.figures.spots import Sized, SpotMap, spot_map
from core.figures.stacks import Stacks, stacks_of
from core.figures.venn import Circle, Region, Venn, lens_area, parts_of, venn_of, venn_of_parts

__all__ = [
    "Bar",
    "Circle",
    "LineChart",
    "Pin",
    "PinMap",
    "Region",
    "Sized",
    "Spot",
    "SpotMap",
    "Stacks",
    "Venn",
    "Word",
    "bars_of",
    "lens_area",
    "lines_of",
    "parts_of",
    "pin_map",
    "spot_map",
    "stacks_of",
    "venn_of",
    "venn_of_parts",
]

"""Postcodes, and about where they are."""

import re
from typing import NamedTuple

from providers.models import Outcode

OUTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
POSTCODE = re.compile(rf"({OUTCODE})([0-9O][A-Z]{{2}})")


class Place(NamedTuple):
    """Where a postcode is. Not exact: the middle of its district, to be said as "about"."""

    latitude: float
    longitude: float
    is_exact: bool


def normalise_postcode(text: str) -> str:
    """The postcode as the Post Office writes it, "M14 5RX"; empty when it is not one."""
    found = POSTCODE.fullmatch(_letters_and_digits(text))
    # A letter O is often typed where only a zero can be.
    return f"{found[1]} {found[2].replace('O', '0', 1) if found[2].startswith('O') else found[2]}" if found else ""


def outcode_of(text: str) -> str:
    """The first half of a whole, half or half-typed postcode ("M14 5RX", "m14", "M14 5"); empty when it is none."""
    if whole := normalise_postcode(text):
        return whole.partition(" ")[0]
    first, *_rest = text.split() or [""]
    first = _letters_and_digits(first)
    return first if re.fullmatch(OUTCODE, first) else ""


def locate(postcode: str) -> Place | None:
    """About where this postcode, or first half of one, is. None: not known, or no fixed place (ZZ99)."""
    outcode = outcode_of(postcode)
    found = Outcode.objects.filter(pk=outcode).first() if outcode else None
    return Place(found.latitude, found.longitude, is_exact=False) if found else None


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())

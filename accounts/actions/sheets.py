"""The PDF of unlock letters and cards, and its pages beside them."""

import io
import itertools
import json
from collections.abc import Sequence
from typing import Any

import segno
from django.conf import settings

from accounts.models import LetterForm
from core import clock
from core.typesetting import drawable, typeset

TEMPLATES = {
    LetterForm.HAND_OUT: "unlock_letters.typ",
    LetterForm.HOME: "unlock_letters.typ",
    LetterForm.CARD: "unlock_cards.typ",
}


def letters_pdf(
    *,
    school: str,
    address: str,
    letters: list[dict[str, Any]],
    good_until: str = "",
    good_from: str = "",
    form: str = LetterForm.HAND_OUT,
    has_covers: bool = False,
    parents_address: str = "",
    parents_languages: Sequence[str] = (),
    without_address: Sequence[str] = (),
) -> bytes:
    """One accessible PDF (PDF/UA-1): a page for each letter or for ten cards, and what else is wanted.

    A letter has ``name``, ``known_as``, ``group``, ``code`` and, to be posted, ``address``: a list of lines. What
    people are called goes in as data, never as markup, and only fonts that come with the typesetter are used, so the
    result is the same on every machine.
    """
    about = {
        "portal": settings.PORTAL_NAME,
        "school": drawable(school),
        "address": _plain(address),
        "parents_address": _plain(parents_address),
        "good_until": good_until,
        "good_from": good_from,
        "printed_on": f"{clock.today().day} {clock.today():%B %Y}",
        "has_covers": has_covers and form != LetterForm.HOME,
        "parents_languages": list(parents_languages) if parents_address else [],
        "without_address": [drawable(name) for name in without_address],
        "groups": _groups([_drawable(letter) for letter in letters], by_group=form != LetterForm.HOME),
    }
    folder = settings.BASE_DIR / "templates/accounts"
    return typeset(
        {
            "main": (folder / TEMPLATES[LetterForm(form)]).read_bytes(),
            "unlock_parts.typ": (folder / "unlock_parts.typ").read_bytes(),
            "about.json": json.dumps(about).encode(),
            "address.svg": square_code(address),
            "parents.svg": square_code(parents_address or address),
        }
    )


def square_code(address: str) -> bytes:
    """A QR code of an address, as SVG."""
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=2, scale=4)
    return picture.getvalue()


def _plain(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://")


def _drawable(letter: dict[str, Any]) -> dict[str, Any]:
    lines = [drawable(line) for line in letter.get("address", [])]
    return {name: drawable(letter[name]) for name in ("name", "known_as", "group", "code")} | {"address": lines}


def _groups(letters: list[dict[str, Any]], *, by_group: bool) -> list[dict[str, Any]]:
    """The letters of each tutor group, in the order they come; all in one where they are sorted otherwise."""
    parts = itertools.groupby(letters, key=lambda letter: letter["group"] if by_group else "")
    found = [(name, list(part)) for name, part in parts]
    return [{"name": name, "names": [one["name"] for one in part], "letters": part} for name, part in found]

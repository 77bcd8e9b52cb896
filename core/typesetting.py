"""PDFs that people can read aloud, made by typst from a template and data."""

import functools
import json
import unicodedata
from collections import Counter
from typing import Any

import typst


def typeset(files: dict[str, bytes]) -> bytes:
    """One accessible PDF (PDF/UA-1) of the file ``main`` and those it reads.

    Only fonts that come with the typesetter are used, so the result is the same on every machine.
    """
    # The stubs of the package do not know that a dictionary of files is taken, too.
    pdf: bytes = typst.compile(files, format="pdf", pdf_standards="ua-1", ignore_system_fonts=True)  # type: ignore[call-overload]
    return pdf


def pixels_of(svg: bytes) -> bytes:
    """The drawing as PNG, two pixels for each of its units, with the typesetter's own fonts."""
    page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg")'
    files = {"main": page, "drawing.svg": svg}
    # As above. A point of the page is a 72nd of an inch, and a unit of the drawing a 96th.
    png: bytes = typst.compile(files, format="png", ppi=192.0, ignore_system_fonts=True)  # type: ignore[call-overload]
    return png


MOST_SIGNS = 300  # different ones beyond ASCII: each is tried once, and somebody could write a hundred thousand


def all_drawable(value: Any) -> Any:
    """The same lists, names and texts with a question mark for each sign that cannot be drawn, or is beyond those
    ``MOST_SIGNS`` that are used most."""
    text = unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False))
    used = Counter(sign for sign in text if not sign.isascii())
    return _with_signs(value, {sign for sign, _times in used.most_common(MOST_SIGNS)})


def _with_signs(value: Any, signs: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _with_signs(one, signs) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_signs(one, signs) for one in value]
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    text = unicodedata.normalize("NFC", value)
    return drawable("".join(sign if sign.isascii() or sign in signs else "?" for sign in text))


def drawable(text: str) -> str:
    """The text with a question mark for each sign the typesetter has no letter for.

    PDF/UA forbids empty boxes, so one such sign would otherwise stop the whole document.
    """
    text = unicodedata.normalize("NFC", text)
    return text if text.isascii() and text.isprintable() else "".join(sign if _can_draw(sign) else "?" for sign in text)


@functools.cache
def _can_draw(sign: str) -> bool:
    if sign.isascii():
        return sign.isprintable()
    page = '#set document(title: "sign")\n#set text(font: "Libertinus Serif")\n#read("sign.txt")'
    try:
        typeset({"main": page.encode(), "sign.txt": f"a{sign}".encode()})
    except typst.TypstError:
        return False
    return True

"""A statement or CV on paper."""

import json
import unicodedata
from collections import Counter
from typing import Any

from django.conf import settings
from django.utils.formats import date_format

from core import clock
from core.typesetting import drawable, typeset
from ilp.models import Document
from ilp.queries.documents import Drawn

TEMPLATE = "templates/ilp/document.typ"
MOST_SIGNS = 300  # different ones beyond ASCII: each is tried once, and somebody could write a hundred thousand


def document_pdf(*, document: Document, shown: Drawn) -> bytes:
    """One accessible PDF (PDF/UA-1). Words go in as data, never as markup."""
    about: dict[str, Any] = {
        "portal": settings.PORTAL_NAME,
        "kind": document.kind,
        "learner": shown.learner,
        "contact": shown.contact,
        "opening": [line for line in shown.opening.split("\n") if line.strip()],
        "made_on": date_format(clock.today(), "j F Y"),
        "paragraphs": [[line for line in item.paragraph.split("\n") if line.strip()] for item in shown.items],
        "marks": any(item.is_validated for item in shown.items),
        "sections": [
            {
                "heading": heading,
                "items": [
                    {
                        "title": item.title,
                        "facts": ", ".join(part for part in (item.place, item.when) if part),
                        "lines": [line for line in item.words.split("\n") if line.strip()],
                        "is_validated": item.is_validated,
                    }
                    for item in items
                ],
            }
            for heading, items in shown.sections
        ],
    }
    written = json.dumps(_drawn(about, _signs(about))).encode()
    return typeset({"main": (settings.BASE_DIR / TEMPLATE).read_bytes(), "about.json": written})


def _signs(about: dict[str, Any]) -> set[str]:
    """The signs beyond ASCII that are used most, as many as are tried."""
    text = unicodedata.normalize("NFC", json.dumps(about, ensure_ascii=False))
    return {sign for sign, _times in Counter(sign for sign in text if not sign.isascii()).most_common(MOST_SIGNS)}


def _drawn(value: Any, signs: set[str]) -> Any:
    """The same with a question mark for each sign that cannot be drawn or is one too many."""
    if isinstance(value, dict):
        return {name: _drawn(one, signs) for name, one in value.items()}
    if isinstance(value, list):
        return [_drawn(one, signs) for one in value]
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    text = unicodedata.normalize("NFC", value)
    return drawable("".join(sign if sign.isascii() or sign in signs else "?" for sign in text))

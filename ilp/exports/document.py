"""A statement or CV on paper."""

import json
from typing import Any

from django.conf import settings
from django.utils.formats import date_format

from core import clock
from core.typesetting import all_drawable, typeset
from ilp.models import Document
from ilp.queries.documents import Drawn

TEMPLATE = "templates/ilp/document.typ"


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
    written = json.dumps(all_drawable(about)).encode()
    return typeset({"main": (settings.BASE_DIR / TEMPLATE).read_bytes(), "about.json": written})

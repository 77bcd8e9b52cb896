"""A statement or CV on paper."""

import json

from django.conf import settings
from django.utils.formats import date_format

from core import clock
from core.typesetting import drawable, typeset
from ilp.models import Document
from ilp.queries.documents import Drawn

TEMPLATE = "templates/ilp/document.typ"


def document_pdf(*, document: Document, shown: Drawn) -> bytes:
    """One accessible PDF (PDF/UA-1). Words go in as data, never as markup."""
    about = {
        "portal": settings.PORTAL_NAME,
        "kind": document.kind,
        "learner": drawable(shown.learner),
        "contact": [drawable(line) for line in shown.contact],
        "opening": [drawable(line) for line in shown.opening.split("\n") if line.strip()],
        "made_on": date_format(clock.today(), "j F Y"),
        "paragraphs": [[drawable(line) for line in item.paragraph.split("\n") if line.strip()] for item in shown.items],
        "marks": any(item.is_validated for item in shown.items),
        "sections": [
            {
                "heading": heading,
                "items": [
                    {
                        "title": drawable(item.title),
                        "facts": drawable(", ".join(part for part in (item.place, item.when) if part)),
                        "lines": [drawable(line) for line in item.words.split("\n") if line.strip()],
                        "is_validated": item.is_validated,
                    }
                    for item in items
                ],
            }
            for heading, items in shown.sections
        ],
    }
    return typeset({"main": (settings.BASE_DIR / TEMPLATE).read_bytes(), "about.json": json.dumps(about).encode()})

"""The application form on paper: empty to be written by hand, or with what is known already."""

import functools
import json
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

from accounts.models import Learner, LearnerContact, RollEntry
from applications.actions.assisting import OLDEST_PAPER_DAYS
from applications.models import Application
from applications.queries.sending import years_words
from applications.queries.written import entries_that_go
from core import clock
from core.typesetting import all_drawable, typeset
from providers.models import Cycle

TEMPLATE = "templates/applications/paper_form.typ"
GRADE_ROWS = 10  # to write in, with those that are there
MOST_CHOICE_ROWS = 10  # an area may have no real limit; paper has


class OnPaper(NamedTuple):
    """What stands on the form already. Nothing: it is empty."""

    learner: Learner | None = None
    contact: LearnerContact | None = None
    statement: str = ""
    needs: str = ""
    grades: tuple[tuple[str, str, str, str], ...] = ()  # subject, qualification, grade, expected or a result
    entries: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()  # course, provider


def of_application(application: Application, *, contact: Any, reads_plan: bool, choices: Any) -> OnPaper:
    """As far as it is written. ``reads_plan``: whoever prints it may read the learner's plan."""
    return OnPaper(
        learner=application.learner,
        contact=contact,
        statement=application.statement,
        needs=application.needs,
        grades=tuple(
            (one.subject, one.qualification, one.grade, "expected" if one.is_expected else "a result")
            for one in application.grades.all()
        ),
        entries=tuple(entry.name for entry in entries_that_go(application)) if reads_plan else (),
        choices=tuple((choice.programme, choice.provider.name) for choice in choices),
    )


def paper_form_pdf(*, cycle: Cycle, paper: OnPaper | None = None) -> bytes:
    """One accessible PDF (PDF/UA-1). Words go in as data, never as markup, and in English as the form is.

    What providers ask beside the form is left out: whoever enters it is asked then.
    """
    paper = paper or OnPaper()
    with translation.override("en-gb"):
        about = _about(cycle) | _written(paper)
        about["choice_rows"] = min(cycle.choice_limit, MOST_CHOICE_ROWS)
    written = json.dumps(all_drawable(about))
    return _typeset(written) if paper.learner else _empty(written)


def _about(cycle: Cycle) -> dict[str, Any]:
    return {
        "portal": settings.PORTAL_NAME,
        "area": cycle.area.name,
        "phase": str(cycle.get_phase_display()),
        "year": cycle.entry_year,
        "years": years_words(cycle),
        "opens_on": date_format(cycle.opens_on, "j F Y"),
        "closes_on": date_format(cycle.closes_on, "j F Y"),
        "limit": cycle.choice_limit,
        "grade_rows": GRADE_ROWS,
        "paper_days": OLDEST_PAPER_DAYS,
    }


def _written(paper: OnPaper) -> dict[str, Any]:
    learner, contact = paper.learner, paper.contact
    entry = learner and RollEntry.objects.current().filter(learner=learner).select_related("school").first()
    return {
        "learner": str(learner) if learner else "",
        "made_on": date_format(clock.today(), "j F Y") if learner else "",
        "born": date_format(learner.birth_on, "j F Y") if learner else "",
        "school": f"{entry.school}, Year {entry.year_group}" if entry else "",
        "email": contact.email if contact else "",
        "phone": contact.phone if contact else "",
        "address": " ".join(f"{contact.address} {contact.postcode}".split()) if contact else "",
        "statement": _lines(paper.statement),
        "needs": _lines(paper.needs),
        "grades": [list(row) for row in paper.grades],
        "entries": list(paper.entries),
        "choices": [list(row) for row in paper.choices],
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _typeset(written: str) -> bytes:
    return typeset({"main": (settings.BASE_DIR / TEMPLATE).read_bytes(), "about.json": written.encode()})


# Anybody may ask for the empty form, and it is the same for everybody until its cycle changes.
_empty = functools.lru_cache(maxsize=64)(_typeset)

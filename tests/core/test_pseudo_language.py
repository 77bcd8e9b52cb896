"""Pages in a language that puts every translated word in brackets: what stands outside is in English only.

What people typed, and names, stand outside too: they are in the database. So a word outside the brackets that the
database does not have was written by us where gettext does not find it.
"""

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from tests.test_access import args_of
from tests.world import build_world

WORD = re.compile(r"[A-Za-z]{2,}")
# The same in every language: our own name, languages' names, units, and what stands in an example.
SAME = {
    "Next", "Step", "English", "Polski", "CSV", "PDF", "XML", "JSON", "MB", "KB", "bytes", "UKPRN", "UPN", "ULN",
    "http", "testserver",
}  # fmt: skip
# Main pages of the public and of each desk, and who opens them.
PAGES = {
    "anonymous": (
        "prospectus:home", "prospectus:courses", "prospectus:course", "prospectus:provider", "prospectus:areas",
        "prospectus:levels", "prospectus:map", "prospectus:start-now", "prospectus:together", "prospectus:shortlist",
        "prospectus:compare", "prospectus:wish", "core:accessibility",
    ),
    "learner": (
        "prospectus:saved-searches", "accounts:account", "accounts:your-data", "applications:home",
        "applications:profile", "applications:choice", "applications:choice-send", "applications:choice-withdraw",
    ),
    "adviser": ("reporting:caseload", "ilp:contact-record"),
    "admissions": ("applications:received", "applications:received-choice", "applications:choice-offer"),
    "editor": (
        "prospectus:desk-courses", "prospectus:desk-course", "prospectus:course-edit", "prospectus:course-create",
        "prospectus:run-edit", "prospectus:opening", "prospectus:opening-runs", "prospectus:sites", "prospectus:health",
        "prospectus:consortia", "prospectus:roll-over", "prospectus:interest", "providers:uploads",
        "providers:upload-new", "providers:upload", "providers:staff-act-for",
    ),
    "officer": (
        "prospectus:synonyms", "prospectus:phrases", "prospectus:misses", "prospectus:wishes", "prospectus:health-area",
        "prospectus:freshness-rules", "prospectus:descriptions", "prospectus:desk-feeds",
        "reporting:guarantee",
    ),
    "coordinator": (
        "accounts:roll", "accounts:letters", "accounts:unlocking", "accounts:doubts",
        "applications:endorsements",
    ),
}  # fmt: skip


TEXTS = (models.CharField, models.TextField, models.JSONField)


class Bracketed(trans_real.DjangoTranslation):
    """English, in brackets."""

    def gettext(self, message):
        return f"⟦{message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}⟧"

    def ngettext(self, singular, plural, number):
        return f"⟦{(singular if number == 1 else plural).rpartition(trans_real.CONTEXT_SEPARATOR)[2]}⟧"


@pytest.fixture
def in_brackets(monkeypatch):
    monkeypatch.setitem(trans_real._translations, settings.LANGUAGE_CODE, Bracketed(settings.LANGUAGE_CODE))
    yield
    translation.deactivate()


class Texts(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in {"script", "style", "code"}
        self.found += [value for name, value in attrs if name in {"aria-label", "title", "alt", "data-label"} and value]

    def handle_endtag(self, tag):
        self.hidden -= tag in {"script", "style", "code"}

    def handle_data(self, data):
        if not self.hidden:
            self.found.append(data)


def outside(html: str) -> list[str]:
    texts = Texts()
    texts.feed(html)
    depth, out = 0, []
    for text in texts.found:
        for letter in text:
            depth += (letter == "⟦") - (letter == "⟧")
            out.append(letter if not depth else "\n")
        out.append("\n")
    return [line.strip() for line in "".join(out).replace("⟧", "\n").splitlines() if WORD.search(line)]


def known_words() -> set[str]:
    """Every word of every text in the database."""
    found = set()
    for model in apps.get_models():
        columns = [field.attname for field in model._meta.fields if isinstance(field, TEXTS)]
        for row in model._default_manager.values_list(*columns) if columns else ():
            found |= {word for value in row if value for word in WORD.findall(str(value))}
    return found


@pytest.mark.parametrize("person", PAGES)
def test_every_word_we_wrote_on_the_pages_of(person, db, in_brackets):
    world = build_world()
    client = Client()
    if person != "anonymous":
        client.force_login(world.people[person])
    pages = {name: client.get(reverse(name, args=args_of(name, world))) for name in PAGES[person]}

    assert {name for name, page in pages.items() if page.status_code != 200} == set()
    known = {word.casefold() for word in (*known_words(), *SAME)}
    left = {
        name: [line for line in outside(page.content.decode()) if not set(WORD.findall(line.casefold())) <= known]
        for name, page in pages.items()
    }
    assert {name: lines for name, lines in left.items() if lines} == {}


def test_a_word_outside_the_brackets_is_seen(in_brackets):
    html = '<p title="Help">⟦Hello⟧ Amina, ⟦you have ⟦one⟧ offer⟧ now</p><script>var words</script>'

    assert outside(html) == ["Help", "Amina,", "now"]

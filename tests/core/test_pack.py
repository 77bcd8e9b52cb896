"""The crispy pack writes the markup that GOV.UK Frontend publishes in its own fixtures.

An upgrade of govuk-frontend shows each change of its markup here. Compared are elements, order, nesting and the
attributes that styles, scripts and assistive technology use; ids and names are our own, so they are only checked for
leading somewhere.
"""

import json
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string

from core.forms import Checkboxes, DateField, Radios

COMPONENTS = settings.BASE_DIR / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"
COMPARED = {
    "class", "type", "role", "inputmode", "data-module", "data-maxlength", "data-maxwords", "rows", "spellcheck",
    "autocapitalize", "checked", "hidden", "aria-hidden", "aria-label",
}  # fmt: skip
VOID = {"input", "br"}


class Outline(HTMLParser):
    """The elements of some HTML as indented lines, with the ids it has and the ids it refers to."""

    def __init__(self, html):
        super().__init__()
        self.lines, self.ids, self.referred_to, self.depth = [], set(), set(), 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids.add(given.get("id"))
        self.referred_to |= set(f"{given.get('aria-describedby') or ''} {given.get('for') or ''}".split())
        kept = {name: " ".join(sorted((value or "").split())) for name, value in given.items() if name in COMPARED}
        described = ["described"] if given.get("aria-describedby") else []
        words = [tag, *(f"{name}={value}" for name, value in sorted(kept.items())), *described]
        self.lines.append("  " * self.depth + " ".join(words))
        self.depth += tag not in VOID

    def handle_endtag(self, tag):
        self.depth -= tag not in VOID


@cache
def fixtures(component: str) -> dict[str, str]:
    path = COMPONENTS / component / "fixtures.json"
    if not path.exists():
        pytest.fail(f"{path.relative_to(settings.BASE_DIR)} is missing: run ./portal test, or npm ci")
    return {fixture["name"]: fixture["html"] for fixture in json.loads(path.read_text(encoding="utf-8"))["fixtures"]}


def draw(field: forms.Field, errors: list[forms.ValidationError], options: dict[str, Any]) -> str:
    form = type("OneField", (forms.Form,), {"x": field})(data={} if errors else None)
    if errors:
        form.full_clean()
        form.errors.clear()
        form.add_error("x", forms.ValidationError(errors))
    return render_to_string("portal/field.html", {"field": form["x"], "field_options": options})


def text(**kwargs):
    return forms.CharField(required=False, **kwargs)


def area(**kwargs):
    return text(widget=forms.Textarea(attrs={"rows": 5}), **kwargs)


def one_of(count, widget=forms.Select, **kwargs):
    return forms.ChoiceField(required=False, choices=LETTERS[:count], widget=widget, **kwargs)


def some_of(count, **kwargs):
    return forms.MultipleChoiceField(required=False, choices=LETTERS[:count], widget=Checkboxes, **kwargs)


def date(**kwargs):
    return DateField(required=False, help_text="hint", **kwargs)


def file(**kwargs):
    return forms.FileField(required=False, **kwargs)


def password(**kwargs):
    return text(widget=forms.PasswordInput, **kwargs)


LETTERS = [("a", "A"), ("b", "B"), ("c", "C")]
WRONG = [forms.ValidationError("Wrong")]
WRONG_DAY = [forms.ValidationError("Wrong", params={"parts": ["day"]})]
PLAIN = {"plain": True}
TEN = {"max_characters": 10}
HINTED = Radios(hints={"a": "1", "b": "2"})
CASES = [
    ("input", "default", text(), {}, []),
    ("input", "with hint text", text(help_text="hint"), {}, []),
    ("input", "with error message", text(), {}, WRONG),
    ("input", "with error and hint", text(help_text="hint"), {}, WRONG),
    ("input", "with prefix", text(), {"prefix": "£"}, []),
    ("input", "with prefix and suffix", text(), {"prefix": "£", "suffix": "per item"}, []),
    ("textarea", "default", area(), {}, []),
    ("textarea", "with hint", area(help_text="hint"), {}, []),
    ("textarea", "with error message", area(), {}, WRONG),
    ("select", "default", one_of(3), {}, []),
    ("select", "with hint text and error message", one_of(3, help_text="hint"), {}, WRONG),
    ("radios", "default", one_of(2, Radios), {}, []),
    ("radios", "with hint", one_of(2, Radios, help_text="hint"), {}, []),
    ("radios", "inline", one_of(2, Radios(inline=True), help_text="hint", initial="b"), {}, []),
    ("radios", "with hints on items", one_of(2, HINTED), {"legend_size": "l", "page_heading": True}, []),
    ("radios", "with hint and error message", one_of(2, Radios, help_text="hint"), {}, WRONG),
    ("checkboxes", "default", some_of(3), {}, []),
    ("checkboxes", "with hint", some_of(3, help_text="hint"), {}, []),
    ("checkboxes", "with error message and hint", some_of(2, help_text="hint"), {}, WRONG),
    ("date-input", "default", date(), {}, []),
    ("date-input", "with error message and hint", date(), {}, WRONG),
    ("date-input", "with error on day input", date(), {}, WRONG_DAY),
    ("file-upload", "default", file(), PLAIN, []),
    ("file-upload", "with error message and hint", file(help_text="hint"), PLAIN, WRONG),
    ("file-upload", "enhanced", file(), {}, []),
    ("character-count", "default", area(), TEN, []),
    ("character-count", "with hint", area(help_text="hint"), TEN, []),
    ("password-input", "default", password(), {}, []),
    ("password-input", "with error message", password(help_text="hint"), {}, WRONG),
]


@pytest.mark.parametrize(
    ("component", "name", "field", "options", "errors"), CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES]
)
def test_a_field_has_the_markup_of_the_design_system(component, name, field, options, errors):
    ours = Outline(draw(field, errors, options))
    assert ours.lines == Outline(fixtures(component)[name]).lines
    assert ours.referred_to <= ours.ids

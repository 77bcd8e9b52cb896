"""No word that people see stands in a template, a form or a refusal where gettext does not find it."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType, filter_re
from django.utils.text import smart_split

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FLOORS = ("core", "activity", "providers", "accounts", "prospectus", "ilp", "applications", "reporting")
# Templates that stay as they are, and why.
STAYS = {"500.html": "drawn when nothing else works, so it asks for nothing"}
# Names of languages, cookies and protocols, and values of settings, which are the same in every language.
NAMES = {
    "Polski", "en-GB", "sessionid", "csrftoken", "messages", "shortlist", "display", "language", "GET", "desk",
    "deskbright",
}  # fmt: skip
WORD = re.compile(r"[A-Za-z]{2,}")
URL_NAME = re.compile(r"[a-z]+:[a-z-]+")
SEEN_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt", "data-label"}
SEEN_ARGUMENTS = {
    "text", "heading", "summary", "label", "key", "caption", "title", "action", "hint", "status", "change_what",
    "hidden_what", "tag", "legend", "unit", "description",
}  # fmt: skip
SEEN_FILTERS = {"yesno", "default", "default_if_none", "pluralize"}
HOLES = "\ue000"  # where a value or a translation stands


class Seen(HTMLParser):
    """The words of a page between its tags, and those of attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in {"script", "style"}:
            self.hidden.append(tag)
        self.found += [value for name, value in attrs if name in SEEN_ATTRIBUTES and value]

    def handle_endtag(self, tag):
        if self.hidden and tag == self.hidden[-1]:
            self.hidden.pop()

    def handle_data(self, data):
        if not self.hidden:
            self.found += data.replace(HOLES, "\n").splitlines()


def _of_filters(contents: str) -> Iterator[str]:
    """What filters of a value would say: ``|default:"nothing"``."""
    for match in filter_re.finditer(contents):
        said = match["constant_arg"]
        if match["filter_name"] in SEEN_FILTERS and said and not said.startswith("_("):
            yield from [words for words in [said.strip("\"'")] if not URL_NAME.match(words)]
        if match["filter_name"] == "pluralize":
            yield f"pluralize of {contents}"


def _of_tag(contents: str) -> Iterator[str]:
    """What the arguments of a tag of ours would say: ``{% tag text="Sent" %}``."""
    for bit in list(smart_split(contents))[1:]:
        name, equals, value = bit.partition("=")
        said = re.split(r"[\"']\|", value)[0].strip("\"'")
        if equals and name in SEEN_ARGUMENTS and value[:1] in "\"'" and not URL_NAME.match(said):
            yield said
        yield from _of_filters(value or name)


def unwrapped(text):
    """The words of a template that gettext would not find."""
    page, found, until = [], [], ""
    for token in Lexer(text).tokenize():
        name = token.contents.split()[0] if token.contents.strip() else ""
        if until:
            until = "" if token.token_type == TokenType.BLOCK and name == until else until
        elif token.token_type == TokenType.TEXT:
            page.append(token.contents)
        elif token.token_type == TokenType.VAR:
            found += _of_filters(token.contents)
            page.append(HOLES)
        elif token.token_type == TokenType.BLOCK and name in {"blocktranslate", "blocktrans", "comment"}:
            until = f"end{name}"
            page.append(HOLES)
        elif token.token_type == TokenType.BLOCK:
            found += _of_tag(token.contents)
    seen = Seen()
    seen.feed("".join(page))
    seen.close()
    lines = (words.strip() for words in (*found, *(each.replace(HOLES, "") for each in seen.found)))
    return [words for words in lines if WORD.search(words) and words not in NAMES]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p>{% translate "Hello" %}</p>', []),
        ("<p>{% blocktranslate trimmed %}Hello {{ name }}{% endblocktranslate %} there</p>", ["there"]),
        ("{% comment %}Nobody sees it{% endcomment %}{# nor this #}<!-- nor that -->", []),
        ('<td data-label="Name">{{ name }}</td>', ["Name"]),
        ('<td data-label="{% translate "Name" %}">{{ name }}</td>', []),
        ('<option value="of it"{% if chosen %} selected{% endif %}>{{ name }}</option>', []),
        ('{% notice heading="Sent" %}{% endnotice %}', ["Sent"]),
        ('{% notice heading=_("Sent") %}{% endnotice %}', []),
        ('{% summary_row key="For September "|add:year %}', ["For September"]),
        ('{{ is_given|yesno:"yes,no" }}', ["yes,no"]),
        ('{% include "a.html" with note=note|default:"nothing" only %}', ["nothing"]),
        ("{{ number }} {{ number|pluralize }}", ["pluralize of number|pluralize"]),
        ("<script>const words = 1</script>", []),
        ('<a class="govuk-link" href="/x">{{ name }} &nbsp;·</a>', []),
    ],
)
def test_words_that_are_not_wrapped_are_seen(text, expected):
    assert unwrapped(text) == expected


def test_every_word_of_the_templates_can_be_translated():
    paths = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})
    assert len(paths) > 250
    left = {}
    for path in paths:
        if words := unwrapped(path.read_text(encoding="utf-8")):
            left[path.relative_to(TEMPLATES).as_posix()] = words

    assert {name: words for name, words in left.items() if name not in STAYS} == {}
    # What no longer needs to stay is taken out of the list.
    assert set(STAYS) <= set(left)


# --- of Python

SAYS_FIRST = {"RuleBroken", "TooManyTries"}
SAYS_SECOND = {"add_error", "success", "info", "warning", "error"}
SAYS_BY_NAME = {"label", "legend", "empty_label"}
# Where English stays, and why.
STAYS_IN_PYTHON = {
    "prospectus/headings.py": "the headings of files that others read",
    "prospectus/xcri.py": "words of a standard",
}


def _is_said(node: ast.AST) -> bool:
    """Words in quotes that no call of gettext stands round."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(WORD.search(node.value))
    if isinstance(node, ast.JoinedStr):
        return any(_is_said(value) for value in node.values if isinstance(value, ast.Constant))
    if isinstance(node, ast.IfExp):
        return _is_said(node.body) or _is_said(node.orelse)
    return isinstance(node, ast.BinOp) and (_is_said(node.left) or _is_said(node.right))


def unwrapped_in_python(source: str) -> list[str]:
    """What labels, choices, refusals and messages would say in English only."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = [keyword.value for keyword in node.keywords if keyword.arg in SAYS_BY_NAME]
            said += node.args[:1] if name in SAYS_FIRST else node.args[1:2] if name in SAYS_SECOND else []
        elif isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(base) for base in node.bases):
            said = [
                line.value.elts[-1]
                for line in node.body
                if isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple)
            ]
        else:
            continue
        found += [ast.unparse(each) for each in said if _is_said(each)]
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('CharField(label="Name")', ["'Name'"]),
        ('CharField(label=_("Name"))', []),
        ('raise RuleBroken(f"At most {most}", code="too_many")', ["f'At most {most}'"]),
        ('raise RuleBroken(_("At most %(most)s") % {"most": most}, code="too_many")', []),
        ('messages.success(request, "Saved" if is_new else _("Changed"))', ["'Saved' if is_new else _('Changed')"]),
        ('class Colour(TextChoices):\n    RED = "red", "Red"', ["'Red'"]),
        ('class Colour(TextChoices):\n    RED = "red", _("Red")', []),
        ('logger.info("%s rows", number)', []),
    ],
)
def test_words_of_python_that_are_not_wrapped_are_seen(source, expected):
    assert unwrapped_in_python(source) == expected


def test_labels_choices_refusals_and_messages_can_be_translated():
    left = {}
    for floor in FLOORS:
        for path in sorted((Path(settings.BASE_DIR) / floor).rglob("*.py")):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            if "migrations" in path.parts or "management" in path.parts or name in STAYS_IN_PYTHON:
                continue
            if words := unwrapped_in_python(path.read_text(encoding="utf-8")):
                left[name] = words
    assert left == {}

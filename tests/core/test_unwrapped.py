"""No word that people see stands in a template where gettext does not find it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# The folders whose templates are wrapped as a whole, and single files of folders that are not yet.
WRAPPED = [
    "*.html",
    "account/messages/*",
    "activity/*",
    "applications/*",
    "components/*",
    "core/*",
    "ilp/*",
    "portal/**/*.html",
    "reporting/*",
    "accounts/sign_in.html",
    "accounts/signed_out.html",
    "accounts/cannot_sign_in.html",
    "accounts/unlock.html",
    "accounts/unlock_account.html",
    "accounts/parents.html",
    "accounts/consent.html",
    "accounts/welcome.html",
    "accounts/recover*.html",
    "accounts/email*.html",
    "accounts/link_over.html",
    "accounts/invitation*.html",
    "providers/_acts_for.html",
]
# Words that stay as they are, and why.
STAYS = {"500.html": "drawn when nothing else works, so it asks for nothing"}
# Of languages and of cookies.
NAMES = {"Polski", "en-GB", "sessionid", "csrftoken", "messages", "shortlist", "display", "language"}
WORD = re.compile(r"[A-Za-z]{2,}")
HIDDEN = re.compile(
    r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}|\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}"
    r"|<!--.*?-->|<script.*?</script>|<style.*?</style>|\{% block layer %\}\w+\{% endblock %\}",
    re.DOTALL,
)
SEEN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-label)="([^"{]*[A-Za-z]{2,}[^"{]*)"')
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
SEEN_ARGUMENT = re.compile(
    r'\b(?:text|heading|summary|label|key|caption|title|action|hint|status|change_what|hidden_what|tag|legend|unit)="'
    r'([^"]*[A-Za-z]{2,}[^"]*)"'
)
URL_NAME = re.compile(r"[a-z]+:[a-z-]+")
SEEN_FILTER = re.compile(r'\|(?:yesno|default|default_if_none):"([^"]*[A-Za-z]{2,}[^"]*)"')


def unwrapped(text):
    """The words of a template that gettext would not find."""
    text = HIDDEN.sub(" ", text)
    found = [words for tag in TAG.findall(text) for words in SEEN_ARGUMENT.findall(tag)]
    found += SEEN_FILTER.findall(text)
    text = TAG.sub("", text)
    found += SEEN_ATTRIBUTE.findall(text)
    text = re.sub(r"\{\{.*?\}\}", "", text, flags=re.DOTALL)
    left = re.sub(r"<[^>]*>", "\n", text)
    lines = (re.sub(r"&\w+;", " ", line).strip() for line in left.splitlines())
    seen = (words for words in (*found, *lines) if WORD.search(words) and words not in NAMES)
    return [words for words in seen if not URL_NAME.fullmatch(words)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p>{% translate "Hello" %}</p>', []),
        ("<p>{% blocktranslate trimmed %}Hello {{ name }}{% endblocktranslate %} there</p>", ["there"]),
        ('<td data-label="Name">{{ name }}</td>', ["Name"]),
        ('{% notice heading="Sent" %}{% endnotice %}', ["Sent"]),
        ('{% notice heading=_("Sent") %}{% endnotice %}', []),
        ('{{ is_given|yesno:"yes,no" }}', ["yes,no"]),
        ('<a class="govuk-link" href="/x">{{ name }} &nbsp;·</a>', []),
    ],
)
def test_words_that_are_not_wrapped_are_seen(text, expected):
    assert unwrapped(text) == expected


def test_every_word_of_the_wrapped_templates_can_be_translated():
    paths = sorted(
        {path for pattern in WRAPPED for path in TEMPLATES.glob(pattern) if path.suffix in {".html", ".txt"}}
    )
    assert len(paths) > 100
    left = {}
    for path in paths:
        name = path.relative_to(TEMPLATES).as_posix()
        if words := unwrapped(path.read_text(encoding="utf-8")):
            left[name] = words

    assert {name: words for name, words in left.items() if name not in STAYS} == {}
    # What no longer needs to stay is taken out of the list.
    assert set(STAYS) <= set(left)

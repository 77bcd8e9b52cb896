"""The catalogues: what is found in the code, what is kept, what is wrong with one."""

import os

import pytest
from babel.messages.catalog import Catalog
from django.core.management import CommandError, call_command

from config import words


@pytest.fixture
def product(tmp_path):
    """A product of two files."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "core").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        '{% block title %}{% translate "Your choices" %}{% endblock %}\n'
        '    {% notice heading=_("Sent") %}<p>It isn\'t {{ state|yesno:_("yes,no") }}</p>{% endnotice %}\n'
        "{% blocktranslate trimmed count number=3 %}\n  {{ number }} choice\n"
        "{% plural %}\n  {{ number }} choices\n{% endblocktranslate %}\n"
        '  {% blocktranslate trimmed with name=learner.known_as %}Hello "{{ name }}"{% endblocktranslate %}\n',
        encoding="utf-8",
    )
    (tmp_path / "core" / "forms.py").write_text(
        "from x import gettext, gettext_lazy as _, ngettext, pgettext\n"
        'label = _("Text size")\n\ndef f(n):\n    return (\n        gettext("One "\n            "sentence"), '
        'ngettext("%(n)s day", "%(n)s days", n), pgettext("of a week", "Day"), _(variable), "not this"\n    )\n',
        encoding="utf-8",
    )
    return tmp_path


def catalogue(**messages):
    made = Catalog(locale="pl", fuzzy=False)
    for english, translated in messages.items():
        made.add(english, translated)
    return made


def everything(*messages, file="core/forms.py"):
    made = Catalog(fuzzy=False)
    for message in messages:
        made.add(message, locations=[(file, None)])
    return made


@pytest.fixture
def locale(tmp_path, monkeypatch):
    """An empty place for catalogues."""
    monkeypatch.setattr(words, "LOCALE", tmp_path / "locale")

    def keep(code, made):
        path = words.path_of(code)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(words.written(made))
        return path

    return keep


def test_every_word_is_found_in_templates_and_in_python(product):
    found = {words.key_of(message): message for message in words.found(product) if message.id}

    assert set(found) == {
        (None, "Your choices"),
        (None, "Sent"),
        (None, "yes,no"),
        (None, "%(number)s choice"),
        (None, 'Hello "%(name)s"'),
        (None, "Text size"),
        (None, "One sentence"),
        (None, "%(n)s day"),
        ("of a week", "Day"),
    }
    assert found[None, "%(number)s choice"].id == ("%(number)s choice", "%(number)s choices")
    assert [name for name, _line in found[None, "Text size"].locations] == ["core/forms.py"]


def test_an_update_adds_what_is_required_keeps_what_is_translated_and_drops_what_nobody_says(locale):
    said = everything("Save", "Text size")
    said.add("Only for a desk", locations=[("templates/desk/page.html", None)])
    said.add("Translated for a desk", locations=[("templates/desk/page.html", None)])
    locale("pl", catalogue(**{"Save": "Zapisz", "Gone": "Nie ma", "Translated for a desk": "Tak"}))

    updated = {message.id: message.string for message in words.update("pl", said) if message.id}

    assert updated == {"Save": "Zapisz", "Text size": "", "Translated for a desk": "Tak"}


def test_a_catalogue_is_the_same_whoever_writes_it_and_when(locale):
    said = everything("Save", "Text size")
    path = locale("pl", catalogue(Save="Zapisz"))

    first = words.written(words.update("pl", said))
    path.write_bytes(first)

    assert words.written(words.update("pl", said)) == first
    assert b"Date" not in first


@pytest.mark.parametrize(
    ("english", "translated", "expected"),
    [
        ("Save", "Zapisz", []),
        ("Hello %(name)s", "Witaj", ["'Hello %(name)s' has other placeholders in 'Witaj'"]),
        ("Hello %(name)s", "Witaj %(nazwa)s", ["'Hello %(name)s' has other placeholders in 'Witaj %(nazwa)s'"]),
        ('Go <a href="/">there</a>', "Tam", ["'Go <a href=\"/\">there</a>' has other mark-up in 'Tam'"]),
        ("Save", "", ["'Save' is not translated"]),
        ("Save", " Zapisz", ["'Save' begins or ends with other space in ' Zapisz'"]),
    ],
)
def test_what_is_wrong_with_a_translation_is_named(locale, english, translated, expected):
    locale("pl", catalogue(**{english: translated}))

    assert words.faults("pl", everything(english)) == expected


def test_a_missing_and_a_stale_message_are_named_but_not_one_that_need_not_be_there(locale):
    said = everything("Save")
    said.add("Only for a desk", locations=[("templates/desk/page.html", None)])
    locale("pl", catalogue(Gone="Nie ma"))

    assert words.faults("pl", said) == ["'Save' is missing", "nobody says 'Gone' any more"]


def test_one_form_of_a_plural_may_leave_the_number_out_and_none_may_be_empty(locale):
    said = everything(("One letter", "%(n)s letters"))
    forms = ("Jeden list", "%(n)s listy", "%(n)s listów")
    locale("pl", _plural(forms))
    assert words.faults("pl", said) == []

    locale("pl", _plural(("Jeden list", "%(n)s listy", "")))
    assert words.faults("pl", said) == ["'One letter' is not translated"]


def _plural(forms):
    made = Catalog(locale="pl", fuzzy=False)
    made.add(("One letter", "%(n)s letters"), forms)
    return made


def test_a_catalogue_is_compiled_once_until_it_changes(locale):
    path = locale("pl", catalogue(Save="Zapisz"))

    assert words.compile_all() == 1
    assert words.compile_all() == 0
    built = words.path_of("pl", "mo")
    os.utime(path, (built.stat().st_mtime + 2, built.stat().st_mtime + 2))
    assert words.compile_all() == 1
    assert {file.name for file in built.parent.iterdir()} == {"django.po", "django.mo"}


def test_the_check_fails_with_a_sentence_and_writes_nothing(locale, monkeypatch):
    path = locale("pl", catalogue(Gone="Nie ma"))
    before = path.read_bytes()
    monkeypatch.setattr(words, "found", lambda: everything("Save"))

    with pytest.raises(CommandError, match="'Save' is missing"):
        call_command("words", "--check")

    assert path.read_bytes() == before


def test_the_catalogues_are_complete():
    call_command("words", "--check")

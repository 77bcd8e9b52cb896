"""The words of the interface in other languages: found in the code, kept in ``locale/``, compiled, checked.

Babel does what GNU gettext would do, because a machine with only Python has no GNU gettext. ``python -m config.words``
compiles and needs nothing of Django; ``./portal words`` brings the catalogues up to date, ``--check`` only compares.

A catalogue holds what its language has, not everything that could be translated: all words of the files in
``COMPLETE``, and whatever else somebody has translated.
"""

import io
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from config.env import BASE_DIR

LOCALE = BASE_DIR / "locale"
DOMAIN = "django"
FLOORS = ("core", "activity", "providers", "accounts", "prospectus", "ilp", "applications", "reporting")
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

# The files whose every word must be in every catalogue: what the pages of core.languages are made of.
COMPLETE = (
    "core/*.py",
    "*/apps.py",
    "templates/40*.html",
    "templates/429.html",
    "templates/base.html",
    "templates/form_page.html",
    "templates/components/*",
    "templates/portal/*",
    "templates/core/*",
    "templates/providers/_acts_for.html",
    "templates/accounts/parents.html",
    "templates/account/messages/*",
    "templates/accounts/email.html",
    "templates/accounts/email_confirm.html",
    "templates/accounts/link_over.html",
    "templates/accounts/recover.html",
    "templates/accounts/recover_*.html",
    "templates/accounts/_help_people.html",
    "templates/accounts/sign_in.html",
    "templates/accounts/_passkey_button.html",
    "templates/accounts/signed_out.html",
    "templates/accounts/cannot_sign_in.html",
    "templates/accounts/unlock.html",
    "templates/accounts/unlock_account.html",
    "templates/accounts/consent.html",
    "templates/accounts/welcome.html",
    "templates/ilp/_to_do_tasks.html",
    "accounts/forms/account.py",
    "accounts/forms/consent.py",
    "accounts/forms/recovery.py",
    "accounts/forms/sign_in.py",
    "accounts/forms/unlocking.py",
    "accounts/views/unlocking.py",
    "accounts/views/recovery.py",
    "accounts/mail_words.py",
    "accounts/queries/mailing.py",
    "accounts/actions/codes.py",
    "accounts/actions/consents.py",
    "accounts/actions/emails.py",
    "accounts/actions/recovery.py",
    "accounts/actions/unlocking.py",
    "applications/messages.py",
    "prospectus/messages.py",
)

Key = tuple[str | None, str]  # context and English words
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
MARK_UP = re.compile(r"</?\w+")


def languages() -> list[str]:
    """The codes that have a catalogue."""
    return sorted(path.parent.parent.name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def path_of(code: str, suffix: str = "po") -> Path:
    return LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"


def catalogue_of(code: str) -> Catalog:
    """The catalogue as it is in the file."""
    with path_of(code).open("rb") as file:
        return read_po(file, locale=code)


def key_of(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


# --- found in the code


def found(root: Path = BASE_DIR) -> Catalog:
    """Every message of the product, with the files that say it."""
    everything = Catalog(charset="utf-8", fuzzy=False)
    for path in _sources(root):
        name = path.relative_to(root).as_posix()
        for message, context, comments in _said_in(path):
            everything.add(message, locations=[(name, None)], auto_comments=comments, context=context)
    return everything


def _sources(root: Path) -> Iterator[Path]:
    yield from sorted((root / "templates").rglob("*.html"))
    yield from sorted((root / "templates").rglob("*.txt"))
    for floor in FLOORS:
        yield from sorted(path for path in (root / floor).rglob("*.py") if "migrations" not in path.parts)


def _said_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None, list[str]]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Only here, because compiling must not need Django.
        from django.utils.translation.template import templatize

        text = templatize(text, origin=str(path))
        # What is left of the template's own text has indents that mean nothing.
        text = "\n".join(line.lstrip() for line in text.splitlines())
    for _line, function, words, comments in extract_python(io.BytesIO(text.encode()), KEYWORDS, ["Translators:"], {}):
        said = (words,) if isinstance(words, str) else tuple(words or ())
        context, said = (said[0], said[1:]) if "pgettext" in function else (None, said)
        if said and said[0]:
            yield (said[0], said[1]) if function.startswith(("ngettext", "npgettext")) else said[0], context, comments


def is_required(message: Message) -> bool:
    """Every language must have this message."""
    return any(fnmatch(name, pattern) for name, _line in message.locations for pattern in COMPLETE)


# --- brought up to date, compiled


def update(code: str, everything: Catalog) -> Catalog:
    """The catalogue has what is required, keeps what is translated and still said, and names the files that say it."""
    old = catalogue_of(code) if path_of(code).exists() else Catalog(locale=code)
    new = Catalog(locale=code, fuzzy=False, charset="utf-8", project="Next Step", revision_date=old.creation_date)
    new.header_comment = (
        "# The words of the interface. ./portal words keeps this file; only msgstr are written by hand."
    )
    new.mime_headers = [(name, value) for name, value in new.mime_headers if name in {"Plural-Forms", "Content-Type"}]
    for message in everything:
        if not message.id:
            continue
        kept = old.get(key_of(message)[1], message.context)
        is_translated = kept is not None and _is_translated(kept)
        if is_translated or is_required(message):
            new.add(
                message.id,
                kept.string if is_translated and type(kept.id) is type(message.id) else "",
                locations=sorted(set(message.locations)),
                auto_comments=message.auto_comments,
                user_comments=kept.user_comments if kept else (),
                context=message.context,
            )
    return new


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file: by English words, so that two branches that add some seldom meet on one line."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    # Dates would make every branch collide with every other.
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Language-Team', '"Report-Msgid')
    return "".join(line for line in lines if not line.startswith((*dated, '"Project-Id', '"Generated-By'))).encode()


def compile_all() -> int:
    """Every catalogue is compiled where it has changed since. The answer is how many were."""
    compiled = 0
    for code in languages():
        source, target = path_of(code), path_of(code, "mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        out = io.BytesIO()
        write_mo(out, catalogue_of(code))
        # Renamed into place: another process may be starting with the old one.
        fresh = target.with_suffix(f".{compiled}.new")
        fresh.write_bytes(out.getvalue())
        fresh.replace(target)
        compiled += 1
    return compiled


# --- checked


def faults(code: str, everything: Catalog) -> list[str]:
    """What is wrong with this catalogue, a sentence each."""
    catalogue = catalogue_of(code)
    kept = {key_of(message): message for message in catalogue if message.id}
    said = {key_of(message): message for message in everything if message.id}
    wrong = [f"nobody says {key[1]!r} any more" for key in kept if key not in said]
    for key, message in said.items():
        if key not in kept:
            wrong += [f"{key[1]!r} is missing"] if is_required(message) else []
        elif not _is_translated(kept[key]):
            wrong += [f"{key[1]!r} is not translated"]
        else:
            wrong += _disagreements(kept[key])
    wrong += [f"{key_of(message)[1]!r} is marked as fuzzy" for message in kept.values() if message.fuzzy]
    return sorted(wrong)


def _is_translated(message: Message) -> bool:
    return bool(message.string) and (isinstance(message.string, str) or all(message.string))


def _disagreements(message: Message) -> list[str]:
    english = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    name = english[0]
    wrong = []
    for string in strings:
        for what, pattern in (("placeholders", PLACEHOLDER), ("mark-up", MARK_UP)):
            wanted = [sorted(pattern.findall(words)) for words in english]
            # "One letter" may leave the number out where English does, and may say it where English does not.
            given = sorted(pattern.findall(string))
            is_right = given in wanted if len(english) == 1 else set(given) <= set().union(*wanted)
            if not is_right:
                wrong.append(f"{name!r} has other {what} in {string!r}")
        if string[:1].isspace() != name[:1].isspace() or string[-1:].isspace() != name[-1:].isspace():
            wrong.append(f"{name!r} begins or ends with other space in {string!r}")
    return wrong


if __name__ == "__main__":
    compile_all()

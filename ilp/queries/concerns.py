"""Words that worry, found fast: one compiled pattern made from the rows, and made anew when a row changes."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Count, Max, Q

from ilp.models import ConcernPhrase

Version = tuple[object, ...]


class Matcher(NamedTuple):
    """All active phrases as one pattern."""

    pattern: re.Pattern[str] | None
    phrases: dict[str, int]  # as compared -> key of its row

    def first_in(self, text: str) -> int | None:
        """The key of a phrase that stands in this text; None where there is none."""
        return next(self.all_in(text), None)

    def all_in(self, text: str) -> Iterator[int]:
        """The keys of the phrases that stand in this text, as they come."""
        for found in self.pattern.finditer(f" {plain(text)} ") if self.pattern else ():
            said = found[1]
            starts = (key for words, key in self.phrases.items() if words.endswith("*") and said.startswith(words[:-1]))
            key = self.phrases.get(said) or next(starts, None)
            if key is not None:
                yield key


_kept: tuple[Version, Matcher] | None = None


def plain(text: str) -> str:
    """As words are compared: small letters without accents, marks and signs, one space between words.

    Apostrophes go without leaving a gap, because many do not type them.
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in letters if not _is_mark(letter))
    return " ".join(re.findall(r"\w+", letters.replace("_", " ")))


def _is_mark(letter: str) -> bool:
    """An accent, an invisible sign or an apostrophe."""
    return letter in "'’‘`´ʼ" or unicodedata.category(letter) in {"Mn", "Cf", "Sk"}


def plain_phrase(words: str) -> str:
    """A phrase as it is compared; a star at its end stays."""
    return plain(words) + ("*" if words.rstrip().endswith("*") and plain(words) else "")


def concern_in(text: str) -> int | None:
    """The key of an active phrase in this text. One small query, and a second one when the list has changed."""
    return _matcher().first_in(text)


def concerns_in(parts: Iterable[str]) -> list[int]:
    """The keys of all active phrases in these texts, each once, as they come. Queries as ``concern_in``."""
    matcher = _matcher()
    return list(dict.fromkeys(key for part in parts for key in matcher.all_in(part)))


def _matcher() -> Matcher:
    global _kept  # noqa: PLW0603 - each process keeps the newest list it has seen
    about = ConcernPhrase.objects.aggregate(
        Max("changed_at"), Max("pk"), Count("pk"), active=Count("pk", filter=Q(is_active=True))
    )
    version = tuple(about.values())
    if _kept is None or _kept[0] != version:
        _kept = (version, _compiled())
    return _kept[1]


def _compiled() -> Matcher:
    phrases = dict(ConcernPhrase.objects.active().values_list("plain", "pk"))
    # The longest first, so that of two phrases the one that says more is named.
    parts = [
        re.escape(words[:-1]) + r"\w*" if words.endswith("*") else re.escape(words)
        for words in sorted(phrases, key=lambda words: (-len(words), words))
    ]
    return Matcher(re.compile(rf"(?<= )({'|'.join(parts)})(?= )") if parts else None, phrases)

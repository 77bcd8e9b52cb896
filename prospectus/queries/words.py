"""What somebody's words mean: phrases that are filters, misspellings, what learners say and what courses say."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.db import connection

from prospectus.models import PhraseRule
from prospectus.queries.small_words import EMPTY, KIND
from prospectus.queries.spelling import correct, distance, nearest

MOST_CHARACTERS = 300
MOST_WORDS = 16
LONGEST_PHRASE = 4  # words
MOST_TITLES = 4  # subjects that a title is asked for
RULE_FILTERS = ("level", "mode", "pattern", "delivery", "type", "start", "kind", "stage", "places")

# The same rules as the database's prospectus_normal(), in the same order; a test holds the two together. Only "it"
# differs: a title means the subject where it is in capitals, and somebody who searches always does.
NUMBERS = ("one", "two", "three", "four")
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(as|a|t)[- ]?levels?\b(?![- ]?[1-8])"), r"\1level"),
    *((re.compile(rf"\blevel[- ]{word}\b"), f"level{number}") for number, word in enumerate(NUMBERS, 1)),
    (re.compile(r"\b(?:levels?|lvl|l)[- ]?([1-8])\b"), r"level\1"),
    (re.compile(r"\bnvq[- ]?([1-8])\b"), r"nvq level\1"),
    (re.compile(r"\bfurther[- ](?=maths?\b|mathematics\b)"), "furthermaths "),
    (re.compile(r"\b(?:it|i\.t)\b"), "ict"),
    (re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]s?\\b"), ""),
    (re.compile(r"[-/_]"), " "),
)
# "Level 2 and 3" is two levels; a title that says so is found by either.
SEVERAL_LEVELS = re.compile(r"\blevels?[- ]?([1-8])\s*(?:and|or|to|&|/|-|,)\s*([1-8])\b", re.IGNORECASE)
# "Work with animals" is about animals; "social work" is work.
WORK_WITH = re.compile(
    r"(?:^|\b(?:to|and|like|likes|love|loves|enjoy|enjoys|wanna))\s*work(?:ing)?\s+(?:with|in|as|at|for|on)\b",
    re.IGNORECASE,
)
# Written apart, the index would look for "re", which is religious education.
APART_RESIT = re.compile(r"\bre[- ](?=(?:sits?|takes?|sitting|taking)\b)", re.IGNORECASE)
# Dashes and apostrophes as a telephone and a word processor write them.
TYPED = str.maketrans({"\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'"})
# How old somebody is says nothing about a course: "aged 14 and 15", "16-18 year olds", "my son is 16". What may be
# something else stays whole: "14-19 diploma", "year 11", "aged 16-60".
_AGE = r"\b(?:1[1-9]|2[0-5])\b"
_AGES = rf"{_AGE}(?:\s*(?:[-/,&]|to\b|and\b|or\b)\s*{_AGE})*"
_WHOSE = r"\b(?:ages?|aged|i'?m|i am|(?:son|daughter|he|she|who)(?:'?s| is)?)\s+(?:between\s+|from\s+)?"
_OLD = r"[- ]?(?:years?|yrs?)[- ]?olds?\b"
AGE = re.compile(
    rf"(?:{_WHOSE}{_AGES}(?:{_OLD})?|(?<!year )(?<!yr )(?<!\d-){_AGES}{_OLD}|\bis\s+{_AGE})"
    r"(?!\s*(?:[-/,&]|to\b|and\b|or\b)\s*\d\d)(?!\s*(?:hours?|days?|weeks?|months?)\b)",
    re.IGNORECASE,
)
BREAK = re.compile(r"\b(?:and|or|with)\b|[,&+;]|/", re.IGNORECASE)
TOKEN = re.compile(r"[^\W_]+")
POSTCODE = re.compile(r"\b(?:(?:near|in|around|from)\s+)?([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b", re.IGNORECASE)
OUTCODE = re.compile(r"\b(?:near|in|around|from)\s+([a-z]{1,2}\d[a-z\d]?)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """Words that were read as a filter."""

    words: str
    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the words mean. ``tries`` are tsquery texts, the narrowest first; without any, nothing is looked for.

    ``subjects`` are the words that are not of a kind of course; with several, somebody may want some of each.
    """

    tries: tuple[str, ...] = ()
    subjects: tuple["Term", ...] = ()
    kinds: str = ""
    is_unbroken: bool = True  # no "and" or comma between the words
    phrases: tuple[Phrase, ...] = ()
    corrections: dict[str, str] = field(default_factory=dict)
    corrected_text: str = ""
    postcode: str = ""

    @property
    def titles(self) -> tuple[tuple[str, str], ...]:
        """The first subjects as a title may have them: in any way, and as they were typed."""
        return tuple((term.in_title, term.direct) for term in self.subjects[:MOST_TITLES])

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The phrases, as filters: "level 2 or level 3" is both."""
        found: dict[str, tuple[str, ...]] = {}
        for phrase in self.phrases:
            found[phrase.name] = (*found.get(phrase.name, ()), phrase.value)
        return found


def normalise(text: str) -> str:
    """Small letters, with "A level" and "level 3" as one word each: "a" alone means nothing to the index."""
    text = text[:MOST_CHARACTERS].lower()
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


def tokens(text: str) -> list[str]:
    """The words of a text that has been normalised."""
    return TOKEN.findall(text)[:MOST_WORDS]


def as_read(text: str) -> str:
    """The text with nothing but its words, as synonyms and phrase rules hold them."""
    return " ".join(tokens(normalise(text)))


def take_postcode(text: str) -> tuple[str, str]:
    """The text without a postcode, and the postcode: a whole one anywhere, a first half only after "near"."""
    if found := POSTCODE.search(text):
        return POSTCODE.sub(" ", text, count=1), f"{found[1]} {found[2]}".upper()
    if found := OUTCODE.search(text):
        return OUTCODE.sub(" ", text, count=1), found[1].upper()
    return text, ""


def runs_of(words: Sequence[str], *, longest: int = LONGEST_PHRASE) -> list[tuple[int, int]]:
    """Every (start, end) of up to ``longest`` words, the longest first and then from the left."""
    return [(at, at + size) for size in range(longest, 0, -1) for at in range(len(words) - size + 1)]


def said_in(words: Sequence[str]) -> set[str]:
    return {" ".join(words[start:end]) for start, end in runs_of(words)}


def take_phrases(
    words: list[str], rules: Iterable[PhraseRule], meant: Collection[str] = ()
) -> tuple[list[str], tuple[Phrase, ...]]:
    """The words that are left, and the phrases that were filters. A longer phrase of ``meant``, which has a meaning of
    its own, is none: "open evening" is not in the evening."""
    known = {rule.phrase: rule for rule in rules}
    taken: dict[int, Phrase | None] = {}
    kept: set[int] = set()
    for start, end in runs_of(words):
        said, places = " ".join(words[start:end]), range(start, end)
        if not kept.isdisjoint(places) or any(at in taken for at in places):
            continue
        if rule := known.get(said):
            phrase = Phrase(words=said, name=rule.filter_name, value=rule.filter_value)
            taken |= dict.fromkeys(places) | {start: phrase}
        elif said in meant and end - start > 1:
            kept.update(places)
    phrases = tuple(phrase for at, phrase in sorted(taken.items()) if phrase)
    return [word for at, word in enumerate(words) if at not in taken], phrases


# What the tables know of them

# One question for all that the tables say of a text; the migration that makes the function says what and why.
LOOK_UP = """
SELECT kind, said, first, second
FROM prospectus_look_up(%(phrases)s, %(words)s, %(checked)s::text[], %(rare)s, %(least_part)s)
"""
LEAST_PART = 3  # letters of each of two words that were written as one
RARE = 4  # uses of a word
OUTNUMBERS = 3  # times as many uses has the word that was meant


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the tables say of a text and of its words, and of each two neighbours as one word: "brick laying"."""

    rules: list[PhraseRule] = field(default_factory=list)
    meant: dict[str, list[str]] = field(default_factory=dict)
    empty: Collection[str] = ()  # words the index does not keep
    uses: dict[str, int] = field(default_factory=dict)  # only of words that are known
    beginnings: Collection[str] = ()  # of the others: some word begins like this, somebody is still typing
    near: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # of words that may be misspelt
    split: dict[str, str] = field(default_factory=dict)  # two words written as one: "zookeeper"
    whole: dict[str, str] = field(default_factory=dict)  # of beginnings that the index has not: "cookin", "cooking"


def look_up(words: Sequence[str], *, corrects: bool = True) -> Known:
    pairs = {one + other for one, other in pairwise(words)}
    checked = [word for word in words if word not in EMPTY] if corrects else []
    known = Known(empty=set(), beginnings=set())
    with connection.cursor() as cursor:
        asked = {
            "phrases": [*said_in(words), *pairs],
            "words": list({*words, *pairs}),
            "checked": checked,
            "rare": RARE,
            "least_part": LEAST_PART,
        }
        cursor.execute(LOOK_UP, asked)
        for kind, said, first, second in cursor.fetchall():
            if kind == "rule":
                known.rules.append(PhraseRule(phrase=said, filter_name=first, filter_value=second))
            elif kind == "synonym":
                known.meant.setdefault(said, []).append(first)
            elif kind == "split":
                known.split.setdefault(said, f"{first} {second}")
            elif kind == "whole":
                known.whole[said] = first
            elif kind == "near":
                known.near.setdefault(said, []).append((first, int(second)))
            elif kind == "empty":
                known.empty.add(said)  # type: ignore[attr-defined]
            elif first is not None:
                known.uses[said] = int(first)
            elif second == "1" and len(said) > 2:
                known.beginnings.add(said)  # type: ignore[attr-defined]
    return known


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """Words that are no words, and what was meant; rare words, and a frequent one that is nearly the same."""

    corrections: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)


def spell(words: Sequence[str], known: Known) -> Spelling:
    # "Fire fighter" is no mistake: together they are a word.
    joined = {word for one, other in pairwise(words) if one + other in known.uses for word in (one, other)}
    corrections = known.whole | {
        typed: nearest(typed, near)
        for typed, near in known.near.items()
        if typed not in known.uses and typed not in joined and typed not in known.split
    }
    # What only a provider or two write may be their mistake.
    others = {
        word: nearest(word, [one for one in near if one[1] > OUTNUMBERS * known.uses[word]])
        for word, near in known.near.items()
        if word in known.uses
    }
    return Spelling(
        corrections={typed: meant for typed, meant in corrections.items() if meant},
        others={word: other for word, other in others.items() if other and distance(word, other) == 1},
    )


# Terms: what must be in a course, each with its other names


@dataclass(frozen=True, kw_only=True)
class Term:
    words: tuple[str, ...]
    others: tuple[str, ...] = ()
    joined: str = ""  # the words written as one
    is_kind: bool = False
    is_beginning: bool = False

    @property
    def query(self) -> str:
        """The term as a tsquery. Words have letters and digits only, so nothing in them can mean anything to it.

        What else it means is looked for in titles and subjects only: a name or a career may have it by chance.
        """
        return self._any_of(others="AB")

    @property
    def in_title(self) -> str:
        """The same, in a title only."""
        return self._any_of(own="A", others="A")

    @property
    def direct(self) -> str:
        """The words themselves, in a title."""
        return self._any_of(own="A", is_direct=True)

    @property
    def meanings(self) -> tuple[str, ...]:
        """Each thing that it also means, in a title."""
        return tuple(
            " & ".join(quoted(word, "A") for word in words)
            for other in self.others
            if (words := tokens(normalise(other)))
        )

    def _any_of(self, *, own: str = "", others: str = "", is_direct: bool = False) -> str:
        marks = own + ("*" if self.is_beginning else "")
        ways = [" & ".join(quoted(word, marks if word == self.words[-1] else own) for word in self.words)]
        ways += [quoted(self.joined, own)] if self.joined else []
        for other in () if is_direct else self.others:
            ways.append(" & ".join(quoted(word, others) for word in tokens(normalise(other))))
        return "(" + " | ".join(f"({way})" for way in ways if way) + ")"


def quoted(word: str, marks: str = "") -> str:
    return f"'{word}':{marks}" if marks else f"'{word}'"


def terms_of(words: list[str], known: Known, spelling: Spelling) -> list[Term]:
    """The words as terms, the longest known phrase first, without words that say nothing."""
    placed: dict[int, Term] = {}
    taken: set[int] = set()
    for start, end in runs_of(words):
        said, joined = " ".join(words[start:end]), "".join(words[start:end])
        is_joined = end - start == 2 and joined in known.uses and EMPTY.isdisjoint(words[start:end])
        if (said in known.meant or is_joined) and taken.isdisjoint(range(start, end)):
            meant = known.meant.get(said, []) + (known.meant.get(joined, []) if is_joined else [])
            placed[start] = Term(
                words=tuple(words[start:end]),
                others=tuple(dict.fromkeys(meant)),
                joined=joined if is_joined else "",
                is_kind=said in KIND,
            )
            taken.update(range(start, end))
    for at, word in enumerate(words):
        if at not in taken and word not in EMPTY and word not in known.empty:
            placed[at] = Term(
                words=(word,),
                others=(spelling.others[word],) if word in spelling.others else (),
                is_kind=word in KIND,
                is_beginning=word in known.beginnings,
            )
    return [placed[at] for at in sorted(placed)]


def tries_of(terms: Sequence[Term]) -> tuple[str, ...]:
    """What to look for, the narrowest first: all words; any subject with the words of the kind of course; all
    subjects; any of them."""
    subjects = [term.query for term in terms if not term.is_kind]
    kinds = [term.query for term in terms if term.is_kind]
    any_subject = f"({' | '.join(subjects)})" if subjects else ""
    tries = [
        " & ".join(term.query for term in terms),
        " & ".join([*kinds, any_subject]) if any_subject else "",
        " & ".join(subjects),
        " | ".join(subjects),
    ]
    return tuple(dict.fromkeys(query for query in tries if query))


def read(text: str, *, is_exact: bool = False, has_place: bool = False) -> Reading:
    """What these words mean. ``is_exact`` leaves every word as it is: no filters, no corrections."""
    typed, postcode = text[:MOST_CHARACTERS], ""
    text = typed.translate(TYPED)
    if not is_exact and not has_place:
        text, postcode = take_postcode(text)
    text = SEVERAL_LEVELS.sub(r"level \1 level \2", text)
    text = APART_RESIT.sub("re", text)
    ageless = AGE.sub(" ", text)
    words = tokens(normalise(WORK_WITH.sub(" ", ageless))) or tokens(normalise(text))
    if not words:
        return Reading(postcode=postcode)
    known = look_up(words, corrects=not is_exact)
    phrases: tuple[Phrase, ...] = ()
    spelling = Spelling()
    if not is_exact:
        words, phrases = take_phrases(words, known.rules, known.meant)
        spelling = spell(words, known)
    if spelling.corrections or (known.split and not is_exact):
        words = [
            part for word in words for part in (known.split.get(word) or spelling.corrections.get(word, word)).split()
        ]
        known = look_up(words, corrects=False)
    terms = terms_of(words, known, spelling)
    return Reading(
        tries=tries_of(terms),
        subjects=tuple(term for term in terms if not term.is_kind),
        kinds=" & ".join(term.query for term in terms if term.is_kind),
        is_unbroken=not BREAK.search(ageless),
        phrases=phrases,
        corrections=spelling.corrections,
        corrected_text=correct(typed, spelling.corrections) if spelling.corrections else "",
        postcode=postcode,
    )

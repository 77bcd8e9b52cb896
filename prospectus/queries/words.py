"""What somebody's words mean: phrases that are filters, misspellings, what learners say and what courses say."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from prospectus.models import PhraseRule, Synonym

MOST_CHARACTERS = 300
MOST_WORDS = 16
LONGEST_PHRASE = 4  # words
RULE_FILTERS = ("level", "mode", "pattern", "delivery", "type", "start", "kind", "stage", "places")

# The same rules as the database's prospectus_normal(), in the same order; a test holds the two together. Only "it"
# differs: a title means the subject where it is in capitals, and somebody who searches always does.
NUMBERS = ("one", "two", "three", "four")
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(as|a|t)[- ]?levels?\b(?![- ]?[1-8])"), r"\1level"),
    *((re.compile(rf"\blevel[- ]{word}\b"), f"level{number}") for number, word in enumerate(NUMBERS, 1)),
    (re.compile(r"\b(?:levels?|lvl|l)[- ]?([1-8])\b"), r"level\1"),
    (re.compile(r"\bnvq[- ]?([1-8])\b"), r"nvq level\1"),
    (re.compile(r"\b(?:it|i\.t)\b"), "ict"),
    (re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]s?\\b"), ""),
    (re.compile(r"[-/_]"), " "),
)
TOKEN = re.compile(r"[^\W_]+")
POSTCODE = re.compile(r"\b(?:(?:near|in|around|from)\s+)?([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b", re.IGNORECASE)
OUTCODE = re.compile(r"\b(?:near|in|around|from)\s+([a-z]{1,2}\d[a-z\d]?)\b", re.IGNORECASE)

# Words of a question that say nothing about a course. PostgreSQL's own list has the rest ("the", "and").
EMPTY = frozenset(
    "want like love would become becoming being get getting learn learning study studying about job jobs career "
    "careers course courses class classes lesson lessons near me my thing things please best".split()
)
# Words that say what kind of course it is: left out when nothing has them as well as the subject.
KIND = frozenset(
    "college school sixth form diploma certificate award btec nvq gcse gcses alevel aslevel tlevel hnc hnd "
    "qualification apprenticeship apprenticeships apprentice traineeship training work working level1 level2 level3 "
    "level4 level5 level6 level7 level8 beginner beginners intermediate advanced introduction foundation".split()
)


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """Words that were read as a filter."""

    words: str
    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the words mean. ``tries`` are tsquery texts, the narrowest first; without any, nothing is looked for."""

    tries: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    corrections: dict[str, str] = field(default_factory=dict)
    corrected_text: str = ""
    postcode: str = ""

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


def take_phrases(words: list[str], rules: Iterable[PhraseRule]) -> tuple[list[str], tuple[Phrase, ...]]:
    """The words that are left, and the phrases that were filters."""
    known = {rule.phrase: rule for rule in rules}
    taken: dict[int, Phrase | None] = {}
    for start, end in runs_of(words):
        said = " ".join(words[start:end])
        if (rule := known.get(said)) and not any(at in taken for at in range(start, end)):
            phrase = Phrase(words=said, name=rule.filter_name, value=rule.filter_value)
            taken |= dict.fromkeys(range(start, end)) | {start: phrase}
    phrases = tuple(phrase for at, phrase in sorted(taken.items()) if phrase)
    return [word for at, word in enumerate(words) if at not in taken], phrases


# Spelling

KNOWN = """
SELECT said.word, said.lexeme IS NOT NULL, EXISTS (SELECT FROM prospectus_searchword v WHERE v.lexeme = said.lexeme),
       EXISTS (SELECT FROM prospectus_searchword v WHERE v.word LIKE said.word || '%%')
FROM (SELECT word, (tsvector_to_array(to_tsvector('prospectus', word)))[1] AS lexeme
      FROM unnest(%s::text[]) AS word) AS said
"""
# Trigrams find long words; two letters changed places in a short one leave it hardly any in common.
NEAR_WORDS = """
SELECT typed.word, near.word, near.uses
FROM unnest(%s::text[]) AS typed(word) CROSS JOIN LATERAL (
    (SELECT v.word, v.uses FROM prospectus_searchword v
     WHERE v.word %% typed.word ORDER BY similarity(v.word, typed.word) DESC, v.uses DESC LIMIT 20)
    UNION
    (SELECT v.word, v.uses FROM prospectus_searchword v
     WHERE length(typed.word) <= 6 AND v.word LIKE left(typed.word, 1) || '%%'
       AND length(v.word) BETWEEN length(typed.word) - 1 AND length(typed.word) + 1
     ORDER BY v.uses DESC LIMIT 200)
) AS near
"""
SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("gh", "g"),
    ("ie", "y"),
    ("ea", "e"),
    ("oe", "e"),
    ("ps", "s"),
    ("wr", "r"),
    ("z", "s"),
)


def sound(word: str) -> str:
    """Roughly how it is said, with double letters as one: fotografy and photography are then near."""
    for letters, said in SOUNDS:
        word = word.replace(letters, said)
    return re.sub(r"(.)\1", r"\1", word)


def distance(one: str, other: str) -> int:
    """How many letters to put in, leave out, change or swap with their neighbour to make one word of the other."""
    before, row = [], list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(typed: str, candidates: Iterable[tuple[str, int]]) -> str:
    """The word that was meant, or "" when nothing is near enough. Of equally near ones, the most used."""
    allowed = 1 if len(typed) <= 5 else 2 if len(typed) <= 9 else 3
    best = ""
    best_key: tuple[float, int, int] | None = None
    for word, uses in candidates:
        letters, sounds = distance(typed, word), distance(sound(typed), sound(word))
        key = (min(letters, sounds + 0.5), letters, -uses)
        if min(letters, sounds) <= allowed and (best_key is None or key < best_key):
            best, best_key = word, key
    return best


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """What the vocabulary says of each word."""

    empty: Collection[str]  # words the index does not keep
    beginnings: Collection[str]  # not words, but some word begins like this: somebody is still typing
    corrections: dict[str, str]


def spell(words: Collection[str], *, corrects: bool = True) -> Spelling:
    empty, beginnings, unknown = set(), set(), []
    if not words:
        return Spelling(empty=empty, beginnings=beginnings, corrections={})
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(words)])
        for word, is_kept, is_known, is_beginning in cursor.fetchall():
            if not is_kept:
                empty.add(word)
            elif not is_known and is_beginning and len(word) > 2:
                beginnings.add(word)
            elif not is_known and len(word) > 3 and not any(letter.isdigit() for letter in word):
                unknown.append(word)
        near: dict[str, list[tuple[str, int]]] = {}
        if unknown and corrects:
            cursor.execute(NEAR_WORDS, [unknown])
            for typed, word, uses in cursor.fetchall():
                near.setdefault(typed, []).append((word, uses))
    found = {typed: nearest(typed, near.get(typed, [])) for typed in unknown}
    return Spelling(
        empty=empty, beginnings=beginnings, corrections={typed: meant for typed, meant in found.items() if meant}
    )


def correct(text: str, corrections: dict[str, str]) -> str:
    """The text as typed, with the words that were misspelt put right."""
    for typed, meant in corrections.items():
        text = re.sub(rf"\b{re.escape(typed)}\b", meant, text, flags=re.IGNORECASE)
    return text


# Terms: what must be in a course, each with its other names


@dataclass(frozen=True, kw_only=True)
class Term:
    words: tuple[str, ...]
    others: tuple[str, ...] = ()
    is_kind: bool = False
    is_beginning: bool = False

    @property
    def query(self) -> str:
        """The term as a tsquery. Words have letters and digits only, so nothing in them can mean anything to it."""
        own = " & ".join(quoted(word) for word in self.words) + (":*" if self.is_beginning else "")
        others = [" & ".join(quoted(word) for word in tokens(normalise(other))) for other in self.others]
        return "(" + " | ".join(f"({part})" for part in (own, *others) if part) + ")"


def quoted(word: str) -> str:
    return f"'{word}'"


def terms_of(words: list[str], synonyms: Iterable[Synonym], spelling: Spelling) -> list[Term]:
    """The words as terms, the longest known phrase first, without words that say nothing."""
    others: dict[str, list[str]] = {}
    for synonym in synonyms:
        others.setdefault(synonym.said, []).append(synonym.meant)
    placed: dict[int, Term] = {}
    taken: set[int] = set()
    for start, end in runs_of(words):
        said = " ".join(words[start:end])
        if said in others and taken.isdisjoint(range(start, end)):
            placed[start] = Term(words=tuple(words[start:end]), others=tuple(others[said]), is_kind=said in KIND)
            taken.update(range(start, end))
    for at, word in enumerate(words):
        if at not in taken and word not in EMPTY and word not in spelling.empty:
            placed[at] = Term(words=(word,), is_kind=word in KIND, is_beginning=word in spelling.beginnings)
    return [placed[at] for at in sorted(placed)]


def tries_of(terms: Sequence[Term]) -> tuple[str, ...]:
    """What to look for, the narrowest first: all words; without words of the kind of course; any of the words."""
    subjects = [term.query for term in terms if not term.is_kind]
    tries = [" & ".join(term.query for term in terms), " & ".join(subjects), " | ".join(subjects)]
    return tuple(dict.fromkeys(query for query in tries if query))


def read(text: str, *, is_exact: bool = False, has_place: bool = False) -> Reading:
    """What these words mean. ``is_exact`` leaves every word as it is: no filters, no corrections."""
    typed, postcode = text[:MOST_CHARACTERS], ""
    if not is_exact and not has_place:
        text, postcode = take_postcode(text[:MOST_CHARACTERS])
    words = tokens(normalise(text))
    if not words:
        return Reading(postcode=postcode)
    phrases: tuple[Phrase, ...] = ()
    if not is_exact:
        words, phrases = take_phrases(words, PhraseRule.objects.in_use().filter(phrase__in=said_in(words)))
    spelling = spell([word for word in words if word not in EMPTY], corrects=not is_exact)
    words = [spelling.corrections.get(word, word) for word in words]
    synonyms = Synonym.objects.in_use().filter(said__in=said_in(words)) if words else ()
    return Reading(
        tries=tries_of(terms_of(words, synonyms, spelling)),
        phrases=phrases,
        corrections=spelling.corrections,
        corrected_text=correct(typed, spelling.corrections) if spelling.corrections else "",
        postcode=postcode,
    )

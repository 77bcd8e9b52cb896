"""How near two words are, by their letters and by their sound, and which of several was meant."""

import re
from collections.abc import Iterable

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
    """The word that was meant, or "" when nothing is near enough. Of equally near ones, the one with the same letters
    ("gsce" is "gcse", not "gce"), then the most used."""
    allowed = 1 if len(typed) <= 5 else 2 if len(typed) <= 9 else 3
    best = ""
    best_key: tuple[float, int, bool, int] | None = None
    for word, uses in candidates:
        letters, sounds = distance(typed, word), distance(sound(typed), sound(word))
        key = (min(letters, sounds + 0.5), letters, sorted(typed) != sorted(word), -uses)
        if letters >= len(typed) - 1:
            continue  # said alike or not, "zzzz" is not "zoo"
        if min(letters, sounds) <= allowed and (best_key is None or key < best_key):
            best, best_key = word, key
    return best


def correct(text: str, corrections: dict[str, str]) -> str:
    """The text as typed, with the words that were misspelt put right."""
    for typed, meant in corrections.items():
        text = re.sub(rf"\b{re.escape(typed)}\b", meant, text, flags=re.IGNORECASE)
    return text

"""What providers' own words mean: how it is studied, and at which level. The tables are data, not code."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from prospectus.models import Delivery, Pattern, ProvisionKind, StudyMode
from prospectus.texts import tidy

DATA = Path(__file__).resolve().parent.parent / "data"
SCOTTISH = re.compile(r"\b(?:scqf|svqs?|sqa)\b", re.IGNORECASE)
HIGHER = {
    # Words for what comes after school without saying how far: every level they may mean.
    "undergraduate": ["4", "5", "6"],
    "higher education award": ["4", "5", "6"],
    "higher education": ["4", "5", "6"],
    "foundation degree": ["5"],
    "bachelors degree": ["6"],
    "postgraduate": ["7"],
    "masters degree": ["7"],
    "doctorate": ["8"],
}
KINDS = {
    # Families of qualification types that say what sort of thing a course is. Any other is a course.
    "apprenticeship": ProvisionKind.APPRENTICESHIP,
    "training": ProvisionKind.RE_ENGAGEMENT,
    "foundation_learning": ProvisionKind.RE_ENGAGEMENT,
}
JOINED = re.compile(r"\s*(?:/|,|;|&|\band\b|\bor\b)\s*")
ONE_LEVEL = re.compile(r"(?:levels?|lv|l)?\s*([1-8])")
RANGE = re.compile(r"(?:levels?|lv|l)?\s*([1-8])\s*(?:-|\u2013|to)\s*(?:level\s*)?([1-8])")
ENTRY = re.compile(r"(?:(?:level|lv)\s*0|e[123]|entry(?: levels?)?(?: [123](?:\s*(?:/|,|-|to|and)\s*[123])*)?)")


class StudyWords(NamedTuple):
    """What one expression says about a run; "" where it says nothing."""

    study_mode: str
    delivery: str
    pattern: str


@cache
def study_words() -> dict[str, StudyWords]:
    """The table of expressions, codes included."""
    with (DATA / "study_words.csv").open(encoding="utf-8", newline="") as file:
        table = {
            row["words"]: StudyWords(row["study_mode"], row["delivery"], row["pattern"]) for row in csv.DictReader(file)
        }
    for words, (study_mode, delivery, pattern) in table.items():
        if (
            {study_mode} - {"", *StudyMode.values}
            or {delivery} - {"", *Delivery.values}
            or {pattern} - {"", *Pattern.values}
        ):
            raise ValueError(f"study_words.csv: {words} names a value that does not exist")
    return table


def look_up_study(words: str) -> StudyWords | None:
    """What the expression means, whatever its capitals, hyphens and spaces; None when the table does not know it."""
    table = study_words()
    return table.get(words) or table.get(" ".join(re.sub(r"[-\u2013]", " ", words).lower().split()))


def read_levels(text: str) -> list[str] | None:
    """The English levels these words name, lowest first; None when they name none for certain."""
    words = tidy(text).lower().replace("'", "").replace("\u2019", "")
    words = re.sub(r"^(?:rqf|qcf|nqf|fheq|ofqual)\s+", "", words)
    if words in HIGHER:
        return HIGHER[words]
    if ENTRY.fullmatch(words):
        return ["E"]
    found: set[str] = set()
    for part in JOINED.split(words):
        if match := ONE_LEVEL.fullmatch(part):
            found.add(match[1])
        elif (match := RANGE.fullmatch(part)) and match[1] < match[2]:
            found.update(str(level) for level in range(int(match[1]), int(match[2]) + 1))
        elif ENTRY.fullmatch(part):
            found.add("E")
        else:
            return None
    return sorted(found, key="E12345678".index) or None


def kind_of(family: str) -> ProvisionKind:
    """What sort of thing a course is whose feed cannot say so, by the family of its qualification type."""
    return KINDS.get(family, ProvisionKind.COURSE)


@cache
def qualification_words() -> list[tuple[re.Pattern, str]]:
    """Patterns of qualification titles and the code of the type they mean; the first that fits counts."""
    with (DATA / "qualification_words.csv").open(encoding="utf-8", newline="") as file:
        return [(re.compile(rf"\b(?:{row['pattern']})\b", re.IGNORECASE), row["type"]) for row in csv.DictReader(file)]


@cache
def any_qualification() -> re.Pattern:
    """One pattern for all of them: most titles name none, and are asked once."""
    return re.compile("|".join(pattern.pattern for pattern, _code in qualification_words()), re.IGNORECASE)


def read_qualification_type(title: str) -> str:
    """The code of the qualification type a title names, or ""."""
    if not title or not any_qualification().search(title):
        return ""
    return next(code for pattern, code in qualification_words() if pattern.search(title))

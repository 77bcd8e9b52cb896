"""A learner's grades held against what a course asks for, so that they hear of a gap before the provider sees it.

Careful on purpose: what cannot be read for certain counts as enough, because a false warning puts somebody off a course
they could get.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from applications.models import Grade
from prospectus.models import EntryRequirement

NUMBERS = {str(number): number for number in range(1, 10)}  # GCSE since 2017
LETTERS = {letter: rank for rank, letter in enumerate(("U", "G", "F", "E", "D", "C", "B", "A", "A*"))}
# Vocational grades.
WORDS = {"P": 1, "PASS": 1, "M": 2, "MERIT": 2, "D": 3, "DISTINCTION": 3, "D*": 4}
SAME_SUBJECTS = (("maths", "mathematics"), ("english", "english language"), ("computing", "computer science"))


def short_of(requirements: Iterable[EntryRequirement], grades: list[Grade]) -> list[EntryRequirement]:
    """The essential requirements that these grades, read kindly, do not show."""
    return [one for one in requirements if one.is_essential and one.grade and not _is_shown(one, grades)]


def missed_by(requirements: Iterable[EntryRequirement], grades: list[Grade]) -> list[EntryRequirement]:
    """Those of them that are known to be missed: there is a grade in the very subject, and none is enough."""
    return [
        one
        for one in short_of(requirements, grades)
        if any(_is_very_subject(one.subject_words, grade.subject) for grade in grades)
    ]


def _is_shown(requirement: EntryRequirement, grades: list[Grade]) -> bool:
    if _scale_of(requirement.grade) is None:
        return True  # not a grade we know how to compare
    fitting = [grade for grade in grades if _is_subject(requirement.subject_words, grade.subject)]
    enough = [grade for grade in fitting if _is_enough(grade.grade, requirement.grade)]
    return len(enough) >= requirement.how_many


def _is_subject(asked: str, said: str) -> bool:
    """One names the other: "English" and "English Language", "maths" and "Mathematics"."""
    if not asked:
        return True
    asked, said = plain_subject(asked), plain_subject(said)
    return asked in said or said in asked


def _is_very_subject(asked: str, said: str) -> bool:
    """The same word by word: IT is no part of literature, and what cannot be read is no subject."""
    words, others = set(plain_subject(asked).split()), set(plain_subject(said).split())
    return bool(words and others) and (words <= others or others <= words)


@lru_cache(maxsize=4096)  # on results day a desk compares the same few hundred words tens of thousands of times
def plain_subject(subject: str) -> str:
    words = " ".join(re.findall(r"[a-z]+", subject.lower()))
    for short, long in SAME_SUBJECTS:
        words = re.sub(rf"\b{long}\b", short, words)
    return words


def _is_enough(said: str, asked: str) -> bool:
    scale = _scale_of(asked)
    said = said.strip().upper()
    # "5/6" and "4 to 5": the better of the two.
    ranks = [scale[part] for part in re.findall(r"[A-Z]\*?|\d", said) if part in scale] if scale else []
    if scale is None or not ranks or (said not in scale and len(said) > 5):
        return True  # another scale, or not a grade: nobody can tell
    return max(ranks) >= scale[asked.strip().upper()]


def _scale_of(grade: str) -> dict[str, int] | None:
    wanted = grade.strip().upper()
    if wanted in NUMBERS:
        return NUMBERS
    if wanted in LETTERS:
        return LETTERS
    return WORDS if wanted in WORDS else None

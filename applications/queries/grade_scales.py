"""Grades of exams: which words are one, and whether one is at least another of the same kind."""

import re
from functools import lru_cache
from typing import NamedTuple

from applications.queries.entry_grades import LETTERS, WORDS

PENDING = ("Q", "X", "ABS", "ABSENT", "PENDING")  # of an exam there is no grade of, or not yet
NOT_PASSED = ("U", "UNCLASSIFIED", "FAIL", "F", "NEAR PASS", "N", "NP")
SPELT_OUT = {"DISTINCTION*": "D*", "STARRED DISTINCTION": "D*", "DISTINCTION": "D", "MERIT": "M", "PASS": "P"}
LEVEL = re.compile(r"(?:LEVEL |L)([E123])[ \-]*")
VOCATIONAL = re.compile(r"(?:D\*|[DMP])+")
LETTERED = re.compile(r"(?:A\*|[A-GU])+")
STEPS = 8  # how far below a grade nothing at all is, at most


class Reading(NamedTuple):
    """A grade on its scale: 1 is the lowest pass of it. A double award has two ranks."""

    scale: str  # numbers, letters, words
    ranks: tuple[int, ...]


def plain_grade(text: str) -> str:
    return " ".join(text.upper().replace("–", "-").split())


def is_grade(text: str) -> bool:
    """Whether these are words of a grade at all, of any scale; also those of an exam without one."""
    said = plain_grade(text)
    return said in PENDING or said in NOT_PASSED or bool(readings(said))


def readings(text: str) -> list[Reading]:
    """What a grade may mean: "5" one thing, "D" a letter or a Distinction. Empty where nobody can tell."""
    said = plain_grade(text)
    level = LEVEL.match(said)
    if level:
        said = said[level.end() :]
        said = SPELT_OUT.get(said, said)
        return [Reading(f"level {level[1]}", (WORDS[said],))] if said in WORDS else []
    if found := re.fullmatch(r"([1-9])(?:[ /\-]?([1-9]))?", said):
        ranks = tuple(int(part) for part in found.groups() if part)
        return [Reading("numbers", ranks)] if max(ranks) - min(ranks) <= 1 else []
    if said in SPELT_OUT:
        return [Reading("words", (WORDS[SPELT_OUT[said]],))]
    found_all = []
    if LETTERED.fullmatch(said) and len(re.findall(r"A\*|[A-GU]", said)) <= 2:
        found_all.append(Reading("letters", tuple(LETTERS[part] for part in re.findall(r"A\*|[A-GU]", said))))
    if VOCATIONAL.fullmatch(said) and len(re.findall(r"D\*|[DMP]", said)) <= 3:
        found_all.append(Reading("words", tuple(WORDS[part] for part in re.findall(r"D\*|[DMP]", said))))
    return found_all


def steps_short(said: str, asked: str) -> list[int] | None:
    """How many grades each award of ``said`` is below ``asked``, 0 where it is enough. None: nobody can tell."""
    found = _steps(said, asked)
    return None if found is None else list(found)


@lru_cache(maxsize=4096)
def _steps(said: str, asked: str) -> tuple[int, ...] | None:
    wanted = readings(asked)
    if not wanted:
        return None
    if plain_grade(said) in NOT_PASSED:
        return (min(STEPS, max(1, wanted[0].ranks[0])),)
    for want in wanted:
        for have in readings(said):
            if have.scale == want.scale:
                return tuple(max(0, want.ranks[0] - rank) for rank in have.ranks)
    return None

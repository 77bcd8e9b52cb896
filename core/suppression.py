"""Small numbers for people who may see figures and no names: one home for the rule.

From 1 to 4 says too much of somebody. What is hidden must not follow from what is shown either: beside a total, one
hidden number alone is the total less the others, so that a second one, the smallest there is, is hidden with it.
Source: the specification, "Numbers suppressed in fixed tables with secondary suppression".
"""

import hashlib
import hmac
from collections.abc import Sequence

from django.conf import settings

SMALL = range(1, 5)


def suppressed(numbers: Sequence[int], *, of: Sequence[int] | None = None) -> list[int | None]:
    """The same numbers with None where nobody may read them, for one column that stands under its total.

    ``of``: how many each is out of, where that is shown: then the rest must not be small, either. Hiding goes on until
    at least two are hidden and neither they nor their rests are small together; where that cannot be, everything is
    hidden but zeros.
    """
    wholes = of if of is not None else numbers
    hidden = {
        place
        for place, (number, whole) in enumerate(zip(numbers, wholes, strict=True))
        if number in SMALL or whole - number in SMALL
    }
    rest = sorted((number, place) for place, number in enumerate(numbers) if place not in hidden and number)

    def is_told() -> bool:
        """Whether the totals of the columns say what all that is hidden is together, or lacks, and it is small."""
        together = sum(numbers[place] for place in hidden)
        return together in SMALL or sum(wholes[place] for place in hidden) - together in SMALL

    while hidden and rest and (len(hidden) < 2 or is_told()):
        hidden.add(rest.pop(0)[1])
    return [None if place in hidden else number for place, number in enumerate(numbers)]


def rounded(number: int, *, to: int = 5) -> int:
    """To the nearest ``to``, for rows of numbers whose differences would be small."""
    return to * ((number + to // 2) // to)


def blurred(number: int, *, question: str) -> int:
    """To the nearest 5, for numbers that people put together themselves, by filters.

    Whether 2 above a five goes down or up is decided by the question and a secret: the same question about the same
    people has one answer, on whatever day it is asked, and nobody can tell which way it went. So answers to two
    questions that are 5 apart may be of the same people, and answers that are further apart are of 5 people more, or of
    more than that: no two of them say that something is true of 1 to 4 people. Without this, 5 and 10 would be 7 and 8
    wherever it is known that one person is between them.
    """
    fives, over = divmod(number, 5)
    is_up = over > 2 or (over == 2 and _falls_up(question))
    return 5 * (fives + is_up)


def could_be(shown: int) -> range:
    """All numbers that ``blurred`` shows like this."""
    return range(max(0, shown - 3), shown + 3)


def _falls_up(question: str) -> bool:
    return hmac.digest(settings.SECRET_KEY.encode(), b"blurred " + question.encode(), hashlib.sha256)[0] % 2 == 1

"""Small numbers for people who may see figures and no names: one home for the rule.

From 1 to 4 says too much of somebody. What is hidden must not follow from what is shown either: beside a total, one
hidden number alone is the total less the others, so that a second one, the smallest there is, is hidden with it.
Source: the specification, "Numbers suppressed in fixed tables with secondary suppression".
"""

from collections.abc import Sequence

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

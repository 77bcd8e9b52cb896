"""Invented results, plausible and the same each time: what a rehearsal holds conditions against."""

from collections import defaultdict
from collections.abc import Iterable
from random import Random
from typing import Any

from applications.models import Grade, ResultsRehearsal
from applications.queries.grade_scales import readings
from applications.queries.results_day import Results, Said
from providers.models import Organisation

CORE = ("English Language", "Maths", "Science")
DRIFT = (-2, -1, -1, 0, 0, 0, 0, 0, 1, 1)  # of a grade against the one expected
WITHOUT = 20  # one in so many has no results yet
ODD = 15  # one in so many has a result in another kind of grade


def rehearsal_of(provider: Organisation) -> ResultsRehearsal | None:
    """The one that goes on now."""
    return ResultsRehearsal.objects.open().filter(provider=provider).select_related("provider", "by").first()


class Invented:
    """Results of the same shape as real ones, from a seed and what learners are expected to get."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self, learner_ids: Iterable[int]) -> Results:
        keys = sorted(set(learner_ids))
        expected: dict[int, dict[str, str]] = defaultdict(dict)
        rows = Grade.objects.filter(application__learner__in=keys).order_by("pk")
        for learner, subject, grade in rows.values_list("application__learner", "subject", "grade"):
            expected[learner][subject] = grade
        return {key: self._of(key, expected[key]) for key in keys}

    def _of(self, learner: int, expected: dict[str, str]) -> list[Said]:
        chance = Random(f"{self.seed}:{learner}")  # noqa: S311 - invented on purpose, and the same each time
        if chance.randrange(WITHOUT) == 0:
            return []
        found = {subject: str(chance.randint(3, 7)) for subject in CORE}
        found |= {subject: _near(grade, chance) for subject, grade in sorted(expected.items())}
        if chance.randrange(ODD) == 0:
            found[min(found)] = "L2 Pass"
        return [Said("GCSE", subject, grade) for subject, grade in sorted(found.items())]


def _near(grade: str, chance: Any) -> str:
    """Near the grade that was expected, where it is a number; else just that."""
    ranks = [each.ranks[0] for each in readings(grade) if each.scale == "numbers"]
    return str(min(9, max(1, ranks[0] + chance.choice(DRIFT)))) if ranks else grade or str(chance.randint(3, 7))

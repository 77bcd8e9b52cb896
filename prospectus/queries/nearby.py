"""Subjects beside the one that has nothing: the others of the same broad subject."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from prospectus.models import CareerWord, CourseSearch, Subject
from prospectus.queries.words import normalise, said_in, tokens

MOST_NEARBY = 8


@dataclass(frozen=True, kw_only=True)
class NearbySubject:
    code: str
    name: str
    courses: int


def nearby_subjects(text: str = "", subjects: Sequence[str] = (), *, areas: Sequence[int] = ()) -> list[NearbySubject]:
    """The subjects beside those asked for, or beside those that the words lead to, with how many courses each has.

    Those with the most courses first. At most three questions to the database.
    """
    asked = {code for code in subjects if code and "\0" not in code}
    words = tokens(normalise(text.replace("\0", " ")))
    if not asked and words:
        asked = set(CareerWord.objects.filter(words__in=said_in(words)).values_list("subject", flat=True))
    if not asked:
        return []
    rows = CourseSearch.objects.filter(is_lead=True, sector_code__in={code[:2] for code in asked})
    if areas:
        rows = rows.filter(area__in=areas)
    rows = rows.exclude(subject_code__in={"", *asked})
    counted = dict(rows.order_by().values_list("subject_code").annotate(Count("pk")))
    found = [
        NearbySubject(code=subject.code, name=str(subject), courses=counted[subject.code])
        for subject in Subject.objects.filter(code__in=counted).exclude(parent=None)
    ]
    return sorted(found, key=lambda one: (-one.courses, one.name))[:MOST_NEARBY]

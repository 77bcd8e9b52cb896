"""What the pages of the prospectus show besides search results."""

from dataclasses import dataclass

from django.db.models import Count

from prospectus.models import CourseSearch, Subject


@dataclass(frozen=True, kw_only=True)
class SubjectTile:
    """A broad subject and how many courses it has."""

    code: str
    name: str
    courses: int

    @property
    def icon(self) -> str:
        return f"subject-{self.code}"


@dataclass(frozen=True, kw_only=True)
class Front:
    """What the whole prospectus holds."""

    courses: int
    providers: int
    tiles: list[SubjectTile]


def front() -> Front:
    """How many published courses there are, from how many providers, in each broad subject."""
    rows = CourseSearch.objects.filter(is_lead=True)
    totals = rows.aggregate(courses=Count("pk"), providers=Count("provider", distinct=True))
    return Front(courses=totals["courses"], providers=totals["providers"], tiles=subject_tiles())


def subject_tiles() -> list[SubjectTile]:
    """The broad subjects that have courses."""
    rows = CourseSearch.objects.filter(is_lead=True)
    counted = dict(rows.order_by().values_list("sector_code").annotate(Count("pk")))
    return [
        SubjectTile(code=subject.code, name=str(subject), courses=counted[subject.code])
        for subject in Subject.objects.filter(parent=None)
        if subject.code in counted
    ]

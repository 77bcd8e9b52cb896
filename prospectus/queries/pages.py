"""What the pages of the prospectus show besides search results."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from prospectus.models import Course, CourseRun, CourseSearch, Level, Subject


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


def runs_of(course: Course) -> list[CourseRun]:
    """The runs of a course in the prospectus, soonest first, those whose start has passed last."""
    runs = CourseRun.objects.shown().filter(course=course).select_related("site", "course__provider")
    return sorted(runs, key=lambda run: (run.has_started, run.starts_on is None, run.starts_on, run.pk))


def levels_of(course: Course) -> list[Level]:
    return list(Level.objects.filter(code__in=course.levels))


def courses_of(provider: Any, user: Any) -> Any:
    """The provider's courses that this person may see, with how many runs each has."""
    courses = Course.objects.visible_to(user).filter(provider=provider).for_list()
    counted = courses.exclude(state="withdrawn").annotate(
        run_count=Count("runs", filter=Q(runs__ended_on=None, runs__state="published"))
    )
    return counted.order_by("title", "pk")

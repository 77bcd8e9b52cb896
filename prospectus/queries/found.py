"""What a page of results shows of each course, fetched in two queries from the keys that a search gives."""

from dataclasses import dataclass

from prospectus.models import Course, CourseRun

# A page of results shows little of a course; its long texts stay where they are.
SHOWN = (
    "reference", "title", "levels", "state", "provider__name", "provider__area__name", "qualification_type__name",
    "qualification_type__plain_name",
)  # fmt: skip
SHOWN_OF_RUNS = (
    "course",
    "starts_on",
    "start_text",
    "is_flexible_start",
    "study_mode",
    "pattern",
    "site__name",
    "site__town",
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One course of a page, with the run to show and how far away its nearest site is."""

    course: Course
    runs: list[CourseRun]
    is_own: bool
    miles: float | None

    @property
    def more(self) -> int:
        """How many runs there are besides the one to show."""
        return len(self.runs) - 1

    @property
    def run(self) -> CourseRun | None:
        """The next run to start; where all have started, the last one that did."""
        coming = [run for run in self.runs if not run.has_started]
        return coming[0] if coming else (self.runs[-1] if self.runs else None)


def courses_found(rows: list[tuple[int, bool, float | None]]) -> list[Found]:
    """The courses of a page, in its order, each with its runs that can be started, soonest first."""
    keys = [key for key, _, _ in rows]
    courses = (
        Course.objects.published().select_related("provider__area", "qualification_type").only(*SHOWN).in_bulk(keys)
    )
    runs: dict[int, list[CourseRun]] = {}
    for run in (
        CourseRun.objects.shown()
        .filter(course__in=keys)
        .select_related("site")
        .only(*SHOWN_OF_RUNS)
        .order_by("starts_on", "pk")
        if keys
        else ()
    ):
        runs.setdefault(run.course_id, []).append(run)
    return [
        Found(course=courses[key], runs=runs.get(key, []), is_own=is_own, miles=miles)
        for key, is_own, miles in rows
        if key in courses
    ]

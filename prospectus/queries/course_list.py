"""The courses of an area or a provider as a list on paper: by subject, when, where, what level, how to apply."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Prefetch, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prospectus.models import Course, CourseRun, Subject
from prospectus.queries.course_page import CoursePage, place_words, start_words
from providers.models import Area, Organisation

OTHER = "other"  # courses without a subject
MOST_RUNS = 30  # of a course, the soonest: how one applies is worked out from them
MOST_STARTS = 4  # that are written out
VISITOR = AnonymousUser()  # paper is read by everybody, whoever printed it


@dataclass(frozen=True, kw_only=True)
class SubjectPart:
    """A broad subject and how many courses the list has in it."""

    code: str
    name: str
    courses: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """One course of the list."""

    page: CoursePage
    sector: str

    @property
    def course(self) -> Course:
        return self.page.course

    @property
    def level(self) -> str:
        """Its levels, or what its provider says instead; then what one gets."""
        named = self.course.qualification_type
        said = [_(" and ").join(self.course.level_names) or self.course.level_text, str(named) if named else ""]
        return ", ".join(part for part in said if part)

    @property
    def starts(self) -> list[str]:
        """When and where, the soonest first."""
        runs = self.page.offered
        if not runs:
            return [self.page.start]
        lines = list(dict.fromkeys(_start_line(run) for run in runs))
        more = len(lines) - MOST_STARTS
        return lines[:MOST_STARTS] + ([_more(more)] if more > 0 else [])

    @property
    def apply(self) -> str:
        return self.page.apply


def subjects_of(whose: Area | Organisation) -> list[SubjectPart]:
    """The broad subjects that have courses, in their order; those without a subject last."""
    rows = courses_of(whose).values("sector").annotate(courses=Count("pk"))
    counted = {row["sector"]: row["courses"] for row in rows.order_by()}
    named = [
        SubjectPart(code=subject.code, name=str(subject), courses=counted[subject.code])
        for subject in Subject.objects.filter(parent=None)
        if subject.code in counted
    ]
    without = counted.get(None, 0)
    return named + ([SubjectPart(code=OTHER, name=_("Other courses"), courses=without)] if without else [])


def courses_of(whose: Area | Organisation, subject: str = "") -> QuerySet:
    """The published courses of the area or the provider, of one broad subject or of all, in the order of the list."""
    courses = Course.objects.visible_to(VISITOR).filter(provider__ended_on=None)
    courses = courses.filter(provider__area=whose) if isinstance(whose, Area) else courses.filter(provider=whose)
    courses = courses.annotate(sector=Coalesce("subject__parent", "subject"))
    if subject:
        courses = courses.filter(sector=None) if subject == OTHER else courses.filter(sector=subject)
    return courses.order_by(F("sector").asc(nulls_last=True), "title", "pk")


def with_runs(courses: QuerySet) -> QuerySet:
    """The courses with everything that their lines say."""
    soonest = CourseRun.objects.shown().to_come().select_related("site").order_by("starts_on", "pk")[:MOST_RUNS]
    return courses.select_related("provider__area", "qualification_type").prefetch_related(
        Prefetch("runs", soonest, to_attr="soonest")
    )


def lines_of(courses: Any) -> Iterator[Line]:
    """The lines of courses that came ``with_runs``."""
    for course in courses:
        for run in course.soonest:
            run.course = course
        yield Line(
            page=CoursePage(course=course, runs=course.soonest, levels=(), partners=(), needs=(), helps=()),
            sector=course.sector or OTHER,
        )


def _more(number: int) -> str:
    return ngettext("and %(number)s more start", "and %(number)s more starts", number) % {"number": number}


def by_subject(lines: Any, subjects: Sequence[SubjectPart]) -> list[tuple[SubjectPart, list[Line]]]:
    """The lines under their subjects, in the order they come."""
    named = {subject.code: subject for subject in subjects}
    return [(named[code], list(found)) for code, found in groupby(lines, key=lambda line: line.sector)]


def _start_line(run: CourseRun) -> str:
    """ "7 September 2027, full time, at Hill Site, Northmoor"."""
    how = "" if run.study_mode == "unknown" else run.get_study_mode_display().lower()
    pattern = run.get_pattern_display().lower() if run.pattern in ("evening", "weekend", "block_release") else ""
    place = place_words(run)
    at = _("at %(place)s") % {"place": place} if run.site else place.lower()
    return ", ".join(part for part in (start_words(run), how, pattern, at) if part)

"""What somebody keeps in mind, and what has become of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prospectus.models import Course, CourseState, ShortlistItem
from prospectus.queries.found import Found, courses_found
from prospectus.queries.similar import similar_to_each

MOST_GONE = 5  # so many courses that are gone get similar ones beside them


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One course of a shortlist. ``found`` is None when it is no longer in the prospectus."""

    course: Course
    note: str = ""
    found: Found | None = None
    similar: list[Found] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What it was called while everybody could read it; a draft's title is its provider's."""
        return self.course.title if self.found or self.course.state == CourseState.WITHDRAWN else _("A course")


def shortlist_of(user: Any) -> QuerySet[ShortlistItem]:
    """What this person keeps, oldest first, each with its course."""
    return ShortlistItem.objects.visible_to(user).select_related("course__provider__area", "course__subject")


def courses_kept(references: Sequence[str], *, notes: dict[str, str] | None = None) -> list[Kept]:
    """The courses with these references, in their order, each as the prospectus has it today."""
    courses = Course.objects.filter(reference__in=references).select_related("provider__area")
    known = {course.reference: course for course in courses}
    kept = [known[reference] for reference in references if reference in known]
    published = [course for course in kept if course.state == CourseState.PUBLISHED]
    found = {one.course.pk: one for one in courses_found([(course.pk, False, None) for course in published])}
    gone = [course for course in kept if course.pk not in found][:MOST_GONE]
    similar = similar_to_each(gone, limit=3)
    return [
        Kept(
            course=course,
            note=(notes or {}).get(course.reference, ""),
            found=found.get(course.pk),
            similar=similar.get(course.pk, []),
        )
        for course in kept
    ]

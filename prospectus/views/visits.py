"""Which requests count as somebody's interest. Robots and pages fetched just in case do not."""

from typing import Any

from django.http import HttpRequest

from core.visitors import is_somebody
from prospectus.actions.interest import count_interest, count_miss
from prospectus.models import Course, CourseState, InterestKind


def count_visit(request: HttpRequest, course: Course, kind: InterestKind = InterestKind.VIEW) -> None:
    """Somebody's look at a published course is counted. Asks the database nothing."""
    if course.state == CourseState.PUBLISHED and is_somebody(request):
        count_interest(course_id=course.pk, kind=kind)


def count_vain_search(request: HttpRequest, results: Any) -> None:
    """Somebody's words that found nothing are counted, for the one area they were about."""
    if results.asked.text and not results.courses and is_somebody(request):
        areas = results.query.filters.get("area") or ()
        area = areas[0] if len(areas) == 1 else results.asked.own_area
        count_miss(words=results.asked.text, area_id=area)

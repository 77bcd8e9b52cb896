"""Which requests count as somebody's interest. Robots and pages fetched just in case do not."""

import re
from typing import Any

from django.http import HttpRequest

from prospectus.actions.interest import count_interest, count_miss
from prospectus.models import Course, CourseState, InterestKind

# Programs say what they are: crawlers, link previews, monitors, libraries, browsers without a window.
ROBOTS = re.compile(
    r"bot|crawl|spider|slurp|archiv|scrap|fetch|preview|monitor|uptime|check|scan|validator|lighthouse|headless|phantom"
    r"|selenium|playwright|facebookexternalhit|whatsapp|embedly|feed|curl|wget|python|httpx|aiohttp|okhttp|java/|go-http"
    r"|ruby|perl|php|libwww|node|axios|postman|apache-http",
    re.IGNORECASE,
)


def is_somebody(request: HttpRequest) -> bool:
    """A person's browser that shows them this page now."""
    agent = request.headers.get("User-Agent", "")
    purpose = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")).lower()
    return request.method != "HEAD" and bool(agent) and not ROBOTS.search(agent) and "pre" not in purpose


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

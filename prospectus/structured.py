"""What a course says to other programs: schema.org's Course, as JSON-LD."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from prospectus.models import Course, CourseRun, Delivery

MODES = {Delivery.ONLINE: "online", Delivery.BLENDED: "blended"}
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def course_data(course: Course, runs: Sequence[CourseRun], *, address: str) -> SafeString:
    """JSON that can stand inside a script element, whatever the texts of the course hold."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": course.title,
        "description": course.summary or strip_tags(course.what_you_do)[:500] or course.title,
        "url": address,
        "provider": {"@type": "EducationalOrganization", "name": course.provider.name},
        "hasCourseInstance": [_run_data(run) for run in runs if not run.has_started],
    }
    if course.provider.website:
        data["provider"]["sameAs"] = course.provider.website
    if course.levels:
        data["educationalLevel"] = course.level_names
    if course.qualification_title:
        data["educationalCredentialAwarded"] = course.qualification_title
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 - no "<" can end the element


def _run_data(run: CourseRun) -> dict[str, Any]:
    data: dict[str, Any] = {"@type": "CourseInstance", "courseMode": MODES.get(run.delivery, "onsite")}
    if run.starts_on:
        data["startDate"] = run.starts_on.isoformat()
    if run.ends_on:
        data["endDate"] = run.ends_on.isoformat()
    if run.site:
        place = ", ".join(part for part in (run.site.address, run.site.town, run.site.postcode) if part)
        data["location"] = {"@type": "Place", "name": run.site.name, "address": place or run.site.name}
    if run.cost_pence is not None:
        data["offers"] = {"@type": "Offer", "price": f"{run.cost_pence / 100:.2f}", "priceCurrency": "GBP"}
    return data

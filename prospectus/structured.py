"""What a page says to other programs: schema.org's courses, providers and ways back, as JSON-LD."""

import json
import re
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from prospectus.models import CourseRun, Delivery, StudyMode
from prospectus.queries import CoursePage
from prospectus.texts import first_sentences, plain_text
from providers.models import Organisation, Site

CONTEXT = "https://schema.org"
MODES = {Delivery.ONLINE: "online", Delivery.BLENDED: "blended"}
PACES = {StudyMode.FULL_TIME: "full-time", StudyMode.PART_TIME: "part-time"}
WORK = {"vocational", "apprenticeship", "training", "technical"}  # families of qualifications for an occupation
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
DURATION = re.compile(
    rf"(?P<number>\d{{1,3}}|{'|'.join(NUMBERS)})[ -](?P<unit>hour|day|week|month|year)s?\b", re.IGNORECASE
)
UNITS = {"hour": "PT{}H", "day": "P{}D", "week": "P{}W", "month": "P{}M", "year": "P{}Y"}


def as_script(data: dict[str, Any]) -> SafeString:
    """JSON that can stand inside a script element, whatever the texts in it hold."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 - no "<" can end the element


def course_data(page: CoursePage, *, address: str, provider_address: str) -> dict[str, Any]:
    """The course and the published runs that can still be started."""
    course = page.course
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Course",
        "@id": address,
        "url": address,
        "name": course.title,
        "description": page.description,
        "courseCode": course.provider_reference,
        "inLanguage": "en-GB",
        "provider": _provider(course.provider, provider_address),
        "hasCourseInstance": [_run(run) for run in page.published if not run.has_started],
    }
    if page.partners:
        data["contributor"] = [{"@type": "EducationalOrganization", "name": each.name} for each in page.partners]
    if course.levels:
        data["educationalLevel"] = course.level_names
    if credential := course.qualification_title or page.qualification:
        awarded: dict[str, Any] = {"@type": "EducationalOccupationalCredential", "name": credential}
        if course.levels:
            awarded["educationalLevel"] = course.level_names
        if course.awarding_organisation:
            awarded["recognizedBy"] = {"@type": "Organization", "name": course.awarding_organisation}
        for_work = course.qualification_type is not None and course.qualification_type.family in WORK
        data["occupationalCredentialAwarded" if for_work else "educationalCredentialAwarded"] = awarded
    if needs := [*page.needs, *([_short(course.entry_requirements)] if course.entry_requirements else [])]:
        data["coursePrerequisites"] = needs
    if course.subject:
        data["about"] = {"@type": "Thing", "name": course.subject.name}
    if offers := _unique([_offer(run) for run in page.published if not run.has_started]):
        data["offers"] = offers
    return data


def breadcrumb_data(crumbs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The way back from a page: (name, address) from the top down, the page itself last."""
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": address}
        for position, (name, address) in enumerate(crumbs, start=1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def provider_data(provider: Organisation, sites: Sequence[Site], *, address: str) -> dict[str, Any]:
    data = {"@context": CONTEXT, **_provider(provider, address)}
    if provider.email:
        data["email"] = provider.email
    if provider.phone:
        data["telephone"] = provider.phone
    if provider.ukprn:
        data["identifier"] = {"@type": "PropertyValue", "propertyID": "UKPRN", "value": provider.ukprn}
    if sites:
        data["location"] = [_place(site) for site in sites]
    return data


def _provider(provider: Organisation, address: str) -> dict[str, Any]:
    data = {"@type": "EducationalOrganization", "@id": address, "name": provider.name, "url": address}
    if provider.website:
        data["sameAs"] = provider.website
    return data


def _run(run: CourseRun) -> dict[str, Any]:
    modes = [MODES.get(run.delivery, "onsite"), *([PACES[run.study_mode]] if run.study_mode in PACES else [])]
    data: dict[str, Any] = {"@type": "CourseInstance", "courseMode": modes}
    if run.starts_on:
        data["startDate"] = run.starts_on.isoformat()
    if run.ends_on:
        data["endDate"] = run.ends_on.isoformat()
    if workload := workload_of(run):
        data["courseWorkload"] = workload
    if run.site:
        data["location"] = _place(run.site)
    elif run.delivery == Delivery.ONLINE:
        data["location"] = {"@type": "VirtualLocation"}
    if offer := _offer(run):
        data["offers"] = offer
    return data


def workload_of(run: CourseRun) -> str:
    """How long it takes, as ISO 8601 says it: from the provider's words, else from its dates; empty if neither says.

    Words with two lengths ("1 or 2 years", "6 weeks, 3 hours a week") say no single one and are left to people.
    """
    found = list(DURATION.finditer(run.duration_text))
    if len(found) == 1 and not re.search(r"\d\s*(?:-|–|to|or)\s*\d", run.duration_text):
        number = found[0]["number"].lower()
        return UNITS[found[0]["unit"].lower()].format(NUMBERS.get(number) or int(number))
    if run.starts_on and run.ends_on and not run.duration_text:
        return f"P{(run.ends_on - run.starts_on).days + 1}D"
    return ""


def _offer(run: CourseRun) -> dict[str, Any]:
    """What it costs, where that is known; free is a category of its own."""
    if run.cost_pence is None:
        return {}
    return {
        "@type": "Offer",
        "category": "Paid" if run.cost_pence else "Free",
        "price": f"{run.cost_pence / 100:.2f}",
        "priceCurrency": "GBP",
    }


def _place(site: Site) -> dict[str, Any]:
    parts = {"streetAddress": site.address, "addressLocality": site.town, "postalCode": site.postcode}
    told = {name: value for name, value in parts.items() if value}
    place: dict[str, Any] = {"@type": "Place", "name": site.name}
    if told:
        place["address"] = {"@type": "PostalAddress", **told, "addressCountry": "GB"}
    if site.latitude is not None and site.is_exact:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": site.latitude, "longitude": site.longitude}
    return place


def _short(clean: str) -> str:
    return first_sentences(plain_text(clean), limit=300)


def _unique(offers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [offer for number, offer in enumerate(offers) if offer and offer not in offers[:number]]

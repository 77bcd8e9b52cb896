"""What the read API answers with. Every field is in its description, which is where programmers look."""

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from prospectus.models import CourseRun, Delivery, EntryRequirement, Pattern, ProvisionKind, Stage, StudyMode
from providers.models import Organisation, Site

MOST_ITEMS = 100
Kind = Literal[tuple(ProvisionKind.values)]  # type: ignore[valid-type]
StageCode = Literal[tuple(Stage.values)]  # type: ignore[valid-type]
LevelCode = Literal["E", "1", "2", "3", "4", "5", "6", "7", "8"]
Slug = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=80)]
Reference = Annotated[str, Field(pattern=r"^[A-Z0-9]+$", max_length=12)]
SubjectCode = Annotated[str, Field(pattern=r"^\d\d(\.\d)?$")]
TypeCode = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=30)]


class Problem(Schema):
    """What went wrong, as RFC 9457 has it: ``detail`` is a sentence that says what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class AreaOut(Schema):
    slug: str
    name: str


class LevelOut(Schema):
    code: str
    name: str
    plain_words: str = Field(description="What it is like, for a 15-year-old.")


class SubjectOut(Schema):
    code: str = Field(description="Sector subject area: 15 broad ones (05) and the parts of each (05.2).")
    name: str
    plain_name: str = Field(description="What a 15-year-old would call it; may be empty.")
    parent: str | None = Field(description="The broad one it is part of.")


class QualificationTypeOut(Schema):
    code: str
    name: str
    is_current: bool = Field(description="Still offered today.")


class ProviderOut(Schema):
    reference: str
    name: str
    ukprn: str | None = Field(description="Number in the UK Register of Learning Providers.")
    area: str = Field(description="Slug of its area.")
    website: str
    url: str = Field(description="Its page here.")


class SiteOut(Schema):
    reference: str
    name: str
    address: str
    town: str
    postcode: str
    latitude: float | None = Field(description="Only where the place itself is known, not just its postcode.")
    longitude: float | None


class RunOut(Schema):
    reference: str
    provider_code: str
    starts_on: dt.date | None
    start_words: str = Field(description="The provider's own words for the start.")
    starts_any_day: bool
    ends_on: dt.date | None
    duration: str
    study_mode: Literal[tuple(StudyMode.values)]  # type: ignore[valid-type]
    delivery: Literal[tuple(Delivery.values)]  # type: ignore[valid-type]
    pattern: Literal[tuple(Pattern.values)]  # type: ignore[valid-type]
    cost_pence: int | None = Field(description="Pence. Null: not known.")
    cost_words: str
    extra_cost_pence: int | None = Field(description="Pence, for kit, books and trips. Null: not known.")
    places: int | None = Field(description="In all. Null: not known.")
    apply_from_on: dt.date | None
    apply_until_on: dt.date | None
    apply_url: str = Field(description="The provider's own way to apply; may be empty.")
    apply_here: bool = Field(
        description="Whether one applies for it in this portal today; not before the day its provider or area opens."
    )
    site: SiteOut | None


class RequirementOut(Schema):
    words: str = Field(description="The requirement in one line.")
    how_many: int
    qualification_type: str | None
    level: str | None
    grade: str = Field(description="At least this grade. Empty: a pass.")
    subject: str = Field(description="In this subject. Empty: in any.")
    is_essential: bool


class PartnerOut(Schema):
    reference: str
    name: str


class TaughtWithOut(Schema):
    name: str = Field(description="What the group of providers is called.")
    lead: str = Field(description="Reference of the provider that leads: the course's own, which takes applications.")
    partners: list[PartnerOut] = Field(description="The others, who have said yes.")


class PartOut(Schema):
    name: str
    provider: str = Field(description="Reference of the provider that teaches it.")
    provider_name: str
    site: SiteOut | None
    days: str = Field(description="When in the week, in words; may be empty.")


class TextOut(Schema):
    heading: str
    html: str


class CourseOut(Schema):
    reference: str
    url: str = Field(description="Its page here.")
    provider: str = Field(description="Reference of its provider.")
    provider_name: str
    provider_code: str = Field(description="The provider's own code for it.")
    area: str = Field(description="Slug of its area.")
    kind: Kind
    stage: StageCode
    title: str
    summary: str
    what_you_do: str = Field(description="HTML of few tags, like the other texts.")
    who_it_is_for: str
    entry_requirements: str
    how_assessed: str
    leads_to: str
    costs_and_help: str
    other_texts: list[TextOut]
    requirements: list[RequirementOut]
    taught_with: TaughtWithOut | None = Field(description="Null: the provider teaches it alone.")
    parts: list[PartOut] = Field(description="Of a course taught together: who teaches which part, in order.")
    qualification_title: str
    qualification_type: str | None
    awarding_organisation: str
    levels: list[LevelCode]
    level_words: str
    subject: str | None
    subject_words: list[str]
    website: str
    checked_on: dt.date | None = Field(description="When the provider last said that it is right.")
    changed_at: dt.datetime
    runs: list[RunOut]


class CoursePage(Schema):
    """Some courses, and where the next ones are."""

    items: list[CourseOut]
    next: str | None = Field(description="Address of what comes after; null at the end.")


class FoundOut(Schema):
    reference: str
    url: str
    title: str
    provider_name: str
    area_name: str
    levels: list[str]
    runs: int = Field(description="How many runs it has.")
    starts_on: dt.date | None = Field(description="Of the next run.")
    site: str = Field(description="Of the next run; may be empty.")
    miles: float | None = Field(description="To its nearest site, where the search has a place.")


class SearchPage(Schema):
    """The courses that fit, best first."""

    total: int
    items: list[FoundOut]
    next: str | None = Field(description="Address of what comes after; null at the end.")


class CourseQuestion(Schema):
    area: Slug | None = Field(None, description="Only of this area.")
    provider: Reference | None = Field(None, description="Only of the provider with this reference.")
    subject: SubjectCode | None = Field(None, description="Only in this subject; 05 takes in its parts.")
    level: LevelCode | None = Field(None, description="Only at this level.")
    kind: Kind | None = Field(None, description="Only of this kind.")
    stage: StageCode | None = Field(None, description="Only for this stage of school.")
    type: TypeCode | None = Field(None, description="Only with this type of qualification.")
    changed_since: dt.datetime | None = Field(None, description="Only changed at or after this moment.")
    limit: int = Field(50, ge=1, le=MOST_ITEMS, description="How many at once.")
    cursor: str = Field("", max_length=200, description="From the next link of the page before.")


class SearchQuestion(Schema):
    """The same words as in the address of the search page. What is not known is passed over, as it is there."""

    q: str = Field("", max_length=300, description="Subject, job, college or qualification.")
    postcode: str = Field("", max_length=80, description="A postcode, its first half, or a town.")
    miles: int | None = Field(None, description="1, 3, 5, 10 or 20 from there.")
    level: list[str] = Field([], description="Codes of /levels.")
    subject: list[str] = Field([], description="Codes of /subjects.")
    type: list[str] = Field([], description="Codes of /qualification-types.")
    kind: list[str] = Field([], description="course, apprenticeship, re_engagement, taster or activity.")
    stage: list[str] = Field([], description="post_16 or key_stage_4.")
    mode: list[str] = Field([], description="full_time, part_time and so on.")
    delivery: list[str] = Field([], description="classroom, workplace, online and so on.")
    pattern: list[str] = Field([], description="daytime, evening, weekend and so on.")
    start: list[str] = Field([], description="autumn, part_year or any_time.")
    month: list[str] = Field([], description="2027-09 and so on.")
    area: list[str] = Field([], description="Slugs of /areas.")
    sort: str = Field("", max_length=20, description="soonest or title; best match otherwise.")
    cursor: str = Field("", max_length=1000, description="From the next link of the page before.")


def provider_out(provider: Organisation, address: Any) -> dict[str, Any]:
    return {
        "reference": provider.reference,
        "name": provider.name,
        "ukprn": provider.ukprn,
        "area": provider.area.slug,
        "website": provider.website,
        "url": address(f"/providers/{provider.reference}/"),
    }


def course_out(course: Any, address: Any) -> dict[str, Any]:
    """The course with its runs, requirements and teachers, which have been fetched with it."""
    provider = course.provider
    return {
        "reference": course.reference,
        "url": address(course.get_absolute_url()),
        "provider": provider.reference,
        "provider_name": provider.name,
        "provider_code": course.provider_reference,
        "area": provider.area.slug,
        **{name: getattr(course, name) for name in AS_THEY_ARE},
        "other_texts": [{"heading": heading, "html": text} for heading, text in course.other_texts],
        "requirements": [_requirement_out(requirement) for requirement in course.requirements.all()],
        "taught_with": _taught_with_out(course),
        "parts": [_part_out(part) for part in course.told_parts or ()],
        "qualification_type": course.qualification_type_id,
        "level_words": course.level_text,
        "subject": course.subject_id,
        "runs": [_run_out(run, provider) for run in course.runs.all()],
    }


AS_THEY_ARE = (
    "kind", "stage", "title", "summary", "what_you_do", "who_it_is_for", "entry_requirements", "how_assessed",
    "leads_to", "costs_and_help", "qualification_title", "awarding_organisation", "levels", "subject_words", "website",
    "checked_on", "changed_at",
)  # fmt: skip


def _taught_with_out(course: Any) -> dict[str, Any] | None:
    if course.told_partners is None:
        return None
    return {"name": course.consortium.name, "lead": course.provider.reference, "partners": course.told_partners}


def _part_out(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": part["name"],
        "provider": part["reference"],
        "provider_name": part["provider"],
        "site": part["site"] if part["site"]["reference"] else None,
        "days": part["days"],
    }


def _requirement_out(requirement: EntryRequirement) -> dict[str, Any]:
    return {
        "words": str(requirement),
        "how_many": requirement.how_many,
        "qualification_type": requirement.qualification_type_id,
        "level": requirement.level_id,
        "grade": requirement.grade,
        "subject": requirement.subject_words,
        "is_essential": requirement.is_essential,
    }


def _run_out(run: CourseRun, provider: Organisation) -> dict[str, Any]:
    return {
        "reference": run.reference,
        "provider_code": run.provider_reference,
        "start_words": run.start_text,
        "starts_any_day": run.is_flexible_start,
        "duration": run.duration_text,
        "cost_words": run.cost_text,
        "apply_here": run.takes_applications and provider.takes_applications and provider.opens_on is None,
        "site": run.site and _site_out(run.site),
        **{name: getattr(run, name) for name in RUN_AS_IT_IS},
    }


RUN_AS_IT_IS = (
    "starts_on", "ends_on", "study_mode", "delivery", "pattern", "cost_pence", "extra_cost_pence", "places",
    "apply_from_on", "apply_until_on", "apply_url",
)  # fmt: skip


def _site_out(site: Site) -> dict[str, Any]:
    return {
        "reference": site.reference,
        "name": site.name,
        "address": site.address,
        "town": site.town,
        "postcode": site.postcode,
        "latitude": site.latitude if site.is_exact else None,
        "longitude": site.longitude if site.is_exact else None,
    }

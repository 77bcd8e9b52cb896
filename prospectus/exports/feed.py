"""The prospectus as XCRI-CAP 1.2, written course by course: memory does not grow with the number of courses.

Our own importer reads back exactly what was written. What XCRI-CAP has no place for, and what it can only say by
words that have to be interpreted, is said once more in an element of our own at the end of a course or presentation.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.db.models.functions import Collate
from django.urls import reverse
from django.utils.formats import date_format
from lxml import etree

from prospectus.models import Course, CourseRun, EntryRequirement, StudyMode
from prospectus.part_words import PartWords
from prospectus.queries.teaching import in_words, with_teachers
from prospectus.texts import without_controls
from prospectus.xcri import (
    ATTENDANCE_MODES,
    ATTENDANCE_PATTERNS,
    COURSE_DETAILS,
    DC,
    MLO,
    OURS,
    RUN_DETAILS,
    STUDY_MODES,
    TERMS,
    TYPED,
    XCRI_1_2,
    XHTML,
    XSI,
)
from providers.models import Organisation, Site

BATCH = 200
NAMESPACES = {None: XCRI_1_2, "dc": DC, "mlo": MLO, "terms": TERMS, "xsi": XSI, "portal": OURS}
XSI_TYPE = f"{{{XSI}}}type"


def _declared(name: str) -> bytes:
    return etree.tostring(etree.Element(f"{{{XCRI_1_2}}}{name}", nsmap=NAMESPACES), encoding="utf-8").split(b"?>")[-1]


# The catalog declares every namespace once; an element written alone would declare them all again.
DECLARATIONS = _declared("course").removeprefix(b"<course").removesuffix(b"/>")


class XcriFeed:
    """The published courses of these providers, as the bytes of one catalogue."""

    def __init__(self, *, title: str, providers: Any, courses: Any, generated_at: Any, address: Any) -> None:
        """``courses`` and ``providers`` start at ``visible_to``; ``address`` makes a whole address of a path."""
        self.title = title
        self.providers = providers
        self.courses = courses
        self.generated_at = generated_at
        self.address = address

    def __iter__(self) -> Iterator[bytes]:
        generated = self.generated_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        yield (
            b'<?xml version="1.0" encoding="utf-8"?>\n<catalog' + DECLARATIONS + f' generated="{generated}">\n'.encode()
        )
        yield _written(_of(DC, "title", self.title)) + b"\n"
        for provider in self.providers.order_by(Collate("name", "C"), "pk"):
            started = False
            for course in self._courses_of(provider):
                if not started:
                    yield b"<provider>\n" + b"\n".join(
                        _written(part) for part in _provider_parts(provider, self.address)
                    )
                    started = True
                yield b"\n" + _written(_course(course, self.address))
            if started:
                yield b"\n</provider>\n"
        yield b"</catalog>\n"

    def _courses_of(self, provider: Organisation) -> Iterator[Course]:
        """Its courses in the order of their codes, which is the same wherever they were imported."""
        runs = CourseRun.objects.shown().select_related("site")
        requirements = EntryRequirement.objects.order_by("position")
        return (
            with_teachers(self.courses.filter(provider=provider))
            .select_related("subject", "qualification_type", "consortium")
            .prefetch_related(Prefetch("runs", runs), Prefetch("requirements", requirements))
            .order_by(Collate("provider_reference", "C"))
            .iterator(chunk_size=BATCH)
        )


def _written(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="utf-8", xml_declaration=False).replace(DECLARATIONS, b"", 1)


def _of(namespace: str, name: str, text: Any = "", **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{namespace}}}{name}", attributes, nsmap=NAMESPACES)
    element.text = _clean(text) or None
    return element


def _add(
    parent: etree._Element, namespace: str, name: str, text: Any = "", *, kind: str = "", **attributes: str
) -> Any:
    element = etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)
    if kind:
        element.set(XSI_TYPE, kind)
    element.text = _clean(text) or None
    return element


def _clean(text: Any) -> str:
    """Without the characters that no XML can hold."""
    return without_controls(str(text))


def _provider_parts(provider: Organisation, address: Any) -> Iterator[etree._Element]:
    if provider.ukprn:
        identifier = _of(DC, "identifier", provider.ukprn)
        identifier.set(XSI_TYPE, "portal:ukprn")
        yield identifier
    yield _of(DC, "identifier", address(reverse("prospectus:provider", args=[provider.reference])))
    yield _of(DC, "title", provider.name)
    if provider.website:
        yield _of(MLO, "url", provider.website)


# Courses


def _course(course: Course, address: Any) -> etree._Element:
    element = _of(XCRI_1_2, "course")
    _texts(element, course)
    _add(element, DC, "identifier", course.provider_reference, kind="portal:internalID")
    for words in course.subject_words:
        _add(element, DC, "subject", words)
    if course.subject:
        _add(element, DC, "subject", course.subject.name, kind="portal:ssa", identifier=course.subject.code)
    _add(element, DC, "title", course.title)
    if course.qualification_type:
        _add(element, DC, "type", course.qualification_type.name)
    _add(element, MLO, "url", course.website or address(course.get_absolute_url()))
    _after_common(element, course)
    for run in sorted(course.runs.all(), key=lambda run: run.provider_reference):
        _presentation(element, run)
    _details(element, course)
    return element


def _texts(element: etree._Element, course: Course) -> None:
    """The descriptions, which come first. Each column is one, so that none has to be taken apart again."""
    typed = {
        "": course.what_you_do,
        "portal:targetAudience": course.who_it_is_for,
        "terms:leadsTo": course.leads_to,
        "terms:funding": course.costs_and_help,
    }
    for kind, text in typed.items():
        if text:
            _rich(_add(element, DC, "description", kind=kind), text)
    for heading, text in course.other_texts:
        if heading in TYPED:
            _rich(_add(element, DC, "description", kind=f"terms:{TYPED[heading]}"), text)


def _after_common(element: etree._Element, course: Course) -> None:
    if course.summary:
        _add(element, XCRI_1_2, "abstract", course.summary)
    if course.how_assessed:
        _rich(_add(element, MLO, "assessment"), course.how_assessed)
    if course.entry_requirements:
        _rich(_add(element, MLO, "prerequisite"), course.entry_requirements)
    for name in course.level_names:
        _add(element, MLO, "level", name)
    if course.qualification_title or course.awarding_organisation:
        qualification = _add(element, MLO, "qualification")
        if course.qualification_title:
            _add(qualification, DC, "title", course.qualification_title)
        if course.awarding_organisation:
            _add(qualification, XCRI_1_2, "awardedBy", course.awarding_organisation)


def _rich(element: etree._Element, clean: str) -> None:
    """The cleaned HTML as XHTML inside the element; as escaped HTML in the rare case that it is not well-formed."""
    clean = _clean(clean)
    if not clean:
        return
    try:
        inside = clean.replace("<br>", "<br/>").replace("&nbsp;", "&#160;")
        element.append(etree.fromstring(f'<div xmlns="{XHTML}">{inside}</div>'))
    except etree.XMLSyntaxError:
        element.text = clean


def _details(element: etree._Element, course: Course) -> None:
    details = _add(element, OURS, "details", reference=course.reference)
    if course.checked_on:
        details.set("checked_on", course.checked_on.isoformat())
    _set(details, course, [name for name in COURSE_DETAILS if name not in ("subject", "qualification_type")])
    _set(details, course, ["subject_id", "qualification_type_id"])
    if course.levels:
        details.set("levels", " ".join(course.levels))
    if course.told_partners is not None:  # type: ignore[attr-defined]
        details.set("consortium", _clean(course.consortium.name))
        _parts(details, course)
    for words in course.subject_words:
        _add(details, OURS, "subject_words", words)
    for heading, text in course.other_texts:
        _add(details, OURS, "text", text, heading=_clean(heading))
    for requirement in course.requirements.all():
        one = _add(details, OURS, "requirement", how_many=str(requirement.how_many))
        _set(one, requirement, ["qualification_type_id", "level_id", "grade", "subject_words"])
        one.set("essential", "yes" if requirement.is_essential else "no")


def _parts(details: etree._Element, course: Course) -> None:
    """Who teaches which part where; their number says that a file without any has none."""
    parts = in_words(course.told_parts)  # type: ignore[attr-defined]
    details.set("parts", str(len(parts)))
    for part in parts:
        _set(_add(details, OURS, "part"), part, PartWords._fields)


def _set(element: etree._Element, thing: Any, names: Any) -> None:
    """An attribute for each of these that holds something."""
    for name in names:
        value = getattr(thing, name)
        if value not in (None, ""):
            element.set(name.removesuffix("_id"), _clean(value))


# Presentations


def _presentation(course: etree._Element, run: CourseRun) -> None:
    element = _add(course, XCRI_1_2, "presentation")
    _add(element, DC, "identifier", run.provider_reference, kind="portal:internalID")
    start = _add(element, MLO, "start", _start_words(run))
    if run.starts_on:
        start.set("dtf", run.starts_on.isoformat())
    _date(element, "end", run.ends_on)
    _add(element, MLO, "duration", run.duration_text)
    _date(element, "applyFrom", run.apply_from_on)
    _date(element, "applyUntil", run.apply_until_on)
    if run.apply_url:
        _add(element, XCRI_1_2, "applyTo", run.apply_url)
    for name, codes, value in (
        ("studyMode", STUDY_MODES, run.study_mode),
        ("attendanceMode", ATTENDANCE_MODES, run.delivery),
        ("attendancePattern", ATTENDANCE_PATTERNS, run.pattern),
    ):
        if value in codes and value != StudyMode.UNKNOWN:
            code, words = codes[value]
            _add(element, XCRI_1_2, name, words, identifier=code)
    if run.places is not None:
        _add(element, MLO, "places", run.places)
    if cost := _cost_words(run):
        _add(element, MLO, "cost", cost)
    if run.site:
        _venue(element, run.site)
    details = _add(element, OURS, "details", reference=run.reference)
    _set(details, run, RUN_DETAILS)
    if run.is_flexible_start:
        details.set("is_flexible_start", "yes")


def _start_words(run: CourseRun) -> str:
    if run.start_text:
        return run.start_text
    if run.starts_on:
        return date_format(run.starts_on, "j F Y")
    return "Any time" if run.is_flexible_start else "Ask the provider"


def _date(element: etree._Element, name: str, date: Any) -> None:
    if date:
        _add(element, XCRI_1_2, name, date_format(date, "j F Y"), dtf=date.isoformat())


def _cost_words(run: CourseRun) -> str:
    if run.cost_pence is None:
        return run.cost_text
    amount = f"{run.cost_pence / 100:.2f}" if run.cost_pence else "Free"
    return f"{amount}; {run.cost_text}" if run.cost_text else amount


def _venue(presentation: etree._Element, site: Site) -> None:
    provider = _add(_add(presentation, XCRI_1_2, "venue"), XCRI_1_2, "provider")
    if site.provider_reference:
        _add(provider, DC, "identifier", site.provider_reference)
    _add(provider, DC, "title", site.name)
    location = _add(provider, MLO, "location")
    for name, text in (("town", site.town), ("postcode", site.postcode), ("address", site.address)):
        if text:
            _add(location, MLO, name, text)
    if site.is_exact and site.latitude is not None and site.longitude is not None:
        # The middle of a postcode's district is not the place; who reads this can look that up for themselves.
        _add(location, MLO, "address", repr(site.latitude), kind="portal:lat")
        _add(location, MLO, "address", repr(site.longitude), kind="portal:long")

"""The town's providers and schools write the files they would hand over: an XCRI-CAP 1.2 feed, a roll in CSV."""

import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from lxml.builder import ElementMaker

from config.demo.words import AREAS, FAMILY_NAMES, GIVEN_NAMES, KINDS, RANGES, SUBJECTS, Kind, Provider, School, Subject

NAMESPACES = {
    None: "http://xcri.org/profiles/1.2/catalog",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "mlo": "http://purl.org/net/mlo",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xcri": "http://xcri.co.uk",
    "xcriTerms": "http://xcri.org/profiles/1.2/catalog/terms",
}
XCRI = ElementMaker(namespace=NAMESPACES[None], nsmap=NAMESPACES)
DC = ElementMaker(namespace=NAMESPACES["dc"], nsmap=NAMESPACES)
DCTERMS = ElementMaker(namespace=NAMESPACES["dcterms"], nsmap=NAMESPACES)
MLO = ElementMaker(namespace=NAMESPACES["mlo"], nsmap=NAMESPACES)
XSI_TYPE = f"{{{NAMESPACES['xsi']}}}type"
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def postcode(place: str, number: int) -> str:
    """An invented postcode in a real district of the area."""
    outcodes = AREAS[place].outcodes
    return f"{outcodes[number % len(outcodes)]} {number % 9 + 1}{'ABDEFGHJ'[number % 8]}{'LNPQRSTU'[number // 3 % 8]}"


def courses_of(provider: Provider, *, copies: int) -> Iterator[tuple[Subject, Kind, int]]:
    """What a provider teaches. ``copies`` is how many runs a course has where several make sense."""
    academic, vocational, foundation = RANGES[provider.range]
    pick = random.Random(provider.ukprn)
    for subject in SUBJECTS:
        kinds = [*(academic if subject.is_academic else ()), *(vocational if subject.is_vocational else ())]
        if not subject.is_academic and not subject.is_vocational:
            kinds = list(foundation)
        for kind in kinds:
            # Nobody teaches everything: about four in five, the same ones each time.
            if pick.random() < 0.8:
                yield subject, KINDS[kind], copies if provider.range == "college" else 1


def write_feed(provider: Provider, *, entry_year: int, path: Path, copies: int = 1) -> int:
    """The provider's catalogue for September ``entry_year`` stands in ``path``; returns the number of runs."""
    runs = 0
    catalogue = XCRI.catalog(generated=f"{entry_year - 1}-09-01T09:00:00")
    element = XCRI.provider(
        DC.identifier(provider.ukprn, {XSI_TYPE: "xcri:ukprn"}),
        DC.title(provider.name),
        MLO.url(f"https://{provider.ukprn}.example.org/"),
    )
    for subject, kind, several in courses_of(provider, copies=copies):
        course = _course(provider, subject, kind)
        for number in range(several):
            course.append(_presentation(provider, subject, kind, number, entry_year))
            runs += 1
        element.append(course)
    catalogue.append(element)
    etree.ElementTree(catalogue).write(path, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return runs


def course_code(subject: Subject, kind: Kind) -> str:
    return f"{''.join(word[0] for word in subject.name.split())}{sum(map(ord, subject.name)) % 1000}-{kind.code}"


def _course(provider: Provider, subject: Subject, kind: Kind) -> etree._Element:
    name = subject.name
    return XCRI.course(
        DC.description(
            f"You learn about {subject.topics}. Classes are small and there is always somebody to ask. "
            f"At {provider.name} you also keep up English and maths if you still need them."
        ),
        DC.description(kind.next.format(jobs=subject.jobs, name=name), {XSI_TYPE: "xcriTerms:leadsTo"}),
        DC.identifier(course_code(subject, kind)),
        DC.subject(name),
        DC.subject(subject.ssa, {XSI_TYPE: "xcri:SSA", "identifier": subject.ssa}),
        *(DC.subject(job) for job in subject.jobs.split(", ")),
        DC.title(kind.title.format(name=name)),
        MLO.url(f"https://{provider.ukprn}.example.org/courses/{course_code(subject, kind)}"),
        XCRI.abstract(f"Learn about {subject.topics}."[:140]),
        MLO.assessment(kind.assessed),
        MLO.prerequisite(kind.needs.format(name=name)),
        MLO.qualification(DC.title(kind.title.format(name=name)), DCTERMS.educationLevel(_level_words(kind.level))),
    )


def _level_words(level: str) -> str:
    return "Entry level" if level == "E" else f"Level {level}"


def _presentation(provider: Provider, subject: Subject, kind: Kind, number: int, entry_year: int) -> etree._Element:
    site = (sum(map(ord, subject.name)) + number) % len(provider.sites)
    starts_on = dt.date(entry_year, 9, 6) if number == 0 else dt.date(entry_year + 1, 1, 10)
    ends_on = starts_on + dt.timedelta(weeks=kind.weeks)
    place = AREAS[provider.area]
    return XCRI.presentation(
        DC.identifier(f"{course_code(subject, kind)}/{entry_year}/{number + 1}"),
        MLO.start(f"{starts_on:%-d %B %Y}", {"dtf": starts_on.isoformat()}),
        XCRI.end(f"{ends_on:%-d %B %Y}", {"dtf": ends_on.isoformat()}),
        MLO.duration("Two years" if kind.weeks > 60 else "One year"),
        XCRI.applyFrom(f"{entry_year - 1}-09-15"),
        XCRI.applyUntil(f"{entry_year}-08-31"),
        XCRI.studyMode("Full time" if kind.mode == "FT" else "Part time", {"identifier": kind.mode}),
        XCRI.attendancePattern("Daytime", {"identifier": "DT"}),
        MLO.places(str(8 + (sum(map(ord, subject.name)) + number) % 25)),
        MLO.cost("Free if you are 16 to 18"),
        XCRI.venue(
            XCRI.provider(
                DC.identifier(f"{provider.ukprn}-{site + 1}"),
                DC.title(provider.sites[site]),
                MLO.location(
                    MLO.street(f"{10 + site} {provider.sites[site]} Road"),
                    MLO.town(place.town),
                    MLO.postcode(postcode(provider.area, int(provider.ukprn[-3:]) + site)),
                ),
            )
        ),
    )


def upn(number: int) -> str:
    """A UPN with a right check letter, of establishments (9000 and up) that no school has."""
    digits = f"380{9000 + number // 100000:04d}{25:02d}{number % 1000:03d}"
    weight = sum(position * int(digit) for position, digit in enumerate(digits, start=2))
    return UPN_LETTERS[weight % 23] + digits


def write_roll(school: School, *, academic_year: int, year_12: int, first_number: int, path: Path) -> int:
    """The school's roll for the year from September ``academic_year`` stands in ``path``; returns how many learners.

    Hollins Park School begins with Amina Yusuf and St Brannoc's School with Ben Okafor.
    """
    pick = random.Random(school.urn)
    named = {"199001": ("Amina", "Yusuf"), "199002": ("Ben", "Okafor")}.get(school.urn)
    count = school.year_11 + year_12
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            [
                "Adno",
                "Legal Surname",
                "Legal Forename",
                "DOB",
                "Year",
                "Reg",
                "UPN",
                "Email",
                "Telephone",
                "Address",
                "Postcode",
            ]
        )
        for number in range(count):
            year = 11 if number < school.year_11 else 12
            given, family = named if named and number == 0 else (pick.choice(GIVEN_NAMES), pick.choice(FAMILY_NAMES))
            born_on = dt.date(academic_year - year - 5, 9, 1) + dt.timedelta(days=pick.randrange(365))
            if named and number == 0:
                born_on = dt.date(academic_year - 15, 3, 31)
            rows.writerow(
                [
                    first_number + number,
                    family,
                    given,
                    f"{born_on:%d/%m/%Y}",
                    f"Year {year}",
                    f"{year}{'ABCDEF'[number % 3]}",
                    upn(first_number + number),
                    f"learner{first_number + number}@example.org" if number % 4 else "",
                    "",
                    f"{number + 1} {family} Street, {AREAS[school.area].town}",
                    postcode(school.area, number),
                ]
            )
    return count

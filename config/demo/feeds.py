"""The town's providers and schools write the files they would hand over: an XCRI-CAP 1.2 feed, a roll in CSV."""

import csv
import datetime as dt
import random
from pathlib import Path

from lxml import etree
from lxml.builder import ElementMaker

from config.demo.details import course_details, run_details
from config.demo.offerings import Offering, Run, offerings_of, place_of
from config.demo.words import AREAS, FAMILY_NAMES, GIVEN_NAMES, Provider, School, Site

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
NO_QUALIFICATION = ("none", "attendance_certificate")
MIDDLES = {  # of the postcode districts: latitude, longitude
    "HX1": (53.721, -1.870), "HX2": (53.737, -1.904), "HX3": (53.726, -1.844), "HX4": (53.680, -1.880),
    "HX5": (53.686, -1.835), "HX6": (53.698, -1.924), "HD1": (53.646, -1.788), "HD2": (53.668, -1.774),
    "HD3": (53.653, -1.827), "HD4": (53.627, -1.796), "HD7": (53.624, -1.876), "HD9": (53.580, -1.795),
    "WF1": (53.687, -1.491), "WF2": (53.673, -1.511), "WF5": (53.680, -1.576), "WF10": (53.724, -1.344),
    "WF13": (53.693, -1.646), "BD1": (53.796, -1.753), "BD2": (53.814, -1.734), "BD7": (53.783, -1.781),
    "BD16": (53.849, -1.833), "BD23": (53.993, -2.053), "LA6": (54.175, -2.611), "YO1": (53.959, -1.081),
}  # fmt: skip
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def postcode(outcode: str, number: int) -> str:
    """An invented postcode in a real district."""
    return f"{outcode} {number % 9 + 1}{'ABDEFGHJ'[number % 8]}{'LNPQRSTU'[number // 3 % 8]}"


def write_feed(
    provider: Provider, *, entry_year: int, path: Path, copies: int = 1, is_full: bool = False
) -> tuple[int, int]:
    """The provider's catalogue for September ``entry_year`` stands in ``path``; returns the courses and the runs.

    ``copies`` is how many runs a course of the small town has where several make sense.
    """
    courses = runs = 0
    catalogue = XCRI.catalog(generated=f"{entry_year - 1}-09-01T09:00:00")
    element = XCRI.provider(
        DC.identifier(provider.ukprn, {XSI_TYPE: "xcri:ukprn"}),
        DC.title(provider.name),
        MLO.url(f"https://{provider.ukprn}.example.org/"),
    )
    for offering in offerings_of(provider, entry_year=entry_year, is_full=is_full, copies=copies):
        course = _course(offering)
        course.extend(_presentation(offering, run, entry_year) for run in offering.runs)
        element.append(course)
        courses, runs = courses + 1, runs + len(offering.runs)
    catalogue.append(element)
    etree.ElementTree(catalogue).write(path, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return courses, runs


def _course(offering: Offering) -> etree._Element:
    words, provider, subject = offering.words, offering.provider, offering.subject
    codes_subjects = provider.style in ("plain", "formal", "long")
    qualification = XCRI.qualification(*_qualification(offering))
    parts = [
        DC.description(words.description),
        DC.description(words.next, {XSI_TYPE: "xcriTerms:leadsTo"}),
        DC.identifier(offering.code),
        DC.subject(words.subject_words),
        DC.subject(subject.ssa, {XSI_TYPE: "xcri:SSA", "identifier": subject.ssa}) if codes_subjects else None,
        *(DC.subject(job) for job in words.keywords),
        DC.title(offering.title),
        MLO.url(f"https://{provider.ukprn}.example.org/courses/{offering.code}"),
        XCRI.abstract(words.summary),
        MLO.assessment(words.assessed),
        MLO.prerequisite(words.needs),
        qualification if len(qualification) else None,
    ]
    # What a provider has nothing to say about, its system leaves out.
    said = [part for part in parts if part is not None and (part.text or len(part))]
    return XCRI.course(*said, *course_details(offering))


def _qualification(offering: Offering) -> list[etree._Element]:
    """The qualification as the provider writes it: the careless ones leave its title to be guessed."""
    kind, parts = offering.kind, []
    if kind.type and kind.type not in NO_QUALIFICATION:
        is_left_out = offering.provider.style in ("careless", "shout")
        title = kind.plain if offering.provider.style == "plain" else kind.formal
        if not is_left_out:
            parts.append(DC.title(title.format(name=offering.subject.name)))
    if offering.level:
        parts.append(DCTERMS.educationLevel(offering.level))
    return parts


def _presentation(offering: Offering, run: Run, entry_year: int) -> etree._Element:
    start = {"dtf": run.starts_on.isoformat()} if run.starts_on else {}
    starts = f"{run.starts_on:%-d %B %Y}" if run.starts_on else run.start_text
    parts = [
        DC.identifier(f"{offering.code}/{entry_year}/{run.number}"),
        MLO.start(starts, start),
        XCRI.end(f"{run.ends_on:%-d %B %Y}", {"dtf": run.ends_on.isoformat()}) if run.ends_on else None,
        MLO.duration(run.duration),
        XCRI.applyFrom(run.apply_from.isoformat()),
        XCRI.applyUntil(run.apply_until.isoformat()),
        _study("studyMode", run.mode),
        _study("attendanceMode", run.delivery),
        _study("attendancePattern", run.pattern),
        MLO.places("" if run.places is None else str(run.places)),
        MLO.cost(run.cost),
        _venue(offering.provider, run.site),
    ]
    said = [part for part in parts if part is not None and (part.text or len(part))]
    return XCRI.presentation(*said, *run_details(run))


def _study(name: str, said: tuple[str, str]) -> etree._Element:
    code, words = said
    return XCRI(name, words, {"identifier": code} if code else {})


def _venue(provider: Provider, site: Site) -> etree._Element:
    """Where it is; every second site says so to the metre, the others by their postcode."""
    number = sum(map(ord, site.name))
    town, outcode = place_of(site, provider)
    exact = []
    if number % 2 == 0 and outcode in MIDDLES:
        latitude, longitude = MIDDLES[outcode]
        # A street or two away from the middle of the district.
        latitude, longitude = latitude + (number % 21 - 10) / 1500, longitude + (number % 17 - 8) / 1000
        exact = [
            MLO.address(f"{latitude:.5f}", {XSI_TYPE: "geo:lat"}),
            MLO.address(f"{longitude:.5f}", {XSI_TYPE: "geo:long"}),
        ]
    return XCRI.venue(
        XCRI.provider(
            DC.identifier(f"{provider.ukprn}-{provider.sites.index(site) + 1}"),
            DC.title(site.name),
            MLO.location(
                MLO.street(f"{10 + number % 90} {site.name} Road"),
                MLO.town(town),
                MLO.postcode(postcode(outcode, int(provider.ukprn[-3:]) + number)),
                *exact,
            ),
        )
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
                    postcode(AREAS[school.area].outcodes[number % 3], number),
                ]
            )
    return count

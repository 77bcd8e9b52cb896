"""The Common Transfer File, the XML that schools send one another, read leniently: its writers differ.

Source: the Department for Education's common transfer file specification; elements as found in use.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from lxml import etree

from accounts.imports.sources import Record
from core import clock
from providers.uploads import FileRefused

NOT_XML = "This XML file is broken off or damaged. Export the Common Transfer File again from your school system."
NOT_CTF = (
    "This XML file is no Common Transfer File: it has no pupils in it. Export the roll from your school system as CTF "
    "or CSV, and upload that file."
)
ENTITIES = "This file has a document type or entities in it, which no school system writes. Export it again."
PUPILS = {"Pupil", "ATFpupil"}
MOST_DEPTH = 40
# Each thing, and the elements that say it, the surest first. The legal name goes before any other.
ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "family_name": ("LegalSurname", "Surname"),
    "given_name": ("LegalForename", "Forename"),
    "preferred_name": ("PreferredForename",),
    "birth_on": ("DOB", "DateOfBirth"),
    "year_group": ("NCyearActual", "NCYearActual", "NCyear"),
    "tutor_group": ("RegGroup", "Reg", "TutorGroup", "RegistrationGroup"),
    "upn": ("UPN",),
    "uln": ("UniqueLearnerNumber", "ULN"),
    "local_id": ("NativeID", "NativeId", "AdmissionNumber", "ApplicationReference"),
    "email": ("Email",),
    "postcode": ("PostCode", "Postcode"),
    "sex": ("Sex", "Gender", "LegalSex"),
    "ethnicity": ("Ethnicity",),
    "is_looked_after": ("InCare",),
}
# Below these stand other people, or former times.
OTHERS = {
    "Contacts",
    "Contact",
    "SchoolHistory",
    "StageAssessments",
    "Attendance",
    "SENhistory",
    "FSMhistory",
    "Phones",
}
ADDRESS = ("SAON", "PAON", "Street", "Locality", "Town", "PostTown", "AdministrativeArea", *(
    f"AddressLine{number}" for number in range(1, 6)
))  # fmt: skip


class CtfSource:
    """The pupils of a Common Transfer File; each one's row is the line of the file it begins on."""

    heading_row = 1
    guessed: Mapping[str, str] = {}
    unused = ()
    names: Mapping[str, str] = {thing: names[-1] for thing, names in ELEMENTS.items()} | {
        "phone": "PhoneNo", "address": "Address", "sen_provision": "SENprovision", "sen_need_1": "SENtype",
        "sen_need_2": "SENtype", "has_free_meals": "FSMhistory", "attended": "SessionsAttended", "grades": "Result",
    }  # fmt: skip

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def records(self) -> Iterator[tuple[int, Record]]:
        self.file.seek(0)
        depth, pupils = 0, 0
        try:
            events = etree.iterparse(
                self.file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
                huge_tree=False, remove_comments=True, remove_pis=True,
            )  # fmt: skip
            for event, element in events:
                depth += 1 if event == "start" else -1
                if depth > MOST_DEPTH:
                    raise FileRefused(NOT_CTF)
                if event == "start" and depth == 1 and element.getroottree().docinfo.doctype:
                    raise FileRefused(ENTITIES)
                if event == "end" and _name(element) in PUPILS:
                    pupils += 1
                    yield element.sourceline or 0, _record(element)
                    element.clear()
        except (etree.XMLSyntaxError, UnicodeError) as error:
            raise FileRefused(NOT_XML) from error
        if not pupils:
            raise FileRefused(NOT_CTF)


def _name(element: Any) -> str:
    """Without a namespace, which the file has none of, and some writers add."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _about(pupil: Any) -> Iterator[Any]:
    """Every element about the pupil themselves, not about their family or former times."""
    waiting = list(reversed(pupil))
    while waiting:
        element = waiting.pop()
        yield element
        if _name(element) not in OTHERS:
            waiting += reversed(element)


def _record(pupil: Any) -> Record:
    said: dict[str, str] = {}
    parts: dict[str, str] = {}
    for element in _about(pupil):
        name = _name(element)
        if not len(element) and (text := _text(element)):
            said.setdefault(name, text)
            if name in ADDRESS:
                parts.setdefault(name, text)
    record: dict[str, Any] = {
        thing: next((said[name] for name in names if name in said), "") for thing, names in ELEMENTS.items()
    }
    record["address_parts"] = [parts[name] for name in ADDRESS if name in parts]
    record["phone"] = _phone(pupil)
    record |= _support(pupil, said)
    record["grades"] = list(_results(pupil))
    record["years"] = list(_years(pupil))
    if not record["year_group"]:
        record["year_group"] = _year_of(record["birth_on"])
    return record


def _all(element: Any, *names: str) -> Iterator[Any]:
    return (one for one in element.iter() if _name(one) in names)


def _child(element: Any, name: str) -> str:
    return next((_text(one) for one in element.iter() if _name(one) == name), "")


def _phone(pupil: Any) -> str:
    """The pupil's own number, a mobile first; never a parent's."""
    found = [
        (_child(phone, "TelephoneType") != "M", _child(phone, "PhoneNo"))
        for phones in _about(pupil)
        if _name(phones) == "Phones"
        for phone in _all(phones, "Phone")
    ]
    return min((number for number in found if number[1]), default=(False, ""))[1]


def _support(pupil: Any, said: Mapping[str, str]) -> dict[str, str]:
    """Needs by rank, the newest provision, and whether free meals have begun and not ended."""
    sens = [
        (_child(sen, "StartDate"), _child(sen, "SENprovision"))
        for sen in _all(pupil, "SEN")
        if _child(sen, "SENprovision")
    ]
    needs = sorted((_child(need, "SENtypeRank") or "9", _child(need, "SENtype")) for need in _all(pupil, "SENneed"))
    meals = [(_child(one, "FSMstartDate"), _child(one, "FSMendDate")) for one in _all(pupil, "FSMinstance")]
    types = [need for _rank, need in needs if need]
    return {
        "sen_provision": max(sens)[1] if sens else said.get("SENprovision", ""),
        "sen_need_1": types[0] if types else said.get("SENtype", ""),
        "sen_need_2": types[1] if len(types) > 1 else "",
        "has_free_meals": ("" if not meals else "yes" if any(begun and not ended for begun, ended in meals) else "no"),
    }


def _results(pupil: Any) -> Iterator[tuple[str, str, str, str]]:
    """(kind, stage, subject, value) of each assessment of key stages 2 to 5; estimates are predictions."""
    for stage in _all(pupil, "KeyStage"):
        name = _child(stage, "Stage").upper()
        if not re.fullmatch(r"KS[2-5]", name):
            continue
        for one in _all(stage, "StageAssessment"):
            kind = "predicted" if _child(one, "ResultStatus").upper() in ("E", "P", "T") else "prior"
            subject = " ".join(filter(None, (_child(one, "Subject"), _child(one, "Component"))))
            yield kind, name, subject, _child(one, "Result")


def _years(pupil: Any) -> Iterator[tuple[int, str, str]]:
    """(school year, possible, attended) of each year the file tells of. A year of attendance is named by its end."""
    for year in _all(pupil, "YearData"):
        text = _child(year, "Year")
        if re.fullmatch(r"20\d\d", text):
            yield int(text) - 1, _child(year, "SessionsPossible"), _child(year, "SessionsAttended")


def _year_of(birth_on: str) -> str:
    """The year group somebody born then is in by age, "" where that is none of a roll's."""
    found = re.match(r"(\d{4})-(\d\d)-\d\d", birth_on)
    if not found:
        return ""
    today: dt.date = clock.today()
    born = int(found[1]) - (int(found[2]) < 9)
    year = today.year - (today.month < 9) - born - 5
    return str(year) if 7 <= year <= 14 else ""

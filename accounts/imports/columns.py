"""Which column of a school's export is what: report titles, other systems' headings and slips are all common."""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from accounts.imports import cells
from providers.tables.kinds import squeezed
from providers.uploads import FileRefused

ADDRESS_PARTS = (
    "saon", "paon", "street", "locality", "town", "administrativearea", "posttown", "county",
    "addressline1", "addressline2", "addressline3", "addressline4", "addressline5",
)  # fmt: skip

# What each heading means, without spaces and signs. The legal name goes before any other name in the same file.
HEADINGS = {
    "family_name": ("legalsurname", "surname", "familyname", "lastname", "legalfamilyname"),
    "given_name": (
        "legalforename", "forename", "givenname", "firstname", "forenames", "legalforenames", "givennames",
        "legalfirstname",
    ),
    "preferred_name": ("preferredforename", "preferredfirstname", "knownas", "chosenname", "preferredname"),
    "birth_on": ("dob", "dateofbirth", "birthdate", "birthday", "bornon"),
    "year_group": (
        "ncyearactual", "year", "yeargroup", "ncyear", "nationalcurriculumyear", "yr", "currentyear", "yeartaughtin",
    ),
    "tutor_group": (
        "reg", "reggroup", "registrationgroup", "tutorgroup", "tutor", "form", "formgroup", "registration", "class",
    ),
    "upn": ("upn", "uniquepupilnumber", "uniquepupilno"),
    "uln": ("uln", "uniquelearnernumber", "uniquelearnerno"),
    "local_id": (
        "adno", "admissionnumber", "nativeid", "admno", "admissionno", "pupilid", "schoolid", "studid", "studentid",
    ),
    "email": ("email", "studentemail", "pupilemail", "emailaddress", "schoolemail", "workemail", "primaryemail"),
    "phone": (
        "phone", "mobile", "telephone", "mobilephone", "telephonenumber", "phonenumber", "hometelephone",
        "mobilenumber",
    ),
    "postcode": ("postcode", "homepostcode", "postalcode"),
    "address": ("address", "homeaddress", "fulladdress", "addressblock"),
    "residence": (
        "authorityofresidence", "residenceauthority", "residentauthority", "homeauthority", "homela", "homelea",
        "residentla", "residencela", "laofresidence", "leaofresidence", "localauthorityofresidence",
        "homelocalauthority", "lacodeofresidence", "homelacode",
    ),
    "full_name": ("name", "fullname", "pupilname", "studentname", "learnername", "legalname"),
    "sex": ("sex", "gender", "legalsex"),
    "ethnicity": ("ethnicity", "ethnicgroup", "ethnicbackground", "ethnicitycode"),
    "sen_provision": ("senprovision", "senstatus", "senstage", "sencode", "sen", "specialeducationalneeds"),
    "sen_need_1": ("senneed1", "senneed", "sentype", "primaryneed", "primarysenneed", "senneedtype"),
    "sen_need_2": ("senneed2", "secondaryneed", "secondarysenneed"),
    "has_free_meals": (
        "fsm", "freeschoolmeals", "freeschoolmeal", "eligibleforfreemeals", "fsmeligible", "fsmeoncensusday",
        "fsmeligibility", "freemeals",
    ),
    "is_looked_after": (
        "incare", "lookedafter", "incareindicator", "lac", "cla", "lookedafterincare", "childlookedafter",
        "lookedafterchild",
    ),
    "possible": ("sessionspossible", "termlysessionspossible", "possiblesessions", "possible", "attendancepossible"),
    "attended": ("sessionsattended", "attendedsessions", "attendancecount", "attended", "attendancemarks", "present"),
    "attendance_percent": (
        "attendance", "attendancepercent", "attendancepercentage", "percentageattendance", "percentattendance",
        "overallattendance", "attendancetodate",
    ),
}  # fmt: skip
# Register marks that say the learner was there, or somewhere that counts as that.
PRESENT = ("/", "\\", "B", "J", "L", "P", "V", "W")
STAGE = re.compile(r"(?:ks|key stage )\s?([1-5])\s*(?:result|grade|level|score)?s?[ :_\-–]+(.+)", re.IGNORECASE)
PREDICTED_FIRST = re.compile(
    r"(?:predicted|predictions?|forecast|estimated|expected)(?:\s+grades?)?(?:\s+for)?[ :_\-–]+(.+)", re.IGNORECASE
)
PREDICTED_LAST = re.compile(r"(.+?)[ :_\-–(]+(?:predicted|prediction|forecast)(?:\s+grades?)?\)?", re.IGNORECASE)
RESULT = re.compile(r"(?:gcse|result|mock)s?[ :_\-–]+(.+)", re.IGNORECASE)
NEEDED = {
    "family_name": "the family name (Surname)",
    "given_name": "the first name (Forename)",
    "birth_on": "the date of birth (DoB)",
    "year_group": "the year group (Year)",
}


class Columns(NamedTuple):
    """Where in a record each thing is."""

    row: int  # of the headings
    places: dict[str, int]
    address_parts: list[int]
    names: list[str]
    guessed: dict[str, str]  # thing: heading that is only nearly its name
    marks: list[int] = []  # of the register, for being there
    grades: list[tuple[tuple[str, str, str], int]] = []  # (kind, stage, subject), place

    @property
    def unused(self) -> list[str]:
        used = {*self.places.values(), *self.address_parts, *self.marks, *(place for _grade, place in self.grades)}
        return [name for place, name in enumerate(self.names) if name and place not in used]


def find_columns(
    records: Sequence[Sequence[str]], answers: Mapping[str, str] | None = None, *, is_asking: bool = True
) -> Columns:
    """Where the columns are: report titles may stand above the headings. ``answers`` ({heading, squeezed: thing}) are
    what somebody has said and go before everything else.

    Raises: FileRefused where ``is_asking``, naming what is missing; with ``asks`` where the rest looks like a roll.
    """
    best = Columns(1, {}, [], [], {})
    for row, record in enumerate(records[:15], 1):
        columns = _columns(row, record, answers or {})
        if len(columns.places) > len(best.places):
            best = columns
    if is_asking and (missing := [thing for thing in NEEDED if thing not in best.places and not _is_made(thing, best)]):
        names = [name for place, name in enumerate(best.names) if name and place not in best.places.values()]
        asks = {"missing": missing, "columns": names} if len(best.places) > 1 and len(names) >= len(missing) else None
        raise FileRefused(
            f"No column was found for {_listed([NEEDED[thing] for thing in missing])}. "
            "Export the roll with headings in the first row, and these columns in it.",
            asks=asks,
        )
    return best


def _is_made(thing: str, columns: Columns) -> bool:
    """Both names may stand in one column."""
    return thing in ("family_name", "given_name") and "full_name" in columns.places


def _columns(row: int, record: Sequence[str], answers: Mapping[str, str]) -> Columns:
    names = [cells.read_text(cell)[:80] for cell in record]
    plain = [squeezed(name) for name in names]
    places: dict[str, int] = {}
    for heading, thing in answers.items():
        if heading in plain:
            places[thing] = plain.index(heading)
    for thing, headings in HEADINGS.items():
        found = next((heading for heading in headings if heading in plain), None)
        if found is not None and thing not in places and plain.index(found) not in places.values():
            places[thing] = plain.index(found)
    if "family_name" in places or "given_name" in places:
        places.pop("full_name", None)
    guessed = _guess(plain, names, places) if len(places) > 1 else {}
    parts = [plain.index(part) for part in ADDRESS_PARTS if part in plain]
    marks = _marks(names) if "possible" in places and "attended" not in places else []
    used = {*places.values(), *parts, *marks}
    grades = [(grade, at) for at, name in enumerate(names) if at not in used and (grade := _grade_of(name))]
    return Columns(row, places, parts, names, guessed, marks, grades)


def _marks(names: Sequence[str]) -> list[int]:
    """The columns of register marks for being there; none where the file is no register."""
    return [names.index(mark) for mark in PRESENT if mark in names] if "/" in names and "\\" in names else []


def _grade_of(name: str) -> tuple[str, str, str] | None:
    """(kind, key stage, subject) of a heading such as "KS2 Reading", "Predicted Maths" or "Maths (predicted)"."""
    for kind, pattern in (("predicted", PREDICTED_FIRST), ("predicted", PREDICTED_LAST)):
        if found := pattern.fullmatch(name):
            return kind, "", _subject(found[1])
    if found := STAGE.fullmatch(name):
        return "prior", f"KS{found[1]}", _subject(found[2])
    if found := RESULT.fullmatch(name):
        return "prior", "KS4" if name.lower().startswith("gcse") else "", _subject(found[1])
    return None


def _subject(words: str) -> str:
    return words.replace("_", " ").strip(" :-–()")[:80]


def _guess(plain: list[str], names: list[str], places: dict[str, int]) -> dict[str, str]:
    """Adds what is needed and has a misspelt heading to ``places``; answers which headings were taken for what."""
    guessed = {}
    for thing in NEEDED:
        free = [name for place, name in enumerate(plain) if name and place not in places.values()]
        for heading in HEADINGS[thing] if thing not in places else ():
            if near := difflib.get_close_matches(heading, free, n=1, cutoff=0.85):
                places[thing] = plain.index(near[0])
                guessed[thing] = names[places[thing]]
                break
    return guessed


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

"""Which column of a school's export is what: report titles, other systems' headings and slips are all common."""

import difflib
import re
from collections.abc import Sequence
from typing import NamedTuple

from accounts.imports import cells
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
}  # fmt: skip
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

    @property
    def unused(self) -> list[str]:
        used = {*self.places.values(), *self.address_parts}
        return [name for place, name in enumerate(self.names) if name and place not in used]


def find_columns(records: Sequence[Sequence[str]]) -> Columns:
    """Where the columns are: report titles may stand above the headings.

    Raises: FileRefused, naming what is missing.
    """
    best: Columns | None = None
    for row, record in enumerate(records[:15], 1):
        columns = _columns(row, record)
        if best is None or len(columns.places) > len(best.places):
            best = columns
    missing = [words for thing, words in NEEDED.items() if best is None or thing not in best.places]
    if missing:
        raise FileRefused(
            f"No column was found for {_listed(missing)}. "
            "Export the roll with headings in the first row, and these columns in it."
        )
    assert best is not None  # noqa: S101 - something is missing otherwise
    return best


def _columns(row: int, record: Sequence[str]) -> Columns:
    names = [cells.read_text(cell)[:80] for cell in record]
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in names]
    places: dict[str, int] = {}
    for thing, headings in HEADINGS.items():
        found = next((heading for heading in headings if heading in plain), None)
        if found is not None:
            places[thing] = plain.index(found)
    guessed = _guess(plain, names, places) if len(places) > 1 else {}
    parts = [plain.index(part) for part in ADDRESS_PARTS if part in plain]
    return Columns(row, places, parts, names, guessed)


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

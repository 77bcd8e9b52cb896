"""Which column of a file of results is what: a row for each result, or a column for each subject."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from applications.queries.grade_scales import is_grade
from providers.tables.kinds import squeezed
from providers.tables.marked import TO_MEND
from providers.uploads import FileRefused

# What each heading means, without spaces and signs.
HEADINGS = {
    "family_name": ("legalsurname", "surname", "familyname", "lastname", "legalfamilyname", "candidatesurname"),
    "given_name": (
        "legalforename", "forename", "givenname", "firstname", "forenames", "legalforenames", "givennames",
        "candidateforename", "candidatefirstname",
    ),
    "full_name": (
        "name", "fullname", "pupilname", "studentname", "learnername", "legalname", "candidate", "candidatename",
    ),
    "birth_on": ("dob", "dateofbirth", "birthdate", "candidatedob", "candidatedateofbirth"),
    "upn": ("upn", "uniquepupilnumber", "uniquepupilno"),
    "uln": ("uln", "uniquelearnernumber", "uniquelearnerno", "candidateuln", "uciuln"),
    "local_id": ("adno", "admissionnumber", "nativeid", "admno", "admissionno", "pupilid", "schoolid", "studentid"),
    "qualification": (
        "qualification", "qualificationtype", "qualtype", "qual", "examtype", "typeofqualification", "award",
    ),
    "subject": ("subject", "subjectname", "title", "subjecttitle", "entryname", "optiontitle", "coursename", "course"),
    "grade": ("grade", "result", "finalgrade", "examresult", "outcome", "gradeachieved", "achievedgrade", "results"),
}  # fmt: skip
# About the learner or the entry, and of no use here. They are no subjects.
OTHERS = {
    "year", "yeargroup", "ncyearactual", "yr", "reg", "reggroup", "registrationgroup", "tutorgroup", "form", "class",
    "sex", "gender", "candidatenumber", "candidateno", "candno", "examno", "examnumber", "uci", "centre", "centreno",
    "centrenumber", "board", "awardingbody", "series", "season", "examseries", "code", "entrycode", "optioncode", "qan",
    "subjectcode", "discountcode", "points", "total", "average", "averagegrade", "attainment8", "progress8", "email",
    "postcode", "middlename", "middlenames", squeezed(TO_MEND),
}  # fmt: skip
QUALIFICATIONS = re.compile(
    r"\b(gcse(?:\s*\(9-1\)|\s+short course)?|igcse|a[ \-]?level|as[ \-]?level|gce(?:\s+a(?:s|2)?)?|btec|t[ \-]level|"
    r"functional skills?|cambridge (?:national|technical)s?|"
    r"(?:entry level|level [123])(?: certificate| award| diploma)?)(?!\w)",
    re.IGNORECASE,
)
WHO = ("upn", "uln")
NEEDED = (
    "No column was found that says who each row is about. Export the results with the UPN or the ULN, or with the "
    "surname, forename and date of birth, under headings in the first rows."
)
NO_RESULTS = (
    "No column with results was found. Either have the columns Subject and Grade with a row for each result, or a "
    "column for each subject."
)


class Columns(NamedTuple):
    """Where in a row each thing is. ``subjects``: (qualification, subject) of a column that is one, and its place."""

    row: int
    names: list[str]
    places: dict[str, int]
    subjects: list[tuple[tuple[str, str], int]]

    @property
    def is_long(self) -> bool:
        return "grade" in self.places

    @property
    def unused(self) -> list[str]:
        used = {*self.places.values(), *(place for _subject, place in self.subjects)}
        return [name for at, name in enumerate(self.names) if name and at not in used and name != TO_MEND]


def find_columns(head: Sequence[Sequence[str]], sample: Sequence[Sequence[str]]) -> Columns:
    """Where the columns are: ``head`` are the first rows, among which the headings are, ``sample`` rows further on.

    Raises: FileRefused, saying what is missing.
    """
    best = max((_columns(row, record) for row, record in enumerate(head, 1)), key=_worth, default=None)
    if best is None or not _says_who(best.places):
        raise FileRefused(NEEDED)
    if best.is_long and "subject" in best.places:
        return best
    best.places.pop("subject", None)
    best.places.pop("grade", None)
    best.places.pop("qualification", None)
    subjects = []
    for at, name in enumerate(best.names):
        is_other = not name or at in best.places.values() or squeezed(name) in OTHERS
        if not is_other and _are_grades([record[at] for record in sample if at < len(record)]):
            subjects.append((subject_of(name), at))
    if not subjects:
        raise FileRefused(NO_RESULTS)
    return best._replace(subjects=subjects)


def subject_of(words: str) -> tuple[str, str]:
    """(qualification, subject) in words like "GCSE English Language" or "Maths (GCSE) grade"."""
    found = QUALIFICATIONS.search(words)
    rest = QUALIFICATIONS.sub(" ", words, count=1) if found else words
    rest = re.sub(r"\b(final )?(grade|result)s?\b", " ", rest.replace("_", " "), flags=re.IGNORECASE)
    subject = " ".join(re.sub(r"[()\[\]:]|(?<!\w)-|-(?!\w)", " ", rest).split())
    return (" ".join(found[0].split())[:60] if found else ""), (subject or words.strip())[:80]


def _columns(row: int, record: Sequence[str]) -> Columns:
    plain = [squeezed(name) for name in record]
    places: dict[str, int] = {}
    for thing, headings in HEADINGS.items():
        found = next((heading for heading in headings if heading in plain), None)
        if found is not None and plain.index(found) not in places.values():
            places[thing] = plain.index(found)
    if "family_name" in places or "given_name" in places:
        places.pop("full_name", None)
    return Columns(row, [name[:200] for name in record], places, [])


def _worth(columns: Columns) -> int:
    return len(columns.places)


def _says_who(places: dict[str, int]) -> bool:
    is_named = "full_name" in places or {"family_name", "given_name"} <= places.keys()
    return any(name in places for name in WHO) or (is_named and ("birth_on" in places or "local_id" in places))


def _are_grades(cells: Sequence[str]) -> bool:
    """Half of what stands there, or more, is a grade."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and 2 * sum(is_grade(cell) for cell in filled) >= len(filled)

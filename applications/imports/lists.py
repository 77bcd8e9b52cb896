"""Lists with a row for each learner, under headings in the first rows."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import IO, NamedTuple

from providers.tables import text, workbook
from providers.tables.kinds import Table, is_xml, kind_of_file, squeezed, words_of
from providers.tables.sheet import Corrections, Sheet, written
from providers.uploads import FileRefused

SMALL = 2 * 2**20  # bytes of a workbook that somebody can wait for
ABOVE = 15  # rows among which the headings are looked for
WHO = {
    "family_name": ("surname", "familyname", "lastname", "legalsurname", "learnersurname"),
    "given_name": ("forename", "givenname", "firstname", "forenames", "givennames", "learnerforename"),
    "birth_on": ("dob", "dateofbirth", "birthdate"),
    "upn": ("upn", "uniquepupilnumber"),
    "uln": ("uln", "uniquelearnernumber", "uniquelearnerno"),
}


class Layout(NamedTuple):
    """What a list has to have: the headings of each thing, which things it cannot do without, and what is said of a
    file without them. Who each row is about it always has to say."""

    headings: Mapping[str, Sequence[str]]
    needed: Sequence[str]
    missing: str
    other_file: str

    @property
    def told(self) -> set[str]:
        """Every heading that means something."""
        return {heading for headings in (*WHO.values(), *self.headings.values()) for heading in headings}


class ReadList(NamedTuple):
    """A table, and where in its rows each thing is."""

    sheet: Sheet
    names: list[str]
    places: dict[str, int]


def open_list(file: IO[bytes], layout: Layout, *, corrections: Corrections | None = None) -> ReadList:
    """The first table of the file with the columns that are needed. Raises: FileRefused."""
    kind = kind_of_file(file)
    if kind == "word":
        raise FileRefused(f"This is a Word document. {layout.other_file}")
    reader = text if kind == "text" else workbook
    for table in reader.tables(file, kind, layout.told):
        if found := _columns_of(table, layout):
            row, names, places = found
            return ReadList(Sheet(kind, names, row, table.numbered, dict(corrections or {})), names, places)
    raise FileRefused(layout.missing)


def look_at(file: IO[bytes], layout: Layout) -> None:
    """Raises: FileRefused where nothing of the file could be used, before it is kept."""
    if is_xml(file):
        raise FileRefused(f"This is an XML file or a web page. {layout.other_file}")
    kind = kind_of_file(file)
    file.seek(0, 2)
    if kind == "text" or file.tell() <= SMALL:
        open_list(file, layout)
    file.seek(0)


def _columns_of(table: Table, layout: Layout) -> tuple[int, list[str], dict[str, int]] | None:
    for number, found in islice(table.numbered(), ABOVE):
        names = [written(words_of(cell)) for cell in found]
        plain = [squeezed(name) for name in names]
        places: dict[str, int] = {}
        for thing, headings in {**WHO, **layout.headings}.items():
            at = next((plain.index(heading) for heading in headings if heading in plain), None)
            if at is not None:
                places[thing] = at
        is_named = {"family_name", "given_name", "birth_on"} <= places.keys()
        if set(layout.needed) <= places.keys() and (is_named or "upn" in places or "uln" in places):
            return number, names, places
    return None

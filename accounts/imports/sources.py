"""The records of a file, one learner each, whatever kind of file it is: a thing the roll knows, and what is said."""

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Protocol

from accounts.imports.columns import Columns, find_columns
from accounts.imports.tables import read_table
from providers.tables import workbook
from providers.tables.kinds import Table, kind_of_file, words_of
from providers.tables.sheet import Corrections, Sheet, written
from providers.uploads import FileRefused

WORD = "This is a Word document. Export the roll from your school system as CSV, XML (CTF) or a spreadsheet."
ABOVE = 15  # rows among which headings are looked for
Record = Mapping[str, Any]


class Source(Protocol):
    """Where records come from. ``names`` is what the file calls each thing, for the issues."""

    names: Mapping[str, str]
    heading_row: int
    guessed: Mapping[str, str]
    unused: Sequence[str]

    def records(self) -> Iterator[tuple[int, Record]]:
        """The number of each row, as the spreadsheet shows it, and what it says. Raises: FileRefused."""
        ...


class TableSource:
    """A table with headings."""

    def __init__(self, sheet: Sheet, columns: Columns) -> None:
        self.sheet, self.columns = sheet, columns
        self.names = {thing: columns.names[place] for thing, place in columns.places.items()}
        self.heading_row = columns.row
        self.guessed = columns.guessed
        self.unused = columns.unused

    def records(self) -> Iterator[tuple[int, Record]]:
        places = list(self.columns.places.items())
        parts, marks, grades = self.columns.address_parts, self.columns.marks, self.columns.grades
        is_text = self.sheet.kind == "text"
        for row, cells in self.sheet.rows():
            said = cells if is_text else [words_of(cell) for cell in cells]
            record: dict[str, Any] = {thing: said[place].strip() for thing, place in places}
            if parts:
                record["address_parts"] = [said[part] for part in parts]
            if marks:
                record["marks"] = [said[mark].strip() for mark in marks]
            if grades:
                record["grades"] = [(*grade, said[place].strip()) for grade, place in grades]
            yield row, record


def open_roll_table(
    file: IO[bytes], *, answers: Mapping[str, str] | None = None, corrections: Corrections | None = None
) -> TableSource:
    """The table of the file that looks most like a roll. ``answers`` are headings, squeezed, that somebody of the
    school has explained. Raises: FileRefused, with ``asks`` where somebody could say which column is which."""
    kind = kind_of_file(file)
    if kind == "word":
        raise FileRefused(WORD)
    table = _text_table(file) if kind == "text" else _best_table(file, kind, answers or {})
    head = []
    for number, cells in table.numbered():
        if number > ABOVE:
            break
        head += [[]] * (number - len(head) - 1)
        head.append([written(words_of(cell)) for cell in cells])
    columns = find_columns(head, answers or {})
    return TableSource(Sheet(kind, columns.names, columns.row, table.numbered, dict(corrections or {})), columns)


def _text_table(file: IO[bytes]) -> Table:
    file.seek(0)
    records: list[Any] = read_table(file.read())
    return Table("", lambda: enumerate(records, start=1))  # type: ignore[return-value]


def _best_table(file: IO[bytes], kind: str, answers: Mapping[str, str]) -> Table:
    """The sheet with the most headings that are known; the first where none has any."""
    best: tuple[int, Table] | None = None
    try:
        for table in workbook.tables(file, kind, ()):
            head = [[written(words_of(cell)) for cell in cells] for at, cells in table.numbered() if at <= ABOVE]
            found = find_columns(head, answers, is_asking=False)
            if best is None or len(found.places) > best[0]:
                best = (len(found.places), table)
    except FileRefused as refusal:
        raise FileRefused(str(refusal).replace("a list of courses", "a roll")) from refusal
    if best is None:
        raise FileRefused("There is no sheet in this workbook that can be seen. Save it again with the roll in it.")
    return best[1]

"""The list of a desk comes back with answers: rows of a spreadsheet become rows the action can take."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from applications.actions.by_file import CONDITIONS, FileRow
from applications.models import ConditionKind, RefusalReason
from applications.reasons import staff_choices
from applications.together_words import TOGETHER_WORDS
from providers.tables import text, workbook
from providers.tables.kinds import Cell, Table, kind_of_file, squeezed, words_of
from providers.uploads import FileRefused

# Somebody waits for the next page: as much as is read in a second or two. 2,000 answers are a tenth of it.
BOUNDS = workbook.Bounds(
    cells=1_000_000,
    unpacked=50 * 2**20,
    words="A sheet of this file is far larger than a list of applications: delete the empty rows and columns and save "
    "it again.",
)
ABOVE = 15  # rows among which the headings are looked for
NEEDED = ("reference", "version", "decision")
TOLD = {*NEEDED, "reason", "words", "answerby", *(f"condition{number}" for number in range(1, CONDITIONS + 1))}
VERBS = {
    "offer": "offer", "refuse": "refuse", "reserve": "put_on_reserve", "reservelist": "put_on_reserve",
    "putonreserve": "put_on_reserve", "enrol": "enrol", "started": "enrol",
}  # fmt: skip
DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
LONGEST_CONDITION, LONGEST_WORDS = 200, 4000


def read_answers(file: IO[bytes]) -> list[FileRow]:
    """Every row with a decision in it, with the number that the spreadsheet shows. Raises: FileRefused."""
    kind = kind_of_file(file)
    if kind == "word":
        raise FileRefused(_("This is a Word document. Hand over the list as .csv, .xlsx or .ods."))
    tables = text.tables(file, kind, TOLD) if kind == "text" else workbook.tables(file, kind, (), bounds=BOUNDS)
    for table in tables:
        places, below = _headings(table)
        if not places:
            continue
        return [row for row in _rows(table, places, below) if row is not None]
    raise FileRefused(
        _("This file has no columns “reference”, “version” and “decision”. Take a list away, and fill that one in.")
    )


def _headings(table: Table) -> tuple[dict[str, int], int]:
    """Where each known column is, and in which row they stand; nothing where they do not."""
    for number, cells in table.numbered():
        if number > ABOVE:
            break
        found = {squeezed(words_of(cell)): place for place, cell in reversed(list(enumerate(cells)))}
        if all(name in found for name in NEEDED):
            return {name: place for name, place in found.items() if name in TOLD}, number
    return {}, 0


def _rows(table: Table, places: dict[str, int], below: int) -> Iterator[FileRow | None]:
    for number, cells in table.numbered():
        if number > below:
            said = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
            yield _row(number, said)


def _row(line: int, cells: dict[str, Cell]) -> FileRow | None:
    said = {name: words_of(cell).strip().replace("\0", "") for name, cell in cells.items()}
    if not said["decision"]:
        return None
    row = FileRow(line, said["reference"].upper(), said["version"])
    verb = VERBS.get(squeezed(said["decision"])) or _as_on_the_page().get(squeezed(said["decision"]))
    if verb is None:
        return row._replace(why=_("The decision is none of: offer, refuse, reserve, enrol."))
    answers, why = _answers(verb, said, cells.get("answerby", ""))
    return row._replace(verb=verb, answers=answers, why=why)


def _as_on_the_page() -> dict[str, str]:
    return {squeezed(str(TOGETHER_WORDS[verb].option)): verb for verb in set(VERBS.values())}


def _answers(verb: str, said: dict[str, str], day: Cell) -> tuple[dict[str, Any], str]:
    """What the verb is done with, and what is wrong with it: a sentence, or nothing."""
    words = said.get("words", "")
    if len(words) > LONGEST_WORDS:
        return {}, _("The words are too long: %(most)s letters at most.") % {"most": f"{LONGEST_WORDS:,}"}
    if verb == "refuse":
        return _refusal(said.get("reason", ""), words)
    if verb == "offer":
        return _offer(said, words, day)
    return {}, ""


def _refusal(said: str, words: str) -> tuple[dict[str, Any], str]:
    known = {squeezed(str(name)): str(value) for value, label in staff_choices("refuse") for name in (value, label)}
    reason = known.get(squeezed(said))
    if reason is None:
        return {}, _("Fill in a reason, as the page with the reasons has it.")
    if reason == RefusalReason.OTHER and not words:
        return {}, _("Say what the reason is, in words the learner may read.")
    return {"reason": reason, "words": words}, ""


def _offer(said: dict[str, str], words: str, day: Cell) -> tuple[dict[str, Any], str]:
    texts = [said.get(f"condition{number}", "") for number in range(1, CONDITIONS + 1)]
    if any(len(one) > LONGEST_CONDITION for one in texts):
        return {}, _("A condition is too long: %(most)s letters at most.") % {"most": LONGEST_CONDITION}
    answer_by_on, why = _day(day)
    answers = {
        "conditions": [[ConditionKind.RESULTS.value, one] for one in texts if one],
        "answer_by_on": answer_by_on and answer_by_on.isoformat(),
        "message": words,
    }
    return answers, why


def _day(cell: Cell) -> tuple[dt.date | None, str]:
    """A date as a spreadsheet keeps it, or as people write it: 2027-01-31 or 31/1/2027."""
    if isinstance(cell, dt.date):
        return cell, ""
    written = words_of(cell).strip()
    if not written:
        return None, ""
    found = DAY_FIRST.fullmatch(written)
    try:
        day = dt.date(*(int(part) for part in reversed(found.groups()))) if found else dt.date.fromisoformat(written)
    except ValueError:
        return None, _("The date to answer by cannot be read. Write it like 2027-01-31.")
    return day, ""

"""The rows of an upload that somebody can correct here, as they stand with what was corrected already."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from providers.models import IssueSeverity, Upload, UploadFix, UploadIssue, UploadRow

LONG = 60  # characters from which a cell gets a box of several lines


class CellToFix(NamedTuple):
    """One cell: where it stands, what it says, and what is wrong with it."""

    place: int
    heading: str
    text: str
    issues: tuple[str, ...]
    is_fixed: bool  # and not checked since

    @property
    def is_long(self) -> bool:
        return len(self.text) > LONG or "\n" in self.text


class RowToFix(NamedTuple):
    """One row. ``bad`` are its cells with something wrong, ``others`` the rest; ``issues`` are about the whole row."""

    row: int
    cells: list[str]
    bad: list[CellToFix]
    others: list[CellToFix]
    issues: list[str]
    fixed_by: Any
    fixes_to_check: int

    @property
    def digest(self) -> str:
        """The same for as long as nobody corrects anything in this row."""
        return hashlib.sha256(json.dumps(self.cells).encode()).hexdigest()


def rows_to_fix(upload: Upload, held: Iterable[UploadRow]) -> list[RowToFix]:
    """These rows in two queries, however many they are."""
    held = list(held)
    numbers = [each.row for each in held]
    issues = defaultdict(list)
    wrong = UploadIssue.objects.filter(upload=upload, row__in=numbers).exclude(severity=IssueSeverity.NOTICE)
    for issue in wrong:
        issues[issue.row].append(issue)
    fixes = defaultdict(list)
    for fix in UploadFix.objects.filter(upload=upload, row__in=numbers).select_related("by").order_by("at"):
        fixes[fix.row].append(fix)
    return [_row(upload, each, issues[each.row], fixes[each.row]) for each in held]


def _row(upload: Upload, held: UploadRow, issues: list[UploadIssue], fixes: list[UploadFix]) -> RowToFix:
    corrected = {fix.column: fix.value for fix in fixes}
    texts = [corrected.get(place, text) for place, text in enumerate(held.cells)]
    said: dict[int, list[str]] = defaultdict(list)
    whole = []
    places = {_plain(heading): place for place, heading in reversed(list(enumerate(upload.headings))) if heading}
    for issue in issues:
        place = places.get(_plain(issue.column))
        if place is None:
            whole.append(issue.message)
        else:
            said[place].append(issue.message)
    cells = [
        CellToFix(place, upload.headings[place] or f"Column {place + 1}", text, tuple(said[place]),
                  text != held.cells[place])
        for place, text in enumerate(texts)
    ]  # fmt: skip
    return RowToFix(
        row=held.row,
        cells=texts,
        bad=[cell for cell in cells if cell.issues],
        others=[cell for cell in cells if not cell.issues],
        issues=whole,
        fixed_by=fixes[-1].by if fixes else None,
        fixes_to_check=sum(cell.is_fixed for cell in cells),
    )


def _plain(heading: str) -> str:
    return "".join(filter(str.isalnum, heading.lower()))

"""What the cells of a row say about a course, a run and a place, by our names, not yet checked.

What a cell says that belongs elsewhere, such as a start that is no date, goes there only where the file has no column
for that.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from core.languages import ENGLISH, speaking
from prospectus import checks
from prospectus.imports import words
from prospectus.imports.findings import NOTICE, WARNING, Findings
from prospectus.imports.tables import cells as read
from prospectus.imports.tables.matching import Layout
from prospectus.imports.xcri_runs import ANY_DAY
from prospectus.models import Delivery, Level, Pattern, ProvisionKind, QualificationType, Stage, StudyMode, Subject
from prospectus.part_words import from_lines
from prospectus.texts import first_paragraph, first_sentences
from providers.tables.kinds import Cell

HOW = "How you will learn"
BRING = "What you will need to bring"
DATES = {"starts_on": False, "ends_on": True, "apply_from_on": False, "apply_until_on": True}  # at the end of a month?
STUDY = {"study_mode": StudyMode, "delivery": Delivery, "pattern": Pattern}
AMOUNTS = ("cost_pence", "extra_cost_pence")
ONE_LINE = 220  # characters of a summary made of the description
REMEMBERED = 2_000  # different values of a column
WHOLE = re.compile(r"^(\d+)\.0+$")  # 2.0, as programs write a 2
Values = dict[str, Any]
Reader = Callable[[Values, int, Cell], None]
Column = tuple[str, int, Reader | None]


def choice_words() -> dict[str, dict[str, str]]:
    """What may stand in a cell of each choice, in small letters, and the code it means."""
    with speaking(ENGLISH):
        choices = {
            name: {word.lower(): str(value) for value, label in kinds.choices for word in (value, label)}
            for name, kinds in {"kind": ProvisionKind, "stage": Stage, **STUDY}.items()
        }
    choices["levels"] = {
        word.lower(): code
        for code, name in Level.objects.values_list("code", "name")
        for word in (code, name, f"{code} {name}")
    }
    # Where two have one name, the broad one counts, and the one that is still offered.
    subjects = Subject.objects.order_by("-code").values_list("code", "name", "plain_name")
    choices["subject"] = _named(subjects)
    types = QualificationType.objects.order_by("is_current", "-code").values_list("code", "name", "plain_name")
    choices["qualification_type"] = _named(types)
    return choices


def _named(rows: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, *called in rows:
        for name in filter(None, called):
            found |= {name.lower(): code, f"{code} {name}".lower(): code}
    return found | {code.lower(): code for code, *_ in rows}


class ValueReader:
    """Reads the cells of one sheet, whose columns it knows."""

    def __init__(self, layout: Layout, findings: Findings) -> None:
        self.layout = layout
        self.findings = findings
        self.choices = choice_words()
        self.course_columns = [(name, at, self._course_readers().get(name)) for name, at in layout.columns_of("course")]
        self.run_columns = [(name, at, self._run_readers().get(name)) for name, at in layout.columns_of("run")]
        self.site_columns = layout.columns_of("site")
        self.ways: dict[tuple[Any, ...], Values] = {}  # how courses are studied, in words of our own: what it means

    def _course_readers(self) -> Mapping[str, Callable[[Values, int, Cell], None]]:
        return {
            "kind": self._one_of("kind"),
            "stage": self._one_of("stage"),
            "levels": self._levels,
            "subject": self._subject,
            "qualification_type": self._qualification_type,
            "other_texts": lambda values, _row, cell: values.update(other_texts=read.parts_of(cell)),
            "parts": lambda values, _row, cell: values.update(parts=from_lines(read.words_of(cell))),
            "subject_words": lambda values, _row, cell: values.update(subject_words=read.several(cell)),
        }

    def _run_readers(self) -> Mapping[str, Callable[[Values, int, Cell], None]]:
        return {
            **{name: self._date(name) for name in DATES},
            **{name: self._amount(name) for name in AMOUNTS},
        }

    # Whole things

    def course(self, row: int, cells: Sequence[Cell]) -> Values:
        values: Values = {"qualification_type": None, "levels": []}
        _take(values, self.course_columns, row, cells)
        self._compose_course(values)
        return values

    def run(self, row: int, cells: Sequence[Cell]) -> Values:
        values: Values = {"delivery": ""}
        _take(values, self.run_columns, row, cells)
        said, error = values.pop("cost_said", (None, None))
        if error and said != values["cost_text"]:
            # The file has a column for words about the cost, and it says something else.
            self._left_out(row, "run.cost_pence", said, error)
        self._compose_run(values, row)
        return values

    def site(self, cells: Sequence[Cell]) -> dict[str, str]:
        return {name: read.words_of(cells[at]).strip() for name, at in self.site_columns}

    # One cell each

    def _one_of(self, name: str) -> Callable[[Values, int, Cell], None]:
        def take(values: Values, _row: int, cell: Cell) -> None:
            # What no list has goes to the check as it is, which says so.
            values[name] = self.choices[name].get(read.squeezed_words(cell), read.words_of(cell))

        return take

    def _date(self, name: str) -> Callable[[Values, int, Cell], None]:
        key, at_end = f"run.{name}", DATES[name]
        known: dict[str, Any] = {}  # days that were written in words before, and say it all

        def take(values: Values, row: int, cell: Cell) -> None:
            if type(cell) is str and cell in known:
                values[name] = known[cell]
                return
            try:
                values[name] = read.date_of(cell, at_end=at_end)
            except ValidationError as error:
                said = read.words_of(cell)
                if name == "starts_on" and error.code == "not_a_date" and not isinstance(cell, bool | int | float):
                    values.setdefault("start_text", said)
                    self.findings.count(
                        row, self.layout.heading(key), said, code="RUN_START_IN_WORDS", severity=NOTICE,
                        message="The start is in words: {n runs}. The words are shown; such a run cannot be found by "
                        "date.",
                    )  # fmt: skip
                    values["is_flexible_start"] = values.get("is_flexible_start") or bool(ANY_DAY.search(said))
                    return
                self._left_out(row, key, said, error)
            else:
                if isinstance(cell, str):
                    if name == "starts_on" and not _is_day(cell):
                        values.setdefault("start_text", read.words_of(cell))  # a month, in the provider's words
                    elif len(known) < REMEMBERED:
                        known[cell] = values[name]

        return take

    def _amount(self, name: str) -> Callable[[Values, int, Cell], None]:
        key = f"run.{name}"
        known: dict[str | float, int | None] = {}

        def take(values: Values, row: int, cell: Cell) -> None:
            is_plain = type(cell) is str or type(cell) is float
            if is_plain and cell in known:
                values[name] = known[cell]
                return
            try:
                values[name] = read.pence_of(cell)
                if is_plain and len(known) < REMEMBERED:
                    known[cell] = values[name]
            except ValidationError as error:
                said = read.words_of(cell)
                if name == "cost_pence" and error.code == "not_an_amount" and isinstance(cell, str):
                    values.setdefault("cost_text", said)
                    values["cost_said"] = (said, error)
                else:
                    self._left_out(row, key, said, error)

        return take

    def _left_out(self, row: int, key: str, said: str, error: ValidationError) -> None:
        code = f"{key}_{error.code}".replace(".", "_").upper()
        message = f"{error.message} It is left out."
        self.findings.add(row, self.layout.heading(key), said, code=code, severity=WARNING, message=message)

    def _levels(self, values: Values, row: int, cell: Cell) -> None:
        said = WHOLE.sub(r"\1", read.words_of(cell))
        known = self.choices["levels"]
        parts = [part.strip().lower() for part in said.replace(";", ",").split(",")]
        found = [known[part] for part in parts] if all(part in known for part in parts) else words.read_levels(said)
        values["levels"] = found or []
        if not self.layout.has("course.level_text"):
            values["level_text"] = said
        if found is None:
            self.findings.count(
                row, self.layout.heading("course.levels"), said, code="COURSE_LEVEL_UNKNOWN", severity=NOTICE,
                message="This names no level from Entry to 8. It is shown as it is, and the course cannot be found "
                "by level ({n courses}).",
            )  # fmt: skip

    def _subject(self, values: Values, row: int, cell: Cell) -> None:
        said = read.squeezed_words(cell)
        known = self.choices["subject"]
        found = known.get(said) or known.get(said.zfill(2)) or known.get(said.zfill(4))  # 5.2 was 05.2
        if found:
            values["subject"] = found
            return
        values.setdefault("subject_words", [read.words_of(cell)])
        self.findings.count(
            row, self.layout.heading("course.subject"), read.words_of(cell), code="COURSE_SUBJECT_UNKNOWN",
            severity=NOTICE,
            message="This is no sector subject area. It is shown as it is, and the course cannot be found by subject "
            "({n courses}). Choose from the list in our spreadsheet.",
        )  # fmt: skip

    def _qualification_type(self, values: Values, row: int, cell: Cell) -> None:
        said = read.words_of(cell)
        found = self.choices["qualification_type"].get(read.squeezed_words(cell)) or words.read_qualification_type(said)
        if found:
            values["qualification_type"] = found
            return
        self.findings.count(
            row, self.layout.heading("course.qualification_type"), said, code="COURSE_QUALIFICATION_TYPE_UNKNOWN",
            severity=WARNING,
            message="The portal does not know this kind of qualification, so it is left out ({n courses}). Choose from "
            "the list in our spreadsheet.",
        )  # fmt: skip

    # What several cells say together

    def _compose_course(self, values: Values) -> None:
        if values["qualification_type"] is None and not self.layout.has("course.qualification_type"):
            values["qualification_type"] = words.read_qualification_type(values.get("qualification_title", ""))
        if how := values.pop("how_you_learn", ""):
            said = values.get("what_you_do", "")
            values["what_you_do"] = checks.check_html(said) + f"<h3>{HOW}</h3>" + checks.check_html(how)
        if bring := values.pop("what_to_bring", ""):
            values["other_texts"] = [*values.get("other_texts", []), (BRING, bring)]
        if not self.layout.has("course.summary") and values.get("what_you_do"):
            clean = checks.check_html(values["what_you_do"])
            values["summary"] = first_sentences(first_paragraph(clean, at_least=40), limit=ONE_LINE)

    def _compose_run(self, values: Values, row: int) -> None:
        number, unit = values.pop("duration", ""), values.pop("duration_unit", "")
        if number and not values.get("duration_text"):
            values["duration_text"] = _how_long(number, unit)
        ways = tuple(values.get(name) for name in STUDY)
        if ways in self.ways:
            values.update(self.ways[ways])
            return
        said = {name: values[name] for name in STUDY if values.get(name)}
        meanings = {}
        strange = []
        for name, text in said.items():
            if code := self.choices[name].get(text.strip().lower()):
                meanings[name] = words.StudyWords(**{each: code if each == name else "" for each in STUDY})
            elif meaning := words.look_up_study(text):
                meanings[name] = meaning
                strange.append(text)
            else:
                strange.append(text)
                self.findings.count(
                    row, self.layout.heading(f"run.{name}"), text, code=f"RUN_{name}_UNKNOWN".upper(), severity=NOTICE,
                    message="The portal does not know what this says about how a course is studied. It is shown in the "
                    "provider's words ({n runs}).",
                )  # fmt: skip
        for name in STUDY:
            order = [name, *(other for other in STUDY if other != name)]
            found = (getattr(meanings[place], name) for place in order if place in meanings)
            values[name] = next((value for value in found if value), "unknown")
        if strange:
            values.setdefault("mode_text", ", ".join(dict.fromkeys(strange)))
        elif len(self.ways) < REMEMBERED:
            self.ways[ways] = {name: values[name] for name in STUDY}


def _take(values: Values, columns: Sequence[Column], row: int, cells: Sequence[Cell]) -> None:
    """What the cells that say something say. Every cell of a file passes here, so the plain ones call nothing."""
    for name, at, reader in columns:
        cell = cells[at]
        if type(cell) is str:
            if not cell or cell.isspace():
                continue
            if reader is None and cell[0] != "'":
                values[name] = cell
                continue
        elif cell is None:
            continue
        if reader:
            reader(values, row, cell)
        else:
            values[name] = read.words_of(cell)


def _is_day(text: str) -> bool:
    return checks.names_a_day(text) or bool(read.SERIAL.fullmatch(text.strip()))


def _how_long(number: str, unit: str) -> str:
    """ "2 years" of 2 and Years; "1 year" of 1 and years."""
    unit = unit.strip().lower()
    if number == "1":
        unit = unit.removesuffix("s")
    return f"{number} {unit}".strip()

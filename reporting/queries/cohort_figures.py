"""How many of a cohort reached each stage, as whoever asks may know it: exact, or rounded and then once only."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import xor
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import BitXor
from django.db.models import BigIntegerField, Count, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from accounts.models import Learner, SenProvision
from accounts.models.facts import ETHNICITIES
from core.suppression import blurred
from ilp.models import RecordFact
from prospectus.models import Course
from reporting.queries.cohorts import (
    BREAKDOWNS,
    CHARACTERISTICS_COLUMNS,
    FILTER_FACTS,
    NOT_SAID,
    STAGES,
    Cohort,
    characteristics_for,
    courses_asked_for,
    learners_of,
    narrowing,
    reached,
    with_roll_of,
)
from reporting.queries.readers import ROLL, Reader

FEWEST = 10  # what is rounded and less than this is not said
# Of who has applied somewhere, or for something, these are true of everybody.
SAME_AS_APPLIED = ("started", "sent", "with_provider")


class Cell(NamedTuple):
    """One number. ``shown`` is None where it is too small to be said; ``has_names``: it leads to them."""

    stage: str
    shown: int | None
    has_names: bool
    percent: int | None


class Line(NamedTuple):
    """One line of a table: the whole cohort, or the part of it with this value."""

    cohort: Cohort
    label: str
    cells: list[Cell]


class Figures(NamedTuple):
    whole: Line
    parts: list[Line]

    @property
    def is_rounded(self) -> bool:
        return any(not cell.has_names for line in (self.whole, *self.parts) for cell in line.cells)


class Mark(NamedTuple):
    """The same learners have the same marks, whoever asks for them in whatever words: those whom a roll names, and of
    them those whom an asker may know by name to be in the cohort. None: nobody."""

    of_roll: int | None
    known: int | None


def breakdowns_for(reader: Reader, cohort: Cohort | None = None) -> list[str]:
    """The columns that a table can have a line for each value of, for this person, of this cohort.

    A line says that somebody is in it: it is for who may know that of each of them. What a roll says is no secret.
    """
    facts = cohort.of_roll.facts if cohort else frozenset({ROLL})
    return [by for by in BREAKDOWNS if by not in FILTER_FACTS or reader.may_name(facts | {FILTER_FACTS[by]})]


def figures_of(reader: Reader, cohort: Cohort, *, by: str = "", entry_year: int | None) -> Figures:
    """How many of a cohort reached each stage, and of each part of it by one of ``breakdowns_for``.

    A number whose names this person may not read is rounded, so that no two of them tell of 1 to 4 people (see
    ``core.suppression.blurred``); below ten it is not said. Each part of the roll has a line then, whether anybody is
    in it or not. Two queries, and one more for a cohort by what was applied for.
    """
    by = by if by in breakdowns_for(reader, cohort) else ""
    learners = learners_of(reader, cohort, entry_year=entry_year).order_by()
    counts = {"eligible": Count("pk")} | {
        stage: Count("pk", filter=reached(reader, cohort, stage, entry_year=entry_year)) for stage in [*STAGES][1:]
    }
    rows = _with_column(reader, learners, by).values_list("value", "label").annotate(**_named(counts))
    numbers = {value: dict(zip(STAGES, found, strict=True)) for value, _label, *found in rows}
    marked = _marked_parts(reader, cohort, by, entry_year=entry_year)
    [courses] = course_marks([cohort])
    whole = {stage: sum(found[stage] for found in numbers.values()) for stage in STAGES}
    mark = Mark(_together(mark.of_roll for *_part, mark in marked), _together(mark.known for *_part, mark in marked))
    everybody = Line(cohort, _("Everybody"), cells_of(reader, cohort, whole, mark=mark, courses=courses))
    parts = []
    for value, label, mark in marked if by else []:
        said, words = _value_and_label(by, value, label)
        part, found = cohort._replace(**{by: said}), numbers.get(value, dict.fromkeys(STAGES, 0))
        parts.append(Line(part, words, cells_of(reader, part, found, mark=mark, courses=courses)))
    shown = [line for line in parts if line.cells[0].shown != 0]
    return Figures(everybody, sorted(shown, key=lambda line: (getattr(line.cohort, by) == NOT_SAID, line.label)))


def _named(counts: dict[str, Any]) -> dict[str, Any]:
    """Beside columns of the table itself."""
    return {f"number_{stage}": count for stage, count in counts.items()}


def _with_column(reader: Reader, learners: QuerySet, by: str) -> QuerySet:
    """Each with ``value`` of the column and its ``label``, empty where it is the value; without a column the same for
    all. The same expression twice could not be grouped by."""
    need = RecordFact.objects.open().filter(kind="need", learner=OuterRef("pk"))
    theirs = characteristics_for(reader).filter(learner=OuterRef("pk"))
    columns: dict[str, tuple[Any, Any]] = {
        "": (Value(""), Value("")),
        "school": (F("school_reference"), F("school_name")),
        **{name: (Subquery(theirs.values(column)), Value("")) for name, column in CHARACTERISTICS_COLUMNS.items()},
        "need": (Subquery(need.values("code__code")[:1]), Subquery(need.values("code__meaning")[:1])),
    }
    value, label = columns.get(by, (F(by), Value("")) if by else columns[""])
    return learners.annotate(value=value, label=label)


def _value_and_label(by: str, value: Any, label: Any) -> tuple[str, str]:
    """As the address says it, and as people read it."""
    if value is None or value == "":
        return NOT_SAID, _("No tutor group") if by == "tutor_group" else _("Not recorded")
    if by == "looked_after":
        return ("yes", _("Looked after")) if value else ("no", _("Not looked after"))
    if by == "year_group":
        return str(value), _("Year %(number)s") % {"number": value}
    if by == "sen":
        return value, str(dict(SenProvision.choices).get(value, value))
    return str(value), ETHNICITIES.get(label, label) if by == "ethnicity" else str(label)


def cells_of(
    reader: Reader, cohort: Cohort, numbers: Mapping[str, int], *, mark: Mark, courses: int | None
) -> list[Cell]:
    """Numbers of a cohort by stage, as this person may know them; "eligible" is the first of them."""
    cells: list[Cell] = []
    for stage, number in numbers.items():
        has_names = reader.may_name(cohort.facts | {STAGES[stage].fact})
        shown = number
        if not has_names:
            shown = blurred(number, question=question_of(reader, cohort, stage, mark=mark, courses=courses))
        cells.append(Cell(stage, shown, has_names, None))
    whole = cells[0].shown or 0
    return [_as_said(cell, whole) for cell in cells]


def _as_said(cell: Cell, whole: int) -> Cell:
    """A rounded number is never more than all of the cohort, and below ten it is not said."""
    shown = cell.shown or 0
    if not cell.has_names:
        shown = min(shown, 5 * (whole // 5))
        if shown < FEWEST:
            return cell._replace(shown=None)
    return cell._replace(shown=shown, percent=round(100 * shown / whole) if whole else None)


# --- one question, in whatever words


HASHED = Func(F("pk"), Value(0), function="hashint8extended", output_field=BigIntegerField())


def question_of(reader: Reader, cohort: Cohort, stage: str, *, mark: Mark, courses: int | None) -> str:
    """What a number is rounded by. Two questions that their asker knows to be about the same learners are one: from
    several answers, each rounded by itself, it would follow what the number is.

    What the asker does not know of each learner stays as it was asked, so that nobody learns from the rounding whether
    it is true of the same learners. An adviser's numbers are of those who share them, and others than a colleague's.
    """
    known = _known_part(reader, cohort, cohort.of_roll.facts)
    rest = {name: value for name, value in cohort.said.items() if getattr(known, name) != value}
    if rest.keys() & {"provider", "subject"} and courses is not None:
        rest = {name: value for name, value in rest.items() if name not in ("provider", "subject")}
        rest["courses"] = str(courses)
    said = "eligible" if cohort.is_of_choices and stage in SAME_AS_APPLIED else stage
    who = mark.known if reader.may_name(cohort.of_roll.facts) else mark.of_roll
    return f"{'shared' if reader.kind == 'adviser' else 'all'} {who} {urlencode(sorted(rest.items()))} {said}"


def _known_part(reader: Reader, cohort: Cohort, facts: frozenset[str]) -> Cohort:
    """The cohort by the roll and by what this person may know of each learner of whom they may know these facts."""
    unknown = [name for name, fact in FILTER_FACTS.items() if not reader.may_name(facts | {fact})]
    return cohort._replace(**dict.fromkeys(unknown, ""))


def _marked_parts(reader: Reader, cohort: Cohort, by: str, *, entry_year: int | None) -> list[tuple[Any, Any, Mark]]:
    """(value, label, mark) of each part of those whom a roll names."""
    everybody = with_roll_of(reader, cohort, Learner.objects.all()).order_by()
    known = narrowing(reader, _known_part(reader, cohort, frozenset({ROLL})), entry_year=entry_year)
    rows = _with_column(reader, everybody, by).values_list("value", "label")
    found = rows.annotate(mark_of_roll=BitXor(HASHED), mark_known=BitXor(HASHED, filter=known))
    return [(value, label or value, Mark(*marks)) for value, label, *marks in found]


def _together(marks: Iterable[int | None]) -> int | None:
    """The mark of all whom these marks are of."""
    there = [mark for mark in marks if mark is not None]
    return reduce(xor, there) if there else None


def marks_of(reader: Reader, cohorts: Sequence[Cohort], *, entry_year: int | None) -> list[Mark]:
    """Of each of these cohorts. One query, however many."""
    anybody, marks = Q(pk__in=[]), {}
    for place, cohort in enumerate(cohorts):
        everybody = Q(pk__in=with_roll_of(reader, cohort, Learner.objects.all()).order_by().values("pk"))
        known = narrowing(reader, _known_part(reader, cohort, frozenset({ROLL})), entry_year=entry_year)
        anybody |= everybody
        marks[f"of_roll_{place}"] = BitXor(HASHED, filter=everybody)
        marks[f"known_{place}"] = BitXor(HASHED, filter=everybody & known)
    found = Learner.objects.filter(anybody).order_by().aggregate(**marks)
    return [Mark(found[f"of_roll_{place}"], found[f"known_{place}"]) for place in range(len(cohorts))]


def course_marks(cohorts: Sequence[Cohort]) -> list[int | None]:
    """Of each of these cohorts, the mark of the courses that its provider and its subject are about: which they are
    anybody can read. None: it is about none. One query at most."""
    marks = {
        f"courses_{place}": BitXor(HASHED, filter=courses_asked_for(cohort, path=""))
        for place, cohort in enumerate(cohorts)
        if cohort.is_of_choices
    }
    found = Course.objects.order_by().aggregate(**marks) if marks else {}
    return [found.get(f"courses_{place}") for place in range(len(cohorts))]

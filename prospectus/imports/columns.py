"""The columns of courses and runs, declared as import-export resources, and their converters, compiled once per file.

The declarations serve every door: the admin and small tables use the resources as they are. Provider uploads use only
the compiled converters, because a resource's own row loop is some fifty times slower than what it converts.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from import_export import fields, resources, widgets

from prospectus import checks
from prospectus.imports.findings import ERROR, WARNING, Findings
from prospectus.models import Delivery, Pattern, ProvisionKind, Stage, StudyMode
from prospectus.texts import cut

LEVELS = "E12345678"


class CheckWidget(widgets.Widget):
    """A widget that asks one of the checks, so that a form and an upload cannot disagree."""

    def __init__(
        self, check: Callable[..., Any], *, is_required: bool = False, empty: Any = "", **options: Any
    ) -> None:
        super().__init__()
        self.check = check
        self.options = options
        self.is_required = is_required
        self.empty = empty

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Raises: ValidationError with the check's code; ``required`` where nothing is left of a value that must be."""
        cleaned = self.empty if value is None or value == "" else self.check(value, **self.options)
        if self.is_required and cleaned in ("", None):
            raise ValidationError("This must not be empty.", code="required")
        return cleaned


class ChoiceWidget(CheckWidget):
    """One of the values of an enumeration, and the usual one for anything else."""

    def __init__(self, choices: Any, usual: Any) -> None:
        super().__init__(self._one_of, empty=usual.value)
        self.values = frozenset(choices.values)

    def _one_of(self, value: str) -> str:
        if value not in self.values:
            raise ValidationError(f"“{value}” is not one of the values this can have.", code="unknown")
        return value


class CodeWidget(CheckWidget):
    """The code of a row of a reference table, looked up in a dictionary filled once per file."""

    def __init__(self, table: str) -> None:
        super().__init__(self._known, empty=None)
        self.table = table
        self.codes: Collection[str] = ()

    def _known(self, value: str) -> str:
        if value not in self.codes:
            raise ValidationError(f"There is no {self.table} with the code {value}.", code="unknown")
        return value


def _column(name: str, widget: widgets.Widget) -> fields.Field:
    return fields.Field(attribute=name, column_name=name, widget=widget)


def _line(name: str, max_length: int | None = None, *, is_required: bool = False) -> fields.Field:
    return _column(name, CheckWidget(checks.check_text, max_length=max_length, is_required=is_required))


def _html(name: str) -> fields.Field:
    return _column(name, CheckWidget(checks.check_html))


def _words(values: list[str]) -> list[str]:
    return list(dict.fromkeys(cut(text, 160) for value in values if (text := checks.check_text(value))))


def _headed(parts: list[tuple[str, str]]) -> list[list[str]]:
    return [[checks.check_text(heading), text] for heading, value in parts if (text := checks.check_html(value))]


def _levels(values: list[str]) -> list[str]:
    return sorted({value for value in values if len(value) == 1} & set(LEVELS), key=LEVELS.index)


def _pence(value: Any) -> int | None:
    return value if isinstance(value, int) else checks.check_whole_number(value, most=checks.MOST_PENCE)


class CourseResource(resources.Resource):
    """A course's own columns, in the order they are staged."""

    provider_reference = _line("provider_reference", 255, is_required=True)
    kind = _column("kind", ChoiceWidget(ProvisionKind, ProvisionKind.COURSE))
    stage = _column("stage", ChoiceWidget(Stage, Stage.POST_16))
    title = _line("title", 255, is_required=True)
    summary = _line("summary")
    what_you_do = _html("what_you_do")
    who_it_is_for = _html("who_it_is_for")
    entry_requirements = _html("entry_requirements")
    how_assessed = _html("how_assessed")
    leads_to = _html("leads_to")
    costs_and_help = _html("costs_and_help")
    other_texts = _column("other_texts", CheckWidget(_headed, empty=[]))
    qualification_title = _line("qualification_title", 255)
    qualification_type = _column("qualification_type", CodeWidget("qualification type"))
    awarding_organisation = _line("awarding_organisation", 160)
    levels = _column("levels", CheckWidget(_levels, empty=[]))
    level_text = _line("level_text", 120)
    subject = _column("subject", CodeWidget("subject"))
    subject_words = _column("subject_words", CheckWidget(_words, empty=[]))
    search_words = _line("search_words")
    website = _column("website", CheckWidget(checks.check_web_address))


class RunResource(resources.Resource):
    """A run's own columns, in the order they are staged."""

    provider_reference = _line("provider_reference", 255, is_required=True)
    starts_on = _column("starts_on", CheckWidget(checks.check_date, empty=None))
    start_text = _line("start_text", 500)
    ends_on = _column("ends_on", CheckWidget(checks.check_date, empty=None))
    is_flexible_start = _column("is_flexible_start", CheckWidget(checks.check_yes_no, empty=False))
    duration_text = _line("duration_text", 255)
    study_mode = _column("study_mode", ChoiceWidget(StudyMode, StudyMode.UNKNOWN))
    delivery = _column("delivery", ChoiceWidget(Delivery, Delivery.UNKNOWN))
    pattern = _column("pattern", ChoiceWidget(Pattern, Pattern.UNKNOWN))
    mode_text = _line("mode_text", 255)
    cost_pence = _column("cost_pence", CheckWidget(_pence, empty=None))
    cost_text = _line("cost_text")
    extra_cost_pence = _column("extra_cost_pence", CheckWidget(_pence, empty=None))
    option_block = _line("option_block", 20)
    places = _column("places", CheckWidget(checks.check_whole_number, empty=None))
    apply_from_on = _column("apply_from_on", CheckWidget(checks.check_date, empty=None))
    apply_until_on = _column("apply_until_on", CheckWidget(checks.check_date, empty=None))
    apply_url = _column("apply_url", CheckWidget(checks.check_web_address))


COURSE_COLUMNS = tuple(CourseResource.fields)
RUN_COLUMNS = tuple(RunResource.fields)


REMEMBERED = 2_000  # different values of a column, none of them long: "Part time" is cleaned once, not on each row
LONGEST_REMEMBERED = 80  # characters


class Column(NamedTuple):
    name: str
    clean: Callable[..., Any]
    empty: Any
    is_required: bool
    cleaned: dict[str, Any]  # what has been cleaned before


class Converter:
    """Turns the values of one record into a tuple ready to be staged, noting what could not be used."""

    def __init__(
        self,
        resource: type[resources.Resource],
        thing: str,
        findings: Findings,
        codes: Mapping[str, Collection[str]] | None = None,
        *,
        shown: Mapping[str, str] | None = None,
    ) -> None:
        """``thing`` is COURSE or RUN; ``codes`` fills the lookups of columns with a reference table; ``shown`` is what
        the file calls some of the columns."""
        self.shown = shown or {}
        self.thing = thing
        self.findings = findings
        self.columns = []
        for name, column in resource().fields.items():
            widget = column.widget
            if isinstance(widget, CodeWidget):
                widget.codes = frozenset((codes or {}).get(name, ()))
            self.columns.append(Column(name, widget.clean, widget.empty, widget.is_required, {}))

    def __call__(self, line: int, values: dict[str, Any], called: str) -> list[Any] | None:
        """The tuple, or None where something that must be there is not. ``called`` names the record for people."""
        converted = []
        is_usable = True
        get = values.get
        for name, clean, empty, is_required, cleaned in self.columns:
            value = get(name)
            if (value is None or value == "") and not is_required:
                converted.append(empty)
                continue
            is_text = type(value) is str
            if is_text and value in cleaned:
                converted.append(cleaned[value])
                continue
            try:
                converted.append(done := clean(value))
                if is_text and len(value) <= LONGEST_REMEMBERED and len(cleaned) < REMEMBERED:
                    cleaned[value] = done
            except ValidationError as error:
                kept = empty
                if error.code == "too_long" and not name.endswith(("_url", "website", "reference")):
                    kept = cut(checks.check_text(value), _limit(error))
                self._note(line, name, value, error, called, is_lost=is_required and not kept, is_cut=bool(kept))
                is_usable &= bool(kept) or not is_required
                converted.append(kept)
        return converted if is_usable else None

    def _note(
        self, line: int, name: str, value: Any, error: ValidationError, called: str, *, is_lost: bool, is_cut: bool
    ) -> None:
        outcome = (
            f"This {self.thing.lower()} is not used." if is_lost else "It was cut." if is_cut else "It is left out."
        )
        code = f"{self.thing}_{name}_{error.code}".upper()
        message = f"{called}: {error.message} {outcome}"
        self.findings.add(
            line, self.shown.get(name, name), str(value or ""), code=code, severity=ERROR if is_lost else WARNING,
            message=message,
        )  # fmt: skip


def _limit(error: ValidationError) -> int:
    return int((error.params or {})["max_length"])

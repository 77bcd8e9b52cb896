"""Building a template, and answering a section of one."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.forms import Checkboxes, ConfirmForm, DateField, LongText, PortalForm, Radios, plain_lines
from core.references import new_reference
from ilp.models import (
    HIGHEST,
    IN_WORDS,
    LARGEST_NUMBER,
    LONGEST_ANSWER,
    Answer,
    Question,
    QuestionKind,
    SectionIcon,
)
from ilp.queries import fits

YEARS = [(str(year), str(year)) for year in range(7, 14)]


def _year_groups() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("For which year groups?"),
        help_text=_("Choose none for all. People past Year 13 are asked what Year 13 is."),
        choices=YEARS,
        required=False,
        widget=Checkboxes(small=True),
    )


def _seen() -> forms.SlugField:
    return forms.SlugField(max_length=16, required=False, widget=forms.HiddenInput)


class SeenForm(ConfirmForm):
    """A button about something that somebody else may be changing; it carries how that stood."""

    seen = _seen()


class _PartForm(PortalForm):
    """A section or a question. It carries how the part stood when it was opened; of a new one, nothing."""

    seen = _seen()

    def said(self) -> dict[str, Any]:
        """What the action is told, but for how the part stood."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return said | {"year_groups": [int(year) for year in said["year_groups"]]}

    def standing(self, now: Any) -> list[tuple[str, str]]:
        """What ``now`` says where it is not what this form would save: the label of the box and the words."""
        return [
            (str(self.fields[name].label), self._in_words(name, getattr(now, name)))
            for name, value in self.said().items()
            if getattr(now, name) != value
        ]

    def _in_words(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return _now("Yes") if value else _now("No")
        if isinstance(value, list):
            return ", ".join(str(one) for one in value) or _now("Nothing")
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value)) or _now("Nothing")


class SectionForm(_PartForm):
    """A section of a template."""

    submit = _("Save the section")

    title = forms.CharField(label=_("Title"), max_length=80, error_messages={"required": _("Give the section a title")})
    help_text = forms.CharField(
        label=_("What should learners know before they answer? (if anything)"),
        help_text=_("In plain words, as you would say it to an 11-year-old."),
        required=False,
        max_length=500,
        widget=LongText(attrs={"rows": 3}),
    )
    icon = forms.ChoiceField(label=_("Picture in easy read"), choices=SectionIcon.choices, widget=Radios(small=True))
    year_groups = _year_groups()


class QuestionForm(_PartForm):
    """A question of a section."""

    submit = _("Save the question")

    asked = forms.CharField(
        label=_("The question"), max_length=200, error_messages={"required": _("Write the question")}
    )
    help_text = forms.CharField(
        label=_("Help with it (if any)"),
        help_text=_("For example, what an answer could look like."),
        required=False,
        max_length=300,
    )
    kind = forms.ChoiceField(
        label=_("How is it answered?"),
        choices=QuestionKind.choices,
        widget=Radios,
        error_messages={"required": _("Choose how it is answered")},
    )
    options = forms.CharField(
        label=_("Answers to choose from"),
        help_text=_("One on each line. Only for “one of several” and “any of several”."),
        required=False,
        max_length=1600,
        widget=LongText(attrs={"rows": 5}),
    )
    is_required = forms.BooleanField(
        label=_("Learners must answer it to save the section"),
        help_text=_("What is half-written can be kept all the same."),
        required=False,
    )
    year_groups = _year_groups()

    def clean_options(self) -> list[str]:
        options = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if any(len(option) > 120 for option in options):
            raise forms.ValidationError(_now("Each answer can have 120 letters at most."))
        return options


def _short(**facts: Any) -> forms.Field:
    return forms.CharField(max_length=LONGEST_ANSWER["short"], **facts)


def _long(**facts: Any) -> forms.Field:
    return forms.CharField(max_length=LONGEST_ANSWER["long"], widget=LongText(attrs={"rows": 5}), **facts)


def _number(**facts: Any) -> forms.Field:
    widget = forms.NumberInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"})
    invalid = {"invalid": _("Enter a whole number"), "max_value": _("Enter a smaller number")}
    facts["error_messages"] = invalid | facts.get("error_messages", {})
    return forms.IntegerField(min_value=0, max_value=LARGEST_NUMBER, widget=widget, **facts)


def _scale(**facts: Any) -> forms.Field:
    choices = [(str(step), str(step)) for step in range(1, HIGHEST + 1)]
    return forms.TypedChoiceField(choices=choices, coerce=int, empty_value="", widget=Radios(inline=True), **facts)


def _yes_no(**facts: Any) -> forms.Field:
    return forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=Radios(inline=True), **facts)


BOXES: Mapping[str, Callable[..., forms.Field]] = {
    QuestionKind.SHORT: _short,
    QuestionKind.LONG: _long,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.NUMBER: _number,
    QuestionKind.SCALE: _scale,
}


def _box(question: Question, *, is_required: bool) -> forms.Field:
    facts: dict[str, Any] = {
        "label": question.asked,
        "help_text": question.help_text,
        "required": is_required,
        "error_messages": {"required": _now("Answer “%(asked)s”") % {"asked": question.asked}},
    }
    options = [(option, option) for option in question.options]
    match question.kind:
        case QuestionKind.ONE:
            return forms.ChoiceField(choices=options, widget=Radios, **facts)
        case QuestionKind.SEVERAL:
            return forms.MultipleChoiceField(choices=options, widget=Checkboxes, **facts)
        case QuestionKind.DATE:
            return DateField(what=_("date"), **facts)
        case _:
            return BOXES[question.kind](**facts)


class AnswerForm(PortalForm):
    """The questions of one section, each in a box of its kind that begins with the answer there is."""

    submit = _("Save in my plan")

    draft = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, initial=0)
    asked_in = forms.SlugField(max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, questions: Iterable[Question], answers: Mapping[str, Answer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            name, answer = f"q-{question.key}", answers.get(question.key)
            is_shown = fits(question, answer)
            is_kept = answer is not None and bool(answer.text) and not is_shown
            field = _box(question, is_required=question.is_required and not is_kept)
            if is_kept and answer is not None:
                before = _now("Before, you answered: %(text)s") % {"text": answer.text}
                field.help_text = " ".join(filter(None, (str(field.help_text), before)))
            elif is_shown and answer is not None:
                field.initial = self._initial(question, answer)
            self.fields[name] = field
        self.fields["draft"].initial = new_reference()

    @staticmethod
    def _initial(question: Question, answer: Answer) -> Any:
        if question.kind in IN_WORDS:
            return answer.text
        if question.kind == QuestionKind.DATE:
            return dt.date.fromisoformat(answer.value)
        return str(answer.value) if question.kind == QuestionKind.SCALE else answer.value

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_id = "entry-form"  # the button that keeps a draft stands outside the form
        return helper

    def given(self) -> dict[str, Any]:
        """By key of a question what was answered, as its kind keeps it."""
        given = {}
        for question in self.questions:
            value = self.cleaned_data.get(f"q-{question.key}")
            if question.kind == QuestionKind.DATE and value is not None:
                value = value.isoformat()
            elif isinstance(value, str):
                value = value.strip()
            given[question.key] = value
        return given

    def typed(self, data: Any) -> dict[str, Any]:
        """What stands in the boxes, as it was typed, to be kept as a draft."""
        kept: dict[str, Any] = {}
        for name, field in self.fields.items():
            if not name.startswith("q-"):
                continue
            names = [f"{name}_{part}" for part in ("day", "month", "year")] if isinstance(field, DateField) else [name]
            for one in names:
                values = [
                    plain_lines(value).replace("\0", "")[: LONGEST_ANSWER["long"]] for value in data.getlist(one)[:20]
                ]
                kept[one] = values if isinstance(field, forms.MultipleChoiceField) else (values or [""])[0]
        return kept

    @staticmethod
    def untyped(kept: Mapping[str, Any]) -> dict[str, Any]:
        """A draft as this form's first values; the three boxes of a date stay as they were typed."""
        first = {name: value for name, value in kept.items() if name.startswith("q-")}
        for name in [name for name in kept if name.endswith("_day")]:
            stem = name.removesuffix("_day")
            first[stem] = [kept.get(f"{stem}_{part}", "") for part in ("day", "month", "year")]
        return first


class AskForm(PortalForm):
    """Which of the people let in is asked to write in a section."""

    submit = _("Ask them")

    supporter = forms.ChoiceField(
        label=_("Who should write here?"), widget=Radios, error_messages={"required": _("Choose who should write")}
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supporter"].choices = people  # type: ignore[attr-defined]


class ContributionForm(PortalForm):
    """What somebody who was asked writes in a section, signed."""

    submit = _("Put it into the plan")

    as_whom = forms.CharField(
        label=_("As whom do you write?"),
        help_text=_("For example, speech and language therapist, or mother. It stands beside your name."),
        max_length=80,
        error_messages={"required": _("Say as whom you write")},
    )
    words = forms.CharField(
        label=_("Your words"),
        help_text=_("The young person reads them, and whoever reads this part. They stand apart from the learner’s."),
        max_length=4000,
        widget=LongText(attrs={"rows": 6}),
        error_messages={"required": _("Write something")},
    )
    once = forms.SlugField(max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = new_reference()

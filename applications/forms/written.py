"""Shapes of the sections of the form, and of answers to a provider's questions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import words_field
from applications.models import ProviderQuestion, QuestionKind
from core.forms import DATE_PARTS, Checkboxes, DateField, LongText, PortalForm, Radios
from core.layout import Question
from core.references import new_reference

LATER = "later"  # the button that keeps what is written without saving the section
KEPT_LENGTH = 5000


class SectionForm(PortalForm):
    """One section that is kept while it is written. ``typed_names``: the boxes of which a draft keeps the words."""

    submit = _("Save")
    typed_names: tuple[str, ...] = ()

    is_done = forms.BooleanField(required=False, label=_("I have finished this part"))
    draft = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["draft"].initial = new_reference()

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_id = "section-form"  # the button that keeps a draft stands outside the form
        return helper

    def typed(self, post: Mapping[str, str]) -> dict[str, str]:
        """What stands in the boxes, whatever it is."""
        return {name: post.get(name, "").replace("\0", "")[:KEPT_LENGTH] for name in self.typed_names}


class StatementForm(SectionForm):
    typed_names = ("statement",)
    layout = [Question("statement", label_size="m", max_characters=4000), "is_done"]

    statement = words_field(
        _("Your statement"),
        hint=_("Why do you want to do this? What have you done that shows it? You can save it half finished."),
        rows=10,
    )


class NeedsForm(SectionForm):
    typed_names = ("needs",)
    layout = [Question("needs", label_size="m"), "is_done"]

    needs = words_field(
        _("Help you would like"),
        hint=_("At an interview or on the course. For example: more time to read, a ramp, somebody to come with me."),
        rows=6,
    )


class ContactForm(SectionForm):
    typed_names = ("email", "phone", "address", "postcode")
    layout = ["email", "phone", "address", "postcode", "is_done"]

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=200,
        help_text=_("One that you read, also in the holidays. Not one of your school if you leave it in summer."),
        error_messages={"invalid": _("Enter an e-mail address like name@example.org")},
    )
    phone = forms.RegexField(
        r"^[0-9+() -]{7,30}$",
        label=_("Phone number"),
        required=False,
        help_text=_("Yours, or one of an adult at home"),
        error_messages={"invalid": _("Enter a phone number with digits, like 01632 960001")},
    )
    address = forms.CharField(label=_("Address"), required=False, max_length=400, widget=LongText({"rows": 3}))
    postcode = forms.CharField(
        label=_("Postcode"), required=False, max_length=8, widget=forms.TextInput({"class": "govuk-input--width-10"})
    )


class GradeForm(PortalForm):
    submit = _("Save this grade")
    layout = ["subject", "qualification", "grade_words", Question("is_expected", legend_size="s")]

    subject = forms.CharField(
        label=_("Subject"), max_length=80, error_messages={"required": _("Enter the subject, for example English")}
    )
    qualification = forms.CharField(
        label=_("Kind of qualification"),
        required=False,
        max_length=60,
        help_text=_("For example GCSE, BTEC or Functional Skills"),
        widget=forms.TextInput({"class": "govuk-input--width-20"}),
    )
    grade_words = forms.CharField(
        label=_("Grade"),
        required=False,
        max_length=20,
        help_text=_("Leave it empty if you do not know yet"),
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
    )
    is_expected = forms.TypedChoiceField(
        label=_("Is it a result?"),
        choices=[("no", _("Yes, I have it")), ("yes", _("No, I expect it"))],
        coerce=lambda value: value == "yes",
        widget=Radios,
        error_messages={"required": _("Choose whether you have this grade or expect it")},
    )


class PlanEntriesForm(PortalForm):
    submit = _("Save")
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, initial=0)
    # What the page showed: what is validated after that is not left out by a save that never showed it.
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    layout = [Question("entries", legend_size="m"), "is_done", "seen", "shown"]

    entries = forms.MultipleChoiceField(
        label=_("What goes with your application"), required=False, widget=Checkboxes, help_text=_("Untick what stays.")
    )
    is_done = forms.BooleanField(required=False, label=_("I have finished this part"))

    def __init__(self, *args: Any, entries: Sequence[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["entries"]
        field.choices = [(reference, name) for reference, name, _hint in entries]
        field.widget.hints = {reference: hint for reference, _name, hint in entries}


class AnswersForm(PortalForm):
    """A provider's own questions, each with the field of its kind, named by the question's reference."""

    submit = _("Save my answers")

    draft = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, questions: Sequence[ProviderQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.fields["draft"].initial = new_reference()
        for question in questions:
            self.fields[question.reference] = _field_of(question)
        self.layout = [Question(question.reference, label_size="s", legend_size="s") for question in questions]

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_id = "section-form"
        return helper

    def given(self) -> dict[str, str]:
        """The answers as they are kept, by the reference of the question."""
        answers = {question.reference: self.cleaned_data.get(question.reference) for question in self.questions}
        return {
            reference: answer.isoformat() if isinstance(answer, dt.date) else str(answer or "")
            for reference, answer in answers.items()
        }

    def typed(self, post: Mapping[str, str]) -> dict[str, str]:
        names = [question.reference for question in self.questions if question.kind != QuestionKind.DATE]
        dates = [question.reference for question in self.questions if question.kind == QuestionKind.DATE]
        names += [f"{name}_{part}" for name in dates for part in DATE_PARTS]
        return {name: post.get(name, "").replace("\0", "")[:KEPT_LENGTH] for name in names}

    def untyped(self, answers: Mapping[str, str]) -> dict[str, Any]:
        """What a draft kept, as first values; the three boxes of a date stay as they were typed."""
        first: dict[str, Any] = dict(answers)
        for question in self.questions:
            boxes = [answers.get(f"{question.reference}_{part}", "") for part in DATE_PARTS]
            if any(boxes):
                first[question.reference] = boxes
        return first


def _field_of(question: ProviderQuestion) -> forms.Field:
    """Nothing has to be answered to be kept; the check before sending says what is missing."""
    label = question.words
    hint = question.help_text
    if not question.is_required:
        hint = f"{hint} {_('You do not have to answer this.')}".strip()
    shared: dict[str, Any] = {"label": label, "help_text": hint, "required": False}
    match question.kind:
        case QuestionKind.LONG:
            return forms.CharField(max_length=2000, widget=LongText({"rows": 6}), **shared)
        case QuestionKind.YES_NO:
            return forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=Radios(inline=True), **shared)
        case QuestionKind.ONE_OF:
            return forms.ChoiceField(choices=[(one, one) for one in question.options], widget=Radios, **shared)
        case QuestionKind.DATE:
            return DateField(what=label, **shared)
        case _:
            return forms.CharField(max_length=200, **shared)


class SendSeveralForm(PortalForm):
    submit = _("Send these choices")

    choices = forms.MultipleChoiceField(
        label=_("Which do you want to send?"),
        widget=Checkboxes,
        error_messages={"required": _("Choose at least one to send")},
    )

    def __init__(self, *args: Any, ready: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choices"].choices = ready  # type: ignore[attr-defined]
        self.fields["choices"].initial = [reference for reference, _name in ready]

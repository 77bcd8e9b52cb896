"""The shape of a provider's question. Rules are the actions' business."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import QuestionKind
from core.forms import Checkboxes, PortalForm, Radios
from core.layout import Question


class QuestionForm(PortalForm):
    submit = _("Ask this")
    layout = [
        "words",
        "help_text",
        Question("kind", legend_size="s"),
        "options",
        "is_required",
        Question("courses", legend_size="s"),
    ]

    words = forms.CharField(
        label=_("Your question"),
        max_length=200,
        help_text=_(
            "Ask only what you need to answer the application. Do not ask about health, special needs, religion, "
            "ethnic group, money at home or the police: the law protects these, and help is asked for elsewhere."
        ),
        error_messages={"required": _("Enter your question")},
    )
    help_text = forms.CharField(
        label=_("Help for whoever answers"), required=False, max_length=300, help_text=_("One plain sentence.")
    )
    kind = forms.ChoiceField(
        label=_("How is it answered?"),
        choices=QuestionKind.choices,
        widget=Radios,
        error_messages={"required": _("Choose how it is answered")},
    )
    options = forms.CharField(
        label=_("Answers to choose from"),
        required=False,
        max_length=800,
        help_text=_("Only for one of a list: one answer on each line."),
        widget=forms.Textarea({"rows": 4}),
    )
    is_required = forms.BooleanField(required=False, label=_("It has to be answered before sending"))
    courses = forms.MultipleChoiceField(
        label=_("For which courses?"),
        required=False,
        widget=Checkboxes,
        help_text=_("Tick none to ask everybody who applies to you."),
    )

    def __init__(self, *args: Any, courses: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["courses"].choices = courses  # type: ignore[attr-defined]

    def clean_options(self) -> list[str]:
        options = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if len(options) > 12 or any(len(option) > 80 for option in options):
            raise forms.ValidationError(_("Give at most 12 answers of at most 80 characters each."), code="options")
        return options

"""Shapes of what is typed for a statement or CV."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Checkboxes, ConfirmForm, LongText, PortalForm, Radios
from ilp.models import LONGEST_STATEMENT, ContactFact, DocumentKind, Entry


class StartDocumentForm(PortalForm):
    submit = _("Start")

    kind = forms.ChoiceField(
        label=_("What do you want to make?"),
        choices=DocumentKind.choices,
        widget=Radios(
            hints={
                "statement": _("Some paragraphs about you and why you want a course."),
                "cv": _("One or two pages for an employer."),
            }
        ),
        error_messages={"required": _("Choose one of the two")},
    )
    name = forms.CharField(
        label=_("What do you call it?"),
        help_text=_("Only you see this. For example, For the college"),
        max_length=60,
        error_messages={"required": _("Give it a name")},
    )


class DocumentForm(forms.Form):
    """The words, the facts and the order: a number beside each thing of the plan, none where it is left out."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("What do you call it?"), max_length=60, error_messages={"required": _("Give it a name")}
    )
    opening = forms.CharField(
        label=_("Your own words to begin with"),
        required=False,
        max_length=LONGEST_STATEMENT,
        widget=LongText(attrs={"rows": 6}),
    )
    facts = forms.MultipleChoiceField(
        label=_("How can somebody reach you?"),
        required=False,
        choices=ContactFact.choices,
        widget=Checkboxes(small=True),
    )
    marks_validated = forms.BooleanField(label=_("Say what an adult has validated"), required=False)

    def __init__(self, *args: Any, entries: Iterable[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = list(entries)
        for entry in self.entries:
            self.fields[f"place-{entry.reference}"] = forms.IntegerField(
                label=entry.name,
                required=False,
                min_value=1,
                max_value=99,
                widget=forms.NumberInput(attrs={"class": "govuk-input govuk-input--width-2"}),
            )
            self.fields[f"renew-{entry.reference}"] = forms.BooleanField(required=False)

    def rows(self) -> list[tuple[Entry, Any]]:
        return [(entry, self[f"place-{entry.reference}"]) for entry in self.entries]

    def answers(self) -> dict[str, Any]:
        said = self.cleaned_data
        numbered = [
            (said[f"place-{entry.reference}"], at, entry.reference)
            for at, entry in enumerate(self.entries)
            if said[f"place-{entry.reference}"]
        ]
        return {name: said[name] for name in ("seen", "name", "opening", "facts", "marks_validated")} | {
            "entries": [reference for _place, _at, reference in sorted(numbered)],
            "renewed": {entry.reference for entry in self.entries if said[f"renew-{entry.reference}"]},
        }


class AskDocumentForm(ConfirmForm):
    """A button that says which of the two it does: sent twice, it does the same again and not the opposite."""

    is_asked = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], required=False, widget=forms.HiddenInput)


class SayForm(PortalForm):
    submit = _("Send it to the learner")

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What do you think of it?"),
        max_length=2000,
        widget=LongText(attrs={"rows": 5}),
        error_messages={"required": _("Write what you think of it")},
    )

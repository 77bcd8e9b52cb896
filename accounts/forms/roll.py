"""Saying which column of a school's file holds what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm
from core.references import new_reference

LABELS = {
    "family_name": _("Which column holds the family name?"),
    "given_name": _("Which column holds the first name?"),
    "birth_on": _("Which column holds the date of birth?"),
    "year_group": _("Which column holds the year group?"),
}


class RollHeadingsForm(PortalForm):
    """One question for each thing the file seems not to have. The answers are headings, as written."""

    submit = _("Save and check the file again")

    def __init__(self, *args: Any, missing: Sequence[str], columns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12, initial=new_reference)
        for thing in missing:
            self.fields[thing] = forms.ChoiceField(
                label=LABELS[thing],
                choices=[("", _("Choose a column")), *((name, name) for name in columns)],
                widget=forms.Select(attrs={"class": "govuk-select"}),
                error_messages={
                    "required": _("Choose the column"),
                    "invalid_choice": _("Choose one of the columns of this file"),
                },
            )
        self.fields["once"] = once
        self.things = list(missing)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        chosen: dict[str, str] = {}
        for thing in self.things:
            if (name := answers.get(thing)) and name in chosen.values():
                self.add_error(thing, _("Another question has this column already. Choose a different one"))
            elif name:
                chosen[thing] = name
        return answers

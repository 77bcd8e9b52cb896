"""Saying which column of a spreadsheet holds what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm, Radios
from core.references import new_reference


class ColumnsForm(PortalForm):
    """Which column holds the title of each course. The answer is the heading, as written."""

    submit = _("Save and check the file again")

    title = forms.ChoiceField(
        label=_("Which column holds the title of each course?"),
        error_messages={
            "required": _("Choose the column that holds the title"),
            "invalid_choice": _("Choose one of the columns of this file"),
        },
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12, initial=new_reference)

    def __init__(self, *args: Any, columns: Sequence[Sequence[str]], **kwargs: Any) -> None:
        """``columns`` are [heading, example, …]."""
        super().__init__(*args, **kwargs)
        hints = {
            heading: gettext("For example: %(examples)s") % {"examples": "; ".join(examples)}
            for heading, *examples in columns
            if examples
        }
        title = self.fields["title"]
        title.widget = Radios(hints=hints)
        title.choices = [(heading, heading) for heading, *_examples in columns]

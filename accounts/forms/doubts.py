"""Answering whether two records are one learner's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm, Radios


class DoubtForm(PortalForm):
    """Same, different, or for a school: let the area say."""

    submit = _("Save my answer")

    answer = forms.ChoiceField(
        label=_("Is this the same learner?"),
        choices=[
            ("same", _("Yes, the same learner")),
            ("different", _("No, two learners")),
            ("ask_same", _("Ask the area: I think it is the same learner")),
            ("ask_unknown", _("Ask the area: I do not know")),
        ],
        widget=Radios(
            hints={
                "same": _("The two records become one. This cannot be undone."),
                "different": _("Both stay, and nobody is asked about these two again."),
            }
        ),
        error_messages={"required": _("Choose an answer")},
    )

    def __init__(self, *args: Any, is_of_area: bool, must_ask: bool, **kwargs: Any) -> None:
        """``is_of_area``: the area answers, and asks nobody. ``must_ask``: only the area may say "the same"."""
        super().__init__(*args, **kwargs)
        left_out = {"ask_same", "ask_unknown"} if is_of_area else {"same"} if must_ask else set()
        field = self.fields["answer"]
        field.choices = [(value, words) for value, words in field.choices if value not in left_out]

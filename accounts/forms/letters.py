from typing import Any

from django import forms

from accounts.queries import Group
from core.forms import PortalForm, Radios
from core.layout import Question


class LetterGroupForm(PortalForm):
    """For whom letters are printed. Asked by GET, so that the page to confirm has an address."""

    method = "get"
    submit = "Continue"
    layout = (Question("group", legend_size="m"),)

    group = forms.ChoiceField(
        label="Who are the letters for?",
        widget=Radios,
        error_messages={"required": "Choose a group", "invalid_choice": "Choose one of these groups"},
    )

    def __init__(self, *args: Any, groups: list[Group], school: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = sum(group.not_unlocked for group in groups if group.tutor_group is None)
        choices = [("all", "Everyone who has not unlocked yet")]
        hints = {"all": _letters(everyone)}
        for group in groups:
            if group.not_unlocked and group.tutor_group != "":
                choices.append((group.key, group.words))
                hints[group.key] = _letters(group.not_unlocked)
        self.fields["group"].choices = choices
        self.fields["group"].widget = Radios(hints=hints, choices=choices)
        self.fields["school"] = forms.CharField(initial=school, required=False, widget=forms.HiddenInput)


class PrintForm(PortalForm):
    """Nothing to fill in: a button that says yes."""

    submit = "Print these letters"


def _letters(number: int) -> str:
    return "1 letter" if number == 1 else f"{number} letters"

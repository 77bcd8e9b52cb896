from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Learner, LetterForm, ParentsLanguage
from accounts.queries import Group
from core.forms import Checkboxes, PortalForm, Radios
from core.layout import Question

FORM_HINTS = {
    LetterForm.HAND_OUT: gettext_lazy("A page each, by tutor group"),
    LetterForm.HOME: gettext_lazy("The address shows in the window of a DL or C5 envelope, sorted by postcode"),
    LetterForm.CARD: gettext_lazy("Ten to a page with marks to cut along, by tutor group"),
}


class LetterGroupForm(PortalForm):
    """For whom letters are printed, and how. Asked by GET, so that the page to confirm has an address."""

    method = "get"
    submit = gettext_lazy("Continue")
    layout = tuple(Question(name, legend_size="m") for name in ("group", "who", "form", "extras"))

    group = forms.ChoiceField(
        label=gettext_lazy("Who are the letters for?"),
        widget=Radios,
        error_messages={
            "required": gettext_lazy("Choose a group"),
            "invalid_choice": gettext_lazy("Choose one of these groups"),
        },
    )
    who = forms.ChoiceField(
        label=gettext_lazy("Does everyone in it get one?"),
        required=False,
        choices=[
            ("all", gettext_lazy("Everyone who has not unlocked yet")),
            ("missing", gettext_lazy("Only those without a letter that works")),
        ],
        initial="all",
        widget=Radios(hints={"missing": gettext_lazy("Letters that were downloaded keep working")}),
    )
    form = forms.ChoiceField(
        label=gettext_lazy("What shall we print?"),
        required=False,
        choices=LetterForm.choices,
        initial=LetterForm.HAND_OUT,
        widget=Radios(hints=FORM_HINTS),
    )
    extras = forms.MultipleChoiceField(
        label=gettext_lazy("What else?"),
        required=False,
        choices=[
            ("covers", gettext_lazy("A page of names to tick for each tutor group")),
            *(
                (code, format_lazy(gettext_lazy("A sheet for parents and carers: {language}"), language=name))
                for code, name in ParentsLanguage.choices
            ),
        ],
        widget=Checkboxes(hints={"covers": gettext_lazy("Not for letters to homes. No code is on it")}),
    )

    def __init__(
        self, *args: Any, groups: list[Group], school: str, learner: Learner | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everyone = sum(group.not_unlocked for group in groups if group.tutor_group is None)
        choices = [("all", _("Everyone who has not unlocked yet"))]
        hints = {"all": _letters(everyone)}
        for group in groups:
            if group.not_unlocked and group.tutor_group != "":
                choices.append((group.key, group.words))
                hints[group.key] = _letters(group.not_unlocked)
        if learner is not None:
            choices, hints = [("one", str(learner))], {}
            self.fields["learner"] = forms.CharField(
                initial=learner.reference, required=False, widget=forms.HiddenInput
            )
            self.fields["group"].initial = "one"
        self.fields["group"].choices = choices
        self.fields["group"].widget = Radios(hints=hints, choices=choices)
        self.fields["school"] = forms.CharField(initial=school, required=False, widget=forms.HiddenInput)

    def answers(self) -> dict[str, Any]:
        """What was chosen, as the action takes it."""
        said = self.cleaned_data
        year, _colon, tutor_group = said["group"].partition(":")
        return {
            "year_group": int(year) if year.isdecimal() else None,
            "tutor_group": tutor_group,
            "form": said["form"] or LetterForm.HAND_OUT,
            "only_missing": said["who"] == "missing",
            "has_covers": "covers" in said["extras"],
            "parents_languages": [code for code in ParentsLanguage.values if code in said["extras"]],
        }


class PrintForm(PortalForm):
    """Nothing to fill in: a button that says yes."""

    submit = gettext_lazy("Print these letters")


def _letters(number: int) -> str:
    return ngettext("%(number)s letter", "%(number)s letters", number) % {"number": number}

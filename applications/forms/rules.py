"""What an area coordinator sends about dates and rules. Rules about rules are the actions' business."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, PortalForm, Radios
from core.layout import Fieldset, Question
from providers.models import Phase

NARROW = {"class": "govuk-input--width-3", "inputmode": "numeric"}


class DayField(DateField):
    def __init__(self, *, label: Any, help_text: Any) -> None:
        super().__init__(label=label, what=label, help_text=help_text, error_messages={"required": _("Enter a date")})


class CountField(forms.IntegerField):
    def __init__(self, *, label: Any, help_text: Any = "", required: bool = True) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            min_value=0,
            max_value=99,
            widget=forms.TextInput(attrs=NARROW),
            error_messages={"required": _("Write a number"), "invalid": _("Write a whole number")},
        )


class HourField(forms.TimeField):
    def __init__(self, *, label: Any, help_text: Any) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
            widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5"}),
            error_messages={"invalid": _("Write an hour like 08:00")},
        )


class YesNoField(forms.TypedChoiceField):
    def __init__(self, *, label: Any, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            choices=[("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda value: value == "yes",
            widget=Radios(inline=True),
            error_messages={"required": _("Choose yes or no")},
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


TERM_LAYOUT = [
    Fieldset(_("Dates"), "opens_on", "closes_on", "ends_on"),
    Fieldset(_("Choices"), "choice_limit", "can_hold"),
    Fieldset(_("The home school"), "has_endorsement", "endorsement_days"),
    Fieldset(_("Working days to answer"), "answer_days", "reply_days"),
    Fieldset(_("Reminders of an offer"), "first_reminder_days", "second_reminder_days", "last_chance_days"),
    Fieldset(_("School years that may apply"), "first_year_group", "last_year_group"),
    Fieldset(_("Results day"), "results_on", "results_from", "answers_from"),
]


class CycleForm(PortalForm):
    submit = _("Show me what this means")
    layout = TERM_LAYOUT

    opens_on = DayField(label=_("First day to send"), help_text=_("Until then learners get ready. Like 15 9 2026."))
    closes_on = DayField(
        label=_("Day to apply by"), help_text=_("To the end of this day. Later, only where there are places.")
    )
    ends_on = DayField(label=_("Last day of all"), help_text=_("What is still open is closed the night after."))
    choice_limit = CountField(label=_("Choices under way at once"), help_text=_("From 1 to 20."))
    can_hold = YesNoField(label=_("May a learner keep one offer as a back-up?"))
    has_endorsement = YesNoField(
        label=_("Does the home school read a choice first?"),
        help_text=_("It is never a veto: when the school’s time is up, the choice is sent without it."),
    )
    endorsement_days = CountField(label=_("Working days the school has"))
    answer_days = CountField(label=_("Working days a provider has to answer"))
    reply_days = CountField(label=_("Working days a learner has to reply"))
    first_reminder_days = CountField(label=_("First reminder, working days before the offer runs out"))
    second_reminder_days = CountField(label=_("Second reminder, working days before"))
    last_chance_days = CountField(label=_("Working days left at least after the second reminder"))
    first_year_group = CountField(label=_("Youngest school year"), help_text=_("Leave empty for any."), required=False)
    last_year_group = CountField(label=_("Oldest school year"), help_text=_("Leave empty for any."), required=False)

    results_on = DateField(
        label=_("Day results come out"), what=_("day"), required=False, help_text=_("Leave all three empty for none.")
    )
    results_from = HourField(label=_("Results can be read from"), help_text=_("Like 08:00."))
    answers_from = HourField(
        label=_("Learners can answer from"), help_text=_("Until then they read and cannot answer, like 09:30.")
    )

    # What the person has been shown; with other terms it is shown again before anything is saved.
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def again(self, shown: str) -> "CycleForm":
        """The same answers, with what they mean shown above them and a button that saves."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["shown"] = shown
        form = CycleForm(data)
        form.submit = _("Save these dates and rules")
        return form

    def terms(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "shown"}


class NewCycleForm(CycleForm):
    submit = _("Add this year")
    layout = [Fieldset(_("Which year"), "entry_year", "phase"), *TERM_LAYOUT]

    entry_year = forms.IntegerField(
        label=_("Entry in September"),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the year"), "invalid": _("Enter a year like 2027")},
    )
    phase = forms.ChoiceField(
        label=_("Who is it for?"),
        choices=Phase.choices,
        widget=Radios(),
        error_messages={"required": _("Choose who it is for")},
    )


class AreaOpeningForm(PortalForm):
    submit = _("Save")

    from_on = DateField(
        label=_("Applications open here from"),
        what=_("day"),
        required=False,
        help_text=_("Leave empty to open now. Each provider still opens its own courses."),
    )


class ProviderOpeningForm(PortalForm):
    submit = _("Save")

    from_on = DateField(
        label=_("Learners apply to it here from"),
        what=_("day"),
        required=False,
        help_text=_("Leave empty for as soon as the area is open. Its own dates for each course still hold."),
    )


class WhatIfForm(PortalForm):
    submit = _("Show that day")
    method = "get"
    layout = [Question("on", legend_size="m")]

    on = DateField(
        label=_("Which day?"),
        what=_("day"),
        help_text=_("Today or later, for example 31 1 2027."),
        error_messages={"required": _("Enter a day")},
    )

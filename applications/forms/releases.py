"""What is typed about answers that are released together. Rules are the actions' business."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, PortalForm, Radios
from core.layout import Question
from providers.models import Organisation


class OpenReleaseForm(PortalForm):
    submit = _("Open it")

    provider = forms.ChoiceField(label=_("Provider"))
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("For your desk only, like “First offers”"),
        error_messages={"required": _("Give it a name")},
    )

    def __init__(self, *args: Any, providers: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {one.reference: one for one in providers}
        self.fields["provider"].choices = [  # type: ignore[attr-defined]
            (reference, one.name) for reference, one in self.providers.items()
        ]
        if len(providers) == 1:
            self.fields["provider"].widget = forms.HiddenInput()
            self.fields["provider"].initial = providers[0].reference


class SetReleaseForm(PortalForm):
    """When, and what the person has read that it is: how many, and which."""

    submit_colour = "warning"
    layout = [Question("on", legend_size="m"), "at", "number", "seen"]

    on = DateField(
        label=_("On which day?"),
        what=_("day"),
        help_text=_("A working day. For example, 4 12 2026"),
        error_messages={"required": _("Enter the day")},
    )
    at = forms.TimeField(
        label=_("At what time?"),
        help_text=_("For example, 12:00"),
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the time"), "invalid": _("Enter a time like 14:30")},
    )
    number = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, submit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = submit

    @property
    def release_at(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"]))


def ask_when(form: PortalForm, releases: list[Any]) -> None:
    """Asks in a form of an answer whether the learner hears at once, or with one of these releases."""
    together = [(one.reference, _("Together: %(name)s") % {"name": one.name}) for one in releases]
    form.fields["release"] = forms.ChoiceField(
        label=_("When does the learner hear?"),
        choices=[("", _("At once")), *together],
        widget=Radios,
        required=False,
        error_messages={
            "invalid_choice": _("That release is set or over by now. Nothing was done: choose again when they hear.")
        },
    )
    if form.layout is not None:
        form.layout = [*form.layout, Question("release", legend_size="m")]

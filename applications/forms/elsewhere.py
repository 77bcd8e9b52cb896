"""What learners say of applying elsewhere, and of choices that belong together. Rules are the actions'."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.actions.own_routes import SAYABLE
from applications.models import Choice
from core import clock
from core.forms import DateField, PortalForm, Radios
from core.layout import Question

SAYABLE_WORDS = {
    "means_to": _("I want to apply there"),
    "applied": _("I have applied"),
    "offered": _("I have an offer"),
    "no_offer": _("They said no"),
    "dropped": _("I do not want it any more"),
}


class OwnRouteForm(PortalForm):
    submit = _("Save")
    layout = [Question("state", legend_size="m")]

    state = forms.ChoiceField(
        label=_("How does it stand?"),
        choices=[(state.value, SAYABLE_WORDS[state]) for state in SAYABLE],
        widget=Radios(),
        error_messages={"required": _("Choose how it stands")},
    )


class SayOfferForm(PortalForm):
    submit = _("Tell us of this offer")

    provider_name = forms.CharField(
        label=_("Who made you the offer?"),
        help_text=_("The college, training provider or employer"),
        max_length=160,
        error_messages={"required": _("Enter who made the offer")},
    )
    course_name = forms.CharField(label=_("What is it an offer of?"), required=False, max_length=160)
    offered_on = DateField(
        label=_("When was it made?"),
        what=_("date of the offer"),
        initial=clock.today,
        error_messages={"required": _("Enter the date of the offer")},
    )


class CompanionForm(PortalForm):
    """Which other choice belongs with this one."""

    submit = _("They belong together")
    layout = [Question("other", legend_size="m")]

    other = forms.ChoiceField(
        label=_("Which choice belongs with it?"), widget=Radios(), error_messages={"required": _("Choose one")}
    )

    def __init__(self, *args: Any, others: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = [  # type: ignore[attr-defined]
            (each.reference, f"{each.programme}, {each.provider.name}") for each in others
        ]

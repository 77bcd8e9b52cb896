import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import SharedSection, SupporterKind
from core import clock, slots
from core.forms import Checkboxes, DateField, PortalForm, Radios
from core.layout import Question


def sections_to_offer() -> list[tuple[str, Any]]:
    """The sections that some floor shows today (slot ``supported-<section>``)."""
    return [(value, label) for value, label in SharedSection.choices if slots.fills(f"supported-{value}")]


def in_a_year() -> dt.date:
    return clock.today() + dt.timedelta(days=365)


class SharingForm(PortalForm):
    """What somebody may see, and until when."""

    submit = _("Save")
    layout: tuple[Any, ...] = (Question("sections", legend_size="m"), "until_on")

    sections = forms.MultipleChoiceField(
        label=_("What may they see?"),
        help_text=_(
            "They can look at it. They cannot change what you wrote. You can ask them to write in a part of your plan: "
            "it stands beside your words, with their name."
        ),
        widget=Checkboxes,
        error_messages={"required": _("Choose at least one thing they may see")},
    )
    until_on = DateField(
        label=_("Until when?"),
        what=_("last day"),
        initial=in_a_year,
        help_text=_("The last day. You can end it sooner at any time."),
        error_messages={"required": _("Enter the last day on which they may look")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = sections_to_offer()  # type: ignore[attr-defined]


class InviteSupporterForm(SharingForm):
    """Whom the learner lets in, and how they are asked."""

    submit = _("Ask them")
    field_order = ("kind", "known_as", "sections", "until_on", "way", "email")  # errors are listed as one meets them
    layout = (
        Question("kind", legend_size="m"),
        "known_as",
        Question("sections", legend_size="m"),
        "until_on",
        Question("way", legend_size="m"),
        "email",
    )

    kind = forms.ChoiceField(
        label=_("Who is it?"),
        choices=SupporterKind.choices,
        widget=Radios,
        error_messages={"required": _("Choose who it is")},
    )
    known_as = forms.CharField(
        label=_("What do you call them?"),
        help_text=_("For example, Mum, or Mr Reed. Only you see this."),
        max_length=60,
        error_messages={"required": _("Enter what you call them")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )
    way = forms.ChoiceField(
        label=_("How do we ask them?"),
        choices=[("email", _("By e-mail")), ("code", _("With a code that I give them myself"))],
        widget=Radios(hints={"code": _("For somebody without e-mail. You see the code on the next page, once.")}),
        error_messages={"required": _("Choose how we ask them")},
    )
    email = forms.EmailField(
        label=_("Their e-mail address, if we ask by e-mail"),
        help_text=_("The e-mail does not say your name. Tell them that it will come."),
        required=False,
        error_messages={"invalid": _("Enter an e-mail address in the right form, like name@example.org")},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        if (
            self.cleaned_data.get("way") == "email"
            and not self.cleaned_data.get("email")
            and "email" not in self.errors
        ):
            self.add_error("email", _("Enter their e-mail address, or choose a code"))
        return answers

    def answers(self) -> dict[str, Any]:
        """What the action needs; an address somebody typed and then chose a code for is not used."""
        names = ("kind", "known_as", "sections", "until_on")
        email = self.cleaned_data["email"] if self.cleaned_data["way"] == "email" else ""
        return {name: self.cleaned_data[name] for name in names} | {"email": email}


class SupporterCodeForm(PortalForm):
    """The code a young person has handed over."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("12 letters and numbers. Capitals, spaces and dashes do not matter."),
        max_length=40,
        error_messages={"required": _("Enter the code")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
    )

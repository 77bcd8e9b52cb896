"""How an organisation signs its people on itself."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LongText, PortalForm


class FindSignOnForm(PortalForm):
    """The address says which organisation it is; it is kept nowhere."""

    submit = _("Go on")

    email = forms.EmailField(
        label=_("Your e-mail address at work"),
        error_messages={
            "required": _("Enter your e-mail address at work"),
            "invalid": _("Enter a whole address, like name@example.org"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class SignOnForm(PortalForm):
    """What the organisation's own sign-in system needs to know of us, and we of it."""

    submit = _("Save")

    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=255,
        help_text=_("Its web address, exactly as the system writes it, such as https://login.college.ac.uk"),
        error_messages={"required": _("Enter the issuer’s address")},
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
    )
    client_id = forms.CharField(
        label=_("Client ID"),
        max_length=255,
        error_messages={"required": _("Enter the client ID the system gave you")},
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=1000,
        required=False,
        help_text=_("It is kept sealed and never shown again. Leave it empty to keep the one that is there."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    domains = forms.CharField(
        label=_("What your people’s addresses end in"),
        max_length=2000,
        help_text=_("One in each line, such as college.ac.uk"),
        error_messages={"required": _("Enter at least one ending, such as college.ac.uk")},
        widget=LongText(attrs={"rows": 3, "spellcheck": "false"}),
    )
    trusts_factor = forms.BooleanField(
        label=_("Its second factor counts here"),
        required=False,
        help_text=_(
            "For people who act for nobody else. Only where the system says of a sign-in that it had two factors; "
            "otherwise we ask for our own second step."
        ),
    )
    strong_level = forms.CharField(
        label=_("Its word for a sign-in with two factors, if it is not “mfa” (optional)"),
        max_length=255,
        required=False,
        help_text=_("The value of “acr” in its answers."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_domains(self) -> list[str]:
        return [part for part in re.split(r"[\s,;]+", self.cleaned_data["domains"]) if part]

"""What a provider's manager says of an address that is told of changes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm


class WebhookForm(PortalForm):
    submit = _("Add this address")

    address = forms.CharField(
        label=_("Web address"),
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Of your system, on the public internet. It starts with https://"),
        error_messages={"required": _("Enter the web address that is to be told")},
    )

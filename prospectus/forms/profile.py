"""What a provider's editors type about the provider itself."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import LongText, PortalForm
from core.layout import Fieldset, Question
from prospectus import checks
from prospectus.actions.profile import PROFILE_FIELDS
from prospectus.forms.desk import CheckedField
from prospectus.forms.runs import SHORT
from providers.models import Organisation


class ProfileForm(PortalForm):
    """Nothing has to be there."""

    submit = _("Save and show it to everybody")
    layout = [
        Question("about", max_characters=3000),
        Question("open_days", max_characters=1000),
        Fieldset(_("Questions about applying"), "admissions_email", "admissions_phone"),
        "website",
        "as_of",
    ]

    about = forms.CharField(
        label=_("About you"), required=False, max_length=3000,
        help_text=_("Plain words, for somebody of 15. An empty line begins a new paragraph."),
        widget=LongText(attrs={"rows": 8}),
    )  # fmt: skip
    open_days = forms.CharField(
        label=_("Open days"), required=False, max_length=1000, help_text=_("When one can look round, and how to book."),
        widget=LongText(attrs={"rows": 4}),
    )  # fmt: skip
    admissions_email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("An office, not a person. Everybody can read it."),
        error_messages={"invalid": _("Enter a whole address, like admissions@example.org")},
    )  # fmt: skip
    admissions_phone = forms.CharField(
        label=_("Phone"), required=False, max_length=30, widget=forms.TextInput(attrs=SHORT),
    )  # fmt: skip
    website = CheckedField(checks.check_web_address, label=_("Your own site"), max_length=255)
    as_of = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, provider: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        changed_at = provider.profile_changed_at
        self.initial = {name: getattr(provider, name) for name in PROFILE_FIELDS}
        self.initial["as_of"] = changed_at.isoformat() if changed_at else ""

    def clean_about(self) -> str:
        return self.cleaned_data["about"].replace("\r\n", "\n")

    def clean_open_days(self) -> str:
        return self.cleaned_data["open_days"].replace("\r\n", "\n")

    def clean_as_of(self) -> dt.datetime | None:
        said = self.cleaned_data["as_of"]
        try:
            return dt.datetime.fromisoformat(said) if said else None
        except ValueError:
            raise forms.ValidationError(gettext("Open this page again.")) from None

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in PROFILE_FIELDS}

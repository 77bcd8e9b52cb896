from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.account import PASSWORD_WORDS
from core.forms import PortalForm


class PasswordForm(PortalForm):
    """A new password, twice. That it is the person themselves was asked just before."""

    submit = _("Change my password")

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("8 or more letters, numbers or signs. Three words that do not belong together work well."),
        error_messages={"required": _("Enter a password")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "govuk-input--width-20"}),
    )
    password_again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        error_messages={"required": _("Enter the password a second time")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "govuk-input--width-20"}),
    )

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        first = self.cleaned_data.get("password")
        if first != self.cleaned_data.get("password_again", first):
            self.add_error("password_again", gettext("The two passwords are not the same. Type them again."))
        return answers

    def refuse(self, error: ValidationError) -> None:
        """Shows what the password rules said, in plainer words."""
        self.add_error("password", [PASSWORD_WORDS.get(one.code or "", one.messages[0]) for one in error.error_list])

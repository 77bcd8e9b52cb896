from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import RuleBroken
from core.forms import PortalForm

PASSWORD_WORDS = {
    "password_too_short": _("Your password is too short. Use 8 letters, numbers or signs or more."),
    "password_too_common": _("Many people use this password, so it is too easy to guess. Choose another one."),
    "password_entirely_numeric": _("Your password has only numbers in it. Add some letters."),
    "password_too_similar": _("Your password is too much like your name or sign-in name. Choose another one."),
}


class AccountForm(PortalForm):
    """How the learner signs in from now on."""

    submit = _("Save and continue")

    username = forms.CharField(
        label=_("Sign-in name"),
        min_length=4,
        max_length=40,
        help_text=_("4 or more letters, numbers, dots or dashes. You can keep the one we suggest."),
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9._-]+\s*$", _("A sign-in name can only have letters from a to z, numbers, dots and dashes")
            )
        ],
        error_messages={
            "required": _("Enter a sign-in name"),
            "min_length": _("Your sign-in name must have 4 letters or more"),
            "max_length": _("Your sign-in name must have 40 letters or fewer"),
        },
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
    )
    password = forms.CharField(
        label=_("Password"),
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

    def refuse(self, error: ValidationError) -> None:
        """Shows what the action found wrong at the question it is about, password rules in plainer words."""
        if isinstance(error, RuleBroken):
            self.add_error("username", error)
        else:
            self.add_error(
                "password", [PASSWORD_WORDS.get(one.code or "", one.messages[0]) for one in error.error_list]
            )

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        if self.cleaned_data.get("password") != self.cleaned_data.get(
            "password_again", self.cleaned_data.get("password")
        ):
            self.add_error("password_again", gettext("The two passwords are not the same. Type them again."))
        return answers


class JoinForm(AccountForm):
    """Who somebody is who was invited, and how they sign in from now on."""

    submit = _("Make my account and join")
    layout = ("name", "username", "password", "password_again")

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("Colleagues see it beside what you do."),
        max_length=120,
        error_messages={"required": _("Enter your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "govuk-input--width-20"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = gettext("4 or more letters, numbers, dots or dashes.")

"""What is asked about second factors: codes, keys, their names."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import use_code
from accounts.models import User
from core.forms import PortalForm, Radios

CHECKS = {
    "in_person": _("I know them and they stood in front of me"),
    "called_back": _("I called them back on a number that was on record before they asked"),
    "video": _("I saw them by video with a staff card or another identity card"),
}


def code_input() -> forms.TextInput:
    return forms.TextInput(
        attrs={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autocapitalize": "none",
            "spellcheck": "false",
            "class": "govuk-input--width-10",
        }
    )


def name_field(example: str) -> forms.CharField:
    return forms.CharField(
        label=_("A name for it"),
        help_text=example,
        max_length=40,
        error_messages={
            "required": _("Enter a name, so that you know it again"),
            "max_length": _("Use 40 letters or fewer"),
        },
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )


class LimitedForm(PortalForm):
    """Counts wrong codes for each account, never for an address: an IT room is one address."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def limited(self) -> Any:
        """To be called when the code was right. Raises: ValidationError after too many wrong ones."""
        try:
            return check_rate_limit(self.user)
        except ValidationError:
            raise ValidationError(
                gettext("There have been too many wrong codes. Wait five minutes and try again."), code="too_many"
            ) from None


class CodeForm(LimitedForm):
    """The app's code, or one that was written down."""

    submit = _("Continue")

    code = forms.CharField(
        label=_("Code"),
        help_text=_("6 numbers from your app, or one of the 8-number codes you wrote down."),
        max_length=20,
        error_messages={"required": _("Enter the code")},
        widget=code_input(),
    )

    def clean_code(self) -> str:
        was_right = self.limited()
        self.factor = use_code(user=self.user, code=self.cleaned_data["code"])
        was_right()
        return self.cleaned_data["code"]


class AppForm(PortalForm):
    """The first code of a new app proves that it has the key."""

    submit = _("Turn on")
    layout = ("name", "code")

    name = name_field(_("For example: my work phone"))
    code = forms.CharField(
        label=_("The code the app shows now"),
        help_text=_("6 numbers. They change every half minute."),
        max_length=20,
        error_messages={"required": _("Enter the 6 numbers your app shows")},
        widget=code_input(),
    )


class KeyInput(forms.HiddenInput):
    """Filled in by ``passkeys.js`` with what the browser answers."""


class PasskeyForm(PortalForm):
    """A new key of this person's. What the browser gave is checked against what it was asked."""

    submit = _("Add this passkey")
    layout = ("name", "credential")

    name = name_field(_("For example: my laptop"))
    credential = forms.JSONField(required=False, widget=KeyInput)

    def clean_credential(self) -> dict[str, Any]:
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise no_key()
        try:
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
            raise no_key() from None
        return credential


class KeyForm(PortalForm):
    """A passkey answers for ``user``; without one, for whoever it says it belongs to."""

    credential = forms.JSONField(required=False, widget=KeyInput)

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise no_key()
        try:
            webauthn.parse_authentication_response(credential)
            user = self.user or webauthn.extract_user_from_response(credential)
            factor = webauthn.complete_authentication(user, credential)
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
            raise no_key() from None
        if not user.is_active:
            raise no_key()
        self.user, self.factor = user, factor
        factor.user = user
        return credential


def no_key() -> ValidationError:
    return ValidationError(
        gettext("The passkey did not answer, or is not known here. Try again, or sign in another way."), code="no_key"
    )


class ConfirmForm(PortalForm):
    """It is still the same person: the password again."""

    submit = _("Continue")

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        error_messages={"required": _("Enter your password")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "govuk-input--width-20"}),
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        user = self.request.user
        try:
            found = get_adapter().authenticate(self.request, username=user.username, password=password)
        except ValidationError:
            raise ValidationError(
                gettext("There have been too many wrong tries. Wait five minutes and try again."), code="too_many"
            ) from None
        if found is None or found.pk != user.pk:
            raise ValidationError(gettext("This is not your password. Try again."), code="wrong_password")
        return password


class NameForm(PortalForm):
    submit = _("Save")

    name = name_field(_("For example: my work phone"))


class ResetFactorsForm(PortalForm):
    """Whoever takes away somebody's second step says how they made sure who it is."""

    submit = _("Take away their second step")
    submit_colour = "warning"

    checked = forms.ChoiceField(
        label=_("How did you make sure who they are?"),
        choices=list(CHECKS.items()),
        widget=Radios,
        error_messages={"required": _("Say how you made sure who they are")},
    )

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.sessions import OWN_DEVICE, STAFF
from core.forms import PortalForm

WRONG_SIGN_IN = _("The sign-in name or the password is wrong. Check both, and whether Caps Lock is on.")


TOO_MANY_SIGN_INS = _("There have been too many wrong tries. Wait five minutes and try again.")


class SignInForm(PortalForm, LoginForm):
    """Sign-in name and password. The check itself, with its limits on wrong tries, is allauth's."""

    submit = _("Sign in")
    layout = ("login", "password", "remember")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"].label = gettext("This is my own phone or computer")
        self.fields["remember"].help_text = gettext(
            "You stay signed in for 14 days. Do not tick this at school or in a library. It changes nothing for staff."
        )
        self.fields["login"].label = gettext("Sign-in name")
        self.fields["login"].error_messages["required"] = gettext("Enter your sign-in name")
        self.fields["login"].widget = forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        )
        self.fields["password"].error_messages["required"] = gettext("Enter your password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget = forms.PasswordInput(
            attrs={"autocomplete": "current-password", "class": "govuk-input--width-20"}
        )

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        answer = super().login(request, redirect_url)
        if self.cleaned_data["remember"] and not request.session.get(STAFF):
            request.session[OWN_DEVICE] = True
        else:
            request.session.set_expiry(0)
        return answer

    def clean(self) -> dict[str, Any] | None:
        try:
            answers = super().clean()
            if self.user is not None and not self.user.is_active:
                # allauth would send them to a page that says so, which tells a guesser that the password was right.
                raise ValidationError(WRONG_SIGN_IN, code="inactive")
            return answers
        except ValidationError as error:
            words = TOO_MANY_SIGN_INS if error.code == "too_many_login_attempts" else WRONG_SIGN_IN
            raise ValidationError(words, code=error.code) from error

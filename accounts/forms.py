from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from accounts.actions import read_code
from accounts.queries import Group
from core.errors import RuleBroken
from core.forms import DateField, PortalForm, Radios
from core.layout import Question

WRONG_SIGN_IN = "The sign-in name or the password is wrong. Check both, and whether Caps Lock is on."
PASSWORD_WORDS = {
    "password_too_short": "Your password is too short. Use 8 letters, numbers or signs or more.",
    "password_too_common": "Many people use this password, so it is too easy to guess. Choose another one.",
    "password_entirely_numeric": "Your password has only numbers in it. Add some letters.",
    "password_too_similar": "Your password is too much like your name or sign-in name. Choose another one.",
}
TOO_MANY_SIGN_INS = "There have been too many wrong tries. Wait five minutes and try again."


class SignInForm(PortalForm, LoginForm):
    """Sign-in name and password. The check itself, with its limits on wrong tries, is allauth's."""

    submit = "Sign in"
    layout = ("login", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = "Sign-in name"
        self.fields["login"].error_messages["required"] = "Enter your sign-in name"
        self.fields["login"].widget = forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        )
        self.fields["password"].error_messages["required"] = "Enter your password"
        self.fields["password"].help_text = ""
        self.fields["password"].widget = forms.PasswordInput(
            attrs={"autocomplete": "current-password", "class": "govuk-input--width-20"}
        )

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


class UnlockForm(PortalForm):
    """What the letter says, and what only the learner and their family should know."""

    submit = "Continue"
    layout = ("code", Question("birth_on", legend_size="s"))

    code = forms.CharField(
        label="Unlock code",
        help_text="The 12 letters and numbers on your letter. Capitals, spaces and dashes do not matter.",
        max_length=60,
        error_messages={"required": "Enter the code from your letter"},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
    )
    birth_on = DateField(
        label="Your date of birth",
        what="date of birth",
        birthday=True,
        help_text="For example, 31 3 2010",
        error_messages={"required": "Enter your date of birth"},
    )

    def clean_code(self) -> str:
        return read_code(self.cleaned_data["code"])


class AccountForm(PortalForm):
    """How the learner signs in from now on."""

    submit = "Save and continue"

    username = forms.CharField(
        label="Sign-in name",
        min_length=4,
        max_length=40,
        help_text="4 or more letters, numbers, dots or dashes. You can keep the one we suggest.",
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9._-]+\s*$", "A sign-in name can only have letters from a to z, numbers, dots and dashes"
            )
        ],
        error_messages={
            "required": "Enter a sign-in name",
            "min_length": "Your sign-in name must have 4 letters or more",
            "max_length": "Your sign-in name must have 40 letters or fewer",
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
        label="Password",
        strip=False,
        help_text="8 or more letters, numbers or signs. Three words that do not belong together work well.",
        error_messages={"required": "Enter a password"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "govuk-input--width-20"}),
    )
    password_again = forms.CharField(
        label="The same password again",
        strip=False,
        error_messages={"required": "Enter the password a second time"},
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
            self.add_error("password_again", "The two passwords are not the same. Type them again.")
        return answers


class JoinForm(AccountForm):
    """Who somebody is who was invited, and how they sign in from now on."""

    submit = "Make my account and join"
    layout = ("name", "username", "password", "password_again")

    name = forms.CharField(
        label="Your name",
        help_text="Colleagues see it beside what you do.",
        max_length=120,
        error_messages={"required": "Enter your name"},
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "govuk-input--width-20"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = "4 or more letters, numbers, dots or dashes."


class ConsentForm(PortalForm):
    """One question, answered yes or no."""

    submit = "Save my answer"

    is_given = forms.TypedChoiceField(
        label="Do you agree?",
        choices=[("yes", "Yes, share them"), ("no", "No, do not share them")],
        coerce=lambda answer: answer == "yes",
        widget=Radios,
        error_messages={"required": "Choose yes or no"},
    )
    layout = (Question("is_given", legend_size="m"),)


class LetterGroupForm(PortalForm):
    """For whom letters are printed. Asked by GET, so that the page to confirm has an address."""

    method = "get"
    submit = "Continue"
    layout = (Question("group", legend_size="m"),)

    group = forms.ChoiceField(
        label="Who are the letters for?",
        widget=Radios,
        error_messages={"required": "Choose a group", "invalid_choice": "Choose one of these groups"},
    )

    def __init__(self, *args: Any, groups: list[Group], school: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = sum(group.not_unlocked for group in groups if group.tutor_group is None)
        choices = [("all", "Everyone who has not unlocked yet")]
        hints = {"all": _letters(everyone)}
        for group in groups:
            if group.not_unlocked and group.tutor_group != "":
                choices.append((group.key, group.words))
                hints[group.key] = _letters(group.not_unlocked)
        self.fields["group"].choices = choices
        self.fields["group"].widget = Radios(hints=hints, choices=choices)
        self.fields["school"] = forms.CharField(initial=school, required=False, widget=forms.HiddenInput)


class PrintForm(PortalForm):
    """Nothing to fill in: a button that says yes."""

    submit = "Print these letters"


def _letters(number: int) -> str:
    return "1 letter" if number == 1 else f"{number} letters"

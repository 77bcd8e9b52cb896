"""Getting back in: by e-mail, with a code, and with help from staff."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.account import PASSWORD_WORDS
from accounts.forms.unlocking import UnlockForm
from accounts.models import IdentityCheck
from core.forms import Checkboxes, DateField, PortalForm, Radios
from core.layout import Question
from providers.models import Organisation

NOBODY = "none"


class ProblemForm(PortalForm):
    """What is wrong. Asked by GET, so that each answer has an address."""

    method = "get"
    submit = _("Continue")
    layout = (Question("what", legend_size="m"),)

    what = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[
            ("letter", _("I have not used my letter yet, or I have lost it")),
            ("name", _("I have forgotten my sign-in name")),
            ("password", _("I have forgotten my password")),
            ("phone", _("I used a phone or computer that others use, too")),
            ("work", _("I work at a school, a college or a service")),
        ],
        widget=Radios,
        error_messages={"required": _("Choose what is wrong"), "invalid_choice": _("Choose one of these")},
    )


class RecoverForm(UnlockForm):
    """The code somebody who knows the learner gave them, and the date of birth."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = _(
            "The 12 letters and numbers you were given. Capitals, spaces and dashes do not matter."
        )
        self.fields["code"].error_messages["required"] = _("Enter the code you were given")


class NewPasswordForm(PortalForm):
    submit = _("Save and sign in")

    username = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "username"}))
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
    layout: tuple[Any, ...] = ("password", "password_again")

    def __init__(self, *args: Any, passkeys: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if passkeys:
            self.fields["keep"] = forms.TypedMultipleChoiceField(
                label=_("Which of these do you still have?"),
                help_text=_("The passkeys you do not tick stop working."),
                required=False,
                coerce=int,
                choices=passkeys,
                widget=Checkboxes,
            )
            self.layout = (*self.layout, Question("keep", legend_size="m"))

    def refuse(self, error: ValidationError) -> None:
        """The password rules in plainer words, at the question."""
        self.add_error("password", [PASSWORD_WORDS.get(one.code or "", one.messages[0]) for one in error.error_list])

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        if self.cleaned_data.get("password") != self.cleaned_data.get(
            "password_again", self.cleaned_data.get("password")
        ):
            self.add_error("password_again", _("The two passwords are not the same. Type them again."))
        return answers


def email_field(label: Any, help_text: Any) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        help_text=help_text,
        max_length=254,
        error_messages={
            "required": _("Enter an e-mail address"),
            "invalid": _("Enter an e-mail address, like name@example.org"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class AskLinkForm(PortalForm):
    submit = _("Send me a link")

    email = email_field(_("Your e-mail address"), _("The one you have given us before"))


class EmailForm(PortalForm):
    submit = _("Send me a link to confirm it")

    email = email_field(_("E-mail address"), _("One that you will still have in a year. It need not be the school’s."))
    password = forms.CharField(
        label=_("Your password here"),
        strip=False,
        help_text=_("So that nobody else can add their address to your account."),
        error_messages={"required": _("Enter your password")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "govuk-input--width-20"}),
    )


class HelpForm(PortalForm):
    """How a member of staff made sure who it is."""

    submit = _("Make a code")
    layout = (Question("identity_check", legend_size="m"),)

    identity_check = forms.ModelChoiceField(
        label=_("How did you make sure who it is?"),
        queryset=IdentityCheck.objects.filter(is_used=True),
        empty_label=None,
        widget=Radios,
        error_messages={"required": _("Choose how you made sure"), "invalid_choice": _("Choose one of these")},
    )


class FindLearnerForm(PortalForm):
    """All of it is needed: nobody can look round in the records of children."""

    submit = _("Find this learner")
    layout = ("given_name", "family_name", Question("birth_on", legend_size="s"), "school")

    given_name = forms.CharField(
        label=_("First name"),
        help_text=_("As on the school’s roll"),
        max_length=100,
        error_messages={"required": _("Enter the first name")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )
    family_name = forms.CharField(
        label=_("Family name"),
        max_length=100,
        error_messages={"required": _("Enter the family name")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )
    birth_on = DateField(
        label=_("Date of birth"),
        what=_("date of birth"),
        help_text=_("For example, 31 3 2010"),
        error_messages={"required": _("Enter the date of birth")},
    )
    school = forms.ChoiceField(
        label=_("School"), error_messages={"required": _("Choose the school"), "invalid_choice": _("Choose a school")}
    )

    def __init__(self, *args: Any, schools: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {school.reference: school for school in schools}
        names = [(school.reference, school.name) for school in schools]
        self.fields["school"].choices = [("", _("Choose")), *names, (NOBODY, _("On no school’s roll"))]

    def clean_given_name(self) -> str:
        return " ".join(self.cleaned_data["given_name"].split())

    def clean_family_name(self) -> str:
        return " ".join(self.cleaned_data["family_name"].split())

    def clean_school(self) -> Organisation | None:
        return self.schools.get(self.cleaned_data["school"])


class LimitForm(PortalForm):
    submit = _("Save the limit")
    submit_colour = "secondary"

    daily_limit = forms.IntegerField(
        label=_("Learners one person may help in a day alone"),
        help_text=_("For more, a second person has to agree"),
        min_value=0,
        max_value=200,
        error_messages={
            "required": _("Enter a number"),
            "invalid": _("Enter a whole number"),
            "max_value": _("Enter a number from 0 to 200"),
            "min_value": _("Enter a number from 0 to 200"),
        },
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
    )

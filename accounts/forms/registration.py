import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.utils.translation import gettext_lazy as _

from accounts.forms.account import AccountForm
from accounts.models import Attends
from core import clock
from core.forms import DateField, Radios
from core.layout import Fieldset, Question
from providers.models import Area, Organisation, OrganisationKind

VISITOR = AnonymousUser()  # who registers is nobody yet
SEEN_SALT = "accounts.register"
TOO_FAST = 3  # seconds: nobody reads and fills this page in so little time
SEEN_FOR = dt.timedelta(hours=12)


def seen_now() -> str:
    """When the page was drawn, signed."""
    return signing.dumps(int(clock.now().timestamp()), salt=SEEN_SALT)


class RegisterForm(AccountForm):
    """A learner without a letter: who they are, where they learn, and how they sign in."""

    submit = _("Register")

    given_name = forms.CharField(
        label=_("First name"),
        max_length=100,
        error_messages={"required": _("Enter your first name")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "class": "govuk-input--width-20"}),
    )
    family_name = forms.CharField(
        label=_("Last name"),
        max_length=100,
        error_messages={"required": _("Enter your last name")},
        widget=forms.TextInput(attrs={"autocomplete": "family-name", "class": "govuk-input--width-20"}),
    )
    birth_on = DateField(
        label=_("Date of birth"),
        what=_("date of birth"),
        birthday=True,
        help_text=_("For example, 31 3 2009"),
        error_messages={"required": _("Enter your date of birth")},
    )
    postcode = forms.CharField(
        label=_("Postcode of your home"),
        max_length=10,
        help_text=_("For example, HX1 1AA. Colleges near you are found with it."),
        error_messages={"required": _("Enter your postcode")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "class": "govuk-input--width-10"}),
    )
    area = forms.ModelChoiceField(
        label=_("Area"),
        queryset=Area.objects.none(),
        empty_label=_("Choose an area"),
        to_field_name="slug",
        help_text=_("Where you live or go to school."),
        error_messages={"required": _("Choose an area")},
    )
    attends = forms.ChoiceField(
        label=_("Where do you learn now?"),
        choices=Attends.choices,
        widget=Radios,
        error_messages={"required": _("Choose where you learn now")},
    )
    school = forms.ModelChoiceField(
        label=_("Your school or college, if it is in the list"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Not in the list"),
        to_field_name="reference",
    )
    elsewhere = forms.CharField(
        label=_("Its name, if it is not in the list"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    may_match = forms.TypedChoiceField(
        label=_("May we look for your record?"),
        choices=[("yes", _("Yes, look for it")), ("no", _("No, do not look"))],
        coerce=lambda answer: answer == "yes",
        widget=Radios,
        error_messages={"required": _("Choose yes or no")},
    )
    # For programs that fill in every box. People neither see nor reach it.
    website = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, match_words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Area.objects.visible_to(VISITOR).order_by("name")
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        schools = (
            Organisation.objects.visible_to(VISITOR)
            .filter(kind__in=(OrganisationKind.SCHOOL, OrganisationKind.COLLEGE))
            .order_by("name")
        )
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        self.fields["may_match"].help_text = match_words
        self.fields["username"].help_text = _("4 or more letters, numbers, dots or dashes. Do not use your full name.")
        self.layout = (
            Fieldset(_("About you"), "given_name", "family_name", "birth_on", "postcode", "area"),
            Question("attends", legend_size="m"),
            "school",
            "elsewhere",
            Question("may_match", legend_size="m"),
            Fieldset(_("How you sign in"), "username", "password", "password_again"),
            "website",
            "seen",
        )

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        if self.data.get("website") or not self._was_seen():
            self.add_error(None, _("Please look at your answers once more and press the button again."))
        return answers

    def _was_seen(self) -> bool:
        """Whether the page was drawn for somebody, not just now and not long ago."""
        try:
            at = signing.loads(self.data.get("seen", ""), salt=SEEN_SALT)
        except signing.BadSignature:
            return False
        return bool(TOO_FAST <= clock.now().timestamp() - at <= SEEN_FOR.total_seconds())

    def answers(self) -> dict[str, Any]:
        """What the action needs."""
        return {
            name: self.cleaned_data[name]
            for name in (
                "given_name", "family_name", "birth_on", "postcode", "area", "attends", "school", "elsewhere",
                "may_match", "username", "password",
            )
        }  # fmt: skip

"""What a provider's manager says of a token."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import ApiScope
from core.forms import DateField, PortalForm, Radios
from core.layout import Question
from providers.models import Organisation


class TokenForm(PortalForm):
    submit = _("Make the token")
    layout = ["name", Question("scope", legend_size="m"), "expires_on"]

    name = forms.CharField(
        label=_("Which system is it for?"),
        max_length=60,
        help_text=_("Learners read this name where they see who has looked at their application."),
        error_messages={"required": _("Say which system it is for")},
    )
    scope = forms.ChoiceField(
        label=_("What may it do?"),
        choices=ApiScope.choices,
        widget=Radios(
            hints={
                ApiScope.READ: _("It fetches what learners sent you, and where each application stands."),
                ApiScope.ANSWER: _("It also makes offers, invites, refuses and so on. Learners are told at once."),
            }
        ),
        error_messages={"required": _("Choose what the system may do")},
    )
    expires_on = DateField(
        label=_("Last day it works"),
        what=_("last day it works"),
        help_text=_("A year from today at most. You are told by e-mail a month, a week and a day before."),
        error_messages={"required": _("Enter the last day the token works")},
    )


class SandboxForm(PortalForm):
    submit = _("Make the sandbox")

    provider = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        to_field_name="reference",
        label=_("Whose programmers practise?"),
        empty_label=None,
        error_messages={"required": _("Choose a provider"), "invalid_choice": _("Choose a provider from the list")},
    )

    def __init__(self, *args: Any, providers: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]

"""Asking somebody to act for a provider, and letting them go."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, PortalForm, Radios
from core.layout import Question
from providers.models import PROVIDER_ROLES, RoleKind

ROLE_HINTS = {
    RoleKind.EDITOR: _("Keeps the courses, the sites and what the provider says of itself."),
    RoleKind.ADMISSIONS: _("Reads and answers applications."),
    RoleKind.MANAGER: _("Does both, and says who else may."),
}
EVERYWHERE = "all"


def _roles(*, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    choices = [(kind.value, kind.label) for kind in PROVIDER_ROLES if kind not in without]
    return {"choices": choices, "widget": Radios(hints={kind.value: words for kind, words in ROLE_HINTS.items()})}


class InviteForm(PortalForm):
    """Whom to write to, and what they will be."""

    submit = _("Send the invitation")
    layout = ("email", Question("kind", legend_size="s"))

    email = forms.EmailField(
        label=_("Their e-mail address at work"),
        help_text=_("We send one e-mail with a link that works once, for 14 days."),
        error_messages={
            "required": _("Enter an e-mail address"),
            "invalid": _("Enter a whole address, like name@example.org"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label=_("Role"),
        error_messages={"required": _("Choose a role"), "invalid_choice": _("Choose one of these roles")},
        **_roles(),
    )


class InviteAgainForm(PortalForm):
    """The address is there already; for roles that a manager may not give it is the account's own and stays so."""

    submit = _("Send the invitation")

    email = forms.EmailField(
        label=_("Their e-mail address at work"),
        help_text=_("We send one e-mail with a link that works once, for 14 days."),
        error_messages={
            "required": _("Enter an e-mail address"),
            "invalid": _("Enter a whole address, like name@example.org"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, is_fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_fixed:
            del self.fields["email"]


class StepInForm(PortalForm):
    """Knowingly: what is done is done in the provider's name."""

    submit = _("Keep its courses until tonight")

    is_knowing = forms.BooleanField(
        label=_("The provider has asked for it, or has nobody who can"),
        error_messages={"required": _("Tick this, or go back")},
    )


class GiveRoleForm(PortalForm):
    """One more role for somebody who is there already."""

    submit = _("Give this role")
    layout = (Question("kind", legend_size="m"),)

    kind = forms.ChoiceField(
        label=_("Which role?"),
        error_messages={"required": _("Choose a role"), "invalid_choice": _("Choose one of these roles")},
        **_roles(),
    )

    def __init__(self, *args: Any, held: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        field.choices = [(kind, words) for kind, words in field.choices if kind not in held]


class EndRoleForm(PortalForm):
    """Now, or after a last day."""

    submit = _("End this role")
    submit_colour = "warning"
    layout = (Question("when", legend_size="m"), Question("last_on", legend_size="s"))

    when = forms.ChoiceField(
        label=_("When does it end?"),
        choices=[("now", _("Now")), ("later", _("At the end of a day"))],
        widget=Radios,
        error_messages={"required": _("Choose when it ends")},
    )
    last_on = DateField(
        label=_("Last day, if it is not now"), what=_("last day"), required=False, help_text=_("For example, 31 8 2027")
    )

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        when, last_on = self.cleaned_data.get("when"), self.cleaned_data.get("last_on")
        if when == "later" and last_on is None and "last_on" not in self.errors:
            self.add_error("last_on", gettext("Enter the last day"))
        if when == "now" and last_on is not None:
            self.add_error("when", gettext("You gave a last day. Choose the end of a day, or empty the date."))
        return answers


class ActForForm(PortalForm):
    """One of one's organisations, or all."""

    submit = _("Save")
    layout = (Question("organisation", legend_size="m"),)

    organisation = forms.ChoiceField(
        label=_("For whom do you act now?"),
        widget=Radios,
        error_messages={"required": _("Choose one"), "invalid_choice": _("Choose one of these")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [(EVERYWHERE, gettext("All of them"))]
        self.fields["organisation"].choices = [*choices, *every]
        self.fields["organisation"].widget = Radios(
            choices=[*choices, *every],
            dividers={EVERYWHERE: gettext("or")},
            hints={EVERYWHERE: gettext("Lists then show everything of all of them together.")},
        )

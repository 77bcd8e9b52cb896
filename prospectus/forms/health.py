"""What area staff type about the e-mails to a provider."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, PortalForm


class PauseForm(PortalForm):
    """Until when no e-mails go to the provider, and why."""

    submit = _("Pause the e-mails")
    until_on = DateField(
        label=_("Last day without e-mails"),
        what=_("last day"),
        help_text=_("For example, 31 12 2026. At most a year ahead."),
        error_messages={"required": _("Enter the last day without e-mails")},
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("For the area’s staff. The provider does not see it. Name nobody."),
        error_messages={"required": _("Enter why, so that others know")},
    )

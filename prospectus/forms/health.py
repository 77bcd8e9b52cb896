"""What area staff type about the e-mails to a provider."""

from django import forms

from core.forms import DateField, PortalForm


class PauseForm(PortalForm):
    """Until when no e-mails go to the provider, and why."""

    submit = "Pause the e-mails"
    until_on = DateField(
        label="Last day without e-mails",
        what="last day",
        help_text="For example, 31 12 2026. At most a year ahead.",
        error_messages={"required": "Enter the last day without e-mails"},
    )
    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="For the area’s staff. The provider does not see it. Name nobody.",
        error_messages={"required": "Enter why, so that others know"},
    )

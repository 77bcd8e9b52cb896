from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LongText, PortalForm


class OwnErasureForm(PortalForm):
    """The learner says that they have read what goes."""

    submit = _("Erase my record")
    submit_colour = "warning"

    is_sure = forms.BooleanField(
        label=_("I have read what is removed, and that it cannot be brought back"),
        error_messages={"required": _("Tick the box if you are sure")},
    )


class ErasureReasonForm(PortalForm):
    """Why an officer asks; another officer reads it before agreeing."""

    submit = _("Ask another officer to agree")
    submit_colour = "warning"

    reason = forms.CharField(
        label=_("Why is this record to be erased?"),
        help_text=_("Another officer reads this. It is removed with the record."),
        max_length=300,
        widget=LongText(attrs={"rows": 3}),
        error_messages={"required": _("Say why this record is to be erased")},
    )


class RetentionForm(PortalForm):
    """How many days one kind of thing is kept."""

    submit = _("Save")

    days = forms.IntegerField(
        label=_("Days"),
        min_value=1,
        max_value=36500,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages={
            "required": _("Enter a number of days"),
            "invalid": _("Enter a whole number of days"),
            "min_value": _("Enter 1 day or more"),
            "max_value": _("Enter 36500 days or fewer"),
        },
    )


class TwoRecordsForm(PortalForm):
    """Which two records are one person's. Asked by GET, so that the page to confirm has an address."""

    method = "get"
    submit = _("Show both records")

    keep = forms.SlugField(
        label=_("Reference of the record to keep"),
        help_text=_("It is at the end of the address of the learner’s page."),
        error_messages={"required": _("Enter the reference of the record to keep")},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )
    other = forms.SlugField(
        label=_("Reference of the second record"),
        help_text=_("Everything in it goes to the first one, and this reference leads there."),
        error_messages={"required": _("Enter the reference of the second record")},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        if answers and answers.get("keep") and answers.get("keep") == answers.get("other"):
            self.add_error("other", _("These are not two records. Enter another reference."))
        return answers


class MergeForm(PortalForm):
    """Somebody has looked at both records and is sure."""

    submit = _("Make them one record")
    submit_colour = "warning"

    is_sure = forms.BooleanField(
        label=_("They are the same person. I know that this cannot be undone"),
        error_messages={"required": _("Tick the box if you are sure")},
    )

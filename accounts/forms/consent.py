from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm, Radios
from core.layout import Question


class ConsentForm(PortalForm):
    """One question, answered yes or no."""

    submit = _("Save my answer")

    version = forms.CharField(required=False, widget=forms.HiddenInput)
    is_given = forms.TypedChoiceField(
        label=_("Do you agree?"),
        choices=[("yes", _("Yes, share them")), ("no", _("No, do not share them"))],
        coerce=lambda answer: answer == "yes",
        widget=Radios,
        error_messages={"required": _("Choose yes or no")},
    )
    layout = (Question("is_given", legend_size="m"), "version")

"""What an adult says before they write for a learner. Rules are the actions' business."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import EnteredHow
from core.forms import DateField, PortalForm, Radios
from core.layout import Question


class AssistForm(PortalForm):
    submit = _("Begin writing")
    layout = [Question("how", legend_size="m"), "signed_on"]

    how = forms.ChoiceField(
        label=_("How do you have the learner’s word?"),
        choices=EnteredHow.choices,
        widget=Radios,
        error_messages={"required": _("Choose whether the learner is with you or has signed a form")},
    )
    signed_on = DateField(
        label=_("Date beside the signature"),
        what=_("date beside the signature"),
        required=False,
        help_text=_("Only for a paper form. Keep the form at the school or the service."),
    )

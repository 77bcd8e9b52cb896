"""That a learner started and has left. Rules are the actions'."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import LeftHow
from core import clock
from core.forms import DateField, PortalForm, Radios
from core.layout import Question


class LeaveForm(PortalForm):
    submit = _("I have left")
    submit_colour = "warning"

    left_on = DateField(
        label=_("What was the last day?"),
        what=_("last day"),
        initial=clock.today,
        error_messages={"required": _("Enter the last day")},
    )


class RecordLeavingForm(LeaveForm):
    """The same, said by staff."""

    submit = _("Record that they left")
    layout = ["left_on", Question("how", legend_size="m")]

    how = forms.ChoiceField(
        label=_("How do you know?"),
        choices=LeftHow.choices,
        widget=Radios(),
        error_messages={"required": _("Choose how you know")},
    )

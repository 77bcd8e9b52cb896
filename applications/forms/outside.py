"""What an adviser or coordinator sends about an offer made elsewhere. Rules are the actions' business."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import OfferKind
from core import clock
from core.forms import DateField, PortalForm


class OutsideOfferForm(PortalForm):
    submit = _("Record this offer")

    provider_name = forms.CharField(
        label=_("Who made the offer?"),
        help_text=_("The college, training provider or employer"),
        max_length=160,
        error_messages={"required": _("Enter who made the offer")},
    )
    course_name = forms.CharField(label=_("What is it an offer of?"), required=False, max_length=160)
    kind = forms.ChoiceField(
        label=_("What kind of place?"), required=False, choices=[("", _("Not said")), *OfferKind.choices]
    )
    offered_on = DateField(
        label=_("When was it made?"),
        what=_("date of the offer"),
        initial=clock.today,
        error_messages={"required": _("Enter the date of the offer")},
    )

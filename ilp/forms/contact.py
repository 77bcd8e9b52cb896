from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import DateField, LongText, PortalForm, Radios
from core.references import new_reference
from ilp.models import ContactKind


class ContactForm(PortalForm):
    submit = _("Save this contact")

    kind = forms.ChoiceField(
        label=_("How were you in touch?"),
        choices=ContactKind,
        widget=Radios(),
        error_messages={"required": _("Choose how you were in touch")},
    )
    on = DateField(
        label=_("When was it?"),
        what=_("date of the contact"),
        initial=clock.today,
        error_messages={"required": _("Enter the date of the contact")},
    )
    note = forms.CharField(
        label=_("What was said?"),
        help_text=_("Advisers of this learner can read it, and the learner may ask to see it."),
        required=False,
        max_length=4000,
        widget=LongText(attrs={"rows": 5}),
    )
    next_step = forms.CharField(
        label=_("Next step (if there is one)"),
        help_text=_("For example, ring again about the offer"),
        required=False,
        max_length=200,
    )
    next_on = DateField(label=_("When is the next step due?"), what=_("date of the next step"), required=False)
    once = forms.SlugField(max_length=12, widget=forms.HiddenInput, required=False, initial=new_reference)

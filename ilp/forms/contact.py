from django import forms

from core import clock
from core.forms import DateField, PortalForm, Radios
from ilp.models import ContactKind


class ContactForm(PortalForm):
    submit = "Save this contact"

    kind = forms.ChoiceField(
        label="How were you in touch?",
        choices=ContactKind,
        widget=Radios(),
        error_messages={"required": "Choose how you were in touch"},
    )
    on = DateField(
        label="When was it?",
        what="date of the contact",
        initial=clock.today,
        error_messages={"required": "Enter the date of the contact"},
    )
    note = forms.CharField(
        label="What was said?",
        help_text="Advisers of this learner can read it, and the learner may ask to see it.",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    next_step = forms.CharField(
        label="Next step (if there is one)",
        help_text="For example, ring again about the offer",
        required=False,
        max_length=200,
    )
    next_on = DateField(label="When is the next step due?", what="date of the next step", required=False)

from django import forms

from core.forms import PortalForm, Radios
from core.layout import Question


class ConsentForm(PortalForm):
    """One question, answered yes or no."""

    submit = "Save my answer"

    is_given = forms.TypedChoiceField(
        label="Do you agree?",
        choices=[("yes", "Yes, share them"), ("no", "No, do not share them")],
        coerce=lambda answer: answer == "yes",
        widget=Radios,
        error_messages={"required": "Choose yes or no"},
    )
    layout = (Question("is_given", legend_size="m"),)

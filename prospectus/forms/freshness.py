"""The shape of a rule of freshness."""

import calendar
from typing import Any

from django import forms

from core.forms import PortalForm, Radios
from core.layout import Fieldset, Question
from prospectus.forms.desk import NARROW
from prospectus.models import Rhythm
from prospectus.queries.lights import Terms

MONTHS = [(str(number), name) for number, name in enumerate(calendar.month_name) if name]


class MonthField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=MONTHS, coerce=int, error_messages={"required": "Choose a month"}, **kwargs)


class NumberField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        missing = {"required": "Write a number", "invalid": "Write a whole number"}
        super().__init__(widget=forms.NumberInput(attrs=NARROW), error_messages=missing, **kwargs)


class FreshnessRuleForm(PortalForm):
    submit = "Show me what would change"
    layout = [
        Question("rhythm", legend_size="m"),
        Fieldset("Once a year", "last_month", "turn_month"),
        Fieldset("Every few months", "green_months", "summer_from_month", "summer_until_month"),
        Fieldset("In both", "amber_months", "grace_days"),
    ]

    rhythm = forms.ChoiceField(
        label="How often are they asked?",
        choices=Rhythm.choices,
        widget=Radios(),
        error_messages={"required": "Choose how often"},
    )
    last_month = MonthField(label="Green to the end of")
    turn_month = MonthField(
        label="An update lasts into the next year from", help_text="Not later than the month above."
    )
    green_months = NumberField(label="Months an update lasts", min_value=1, max_value=24)
    summer_from_month = MonthField(label="An update lasts over the summer from")
    summer_until_month = MonthField(label="And then at least to the end of")
    amber_months = NumberField(label="Months from green to red", min_value=1, max_value=12)
    grace_days = NumberField(label="Days a new provider has to begin", min_value=0, max_value=366)

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)

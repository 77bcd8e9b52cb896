"""The shape of a rule of freshness."""

import calendar
from typing import Any

from django import forms

from core.forms import DateField, PortalForm, Radios
from core.layout import Fieldset, Question
from prospectus.forms.desk import NARROW
from prospectus.models import Rhythm
from prospectus.queries.lights import Terms
from providers.models import Area

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


class ClosureForm(PortalForm):
    """Days on which an area is closed."""

    submit = "Add these days"

    area = forms.ModelChoiceField(
        queryset=Area.objects.none(), to_field_name="slug", label="Area", error_messages={"required": "Choose an area"}
    )
    name = forms.CharField(
        label="Closed for",
        max_length=80,
        help_text="Half term, for example. Bank holidays are known already.",
        error_messages={"required": "Enter what the days are for"},
    )
    starts_on = DateField(
        label="First day", what="first day", error_messages={"required": "Enter the first day"}, help_text="26 10 2026"
    )
    ends_on = DateField(
        label="Last day", what="last day", error_messages={"required": "Enter the last day"}, help_text="30 10 2026"
    )

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas

"""The shape of a rule of freshness."""

from typing import Any

from django import forms
from django.utils import dates
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, PortalForm, Radios
from core.layout import Fieldset, Question
from prospectus.forms.desk import NARROW
from prospectus.models import Rhythm
from prospectus.queries.lights import Terms
from providers.models import Area

MONTHS = [(str(number), name) for number, name in dates.MONTHS.items()]


class MonthField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=MONTHS, coerce=int, error_messages={"required": _("Choose a month")}, **kwargs)


class NumberField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        missing = {"required": _("Write a number"), "invalid": _("Write a whole number")}
        super().__init__(widget=forms.NumberInput(attrs=NARROW), error_messages=missing, **kwargs)


class FreshnessRuleForm(PortalForm):
    submit = _("Show me what would change")
    layout = [
        Question("rhythm", legend_size="m"),
        Fieldset(_("Once a year"), "last_month", "turn_month"),
        Fieldset(_("Every few months"), "green_months", "summer_from_month", "summer_until_month"),
        Fieldset(_("In both"), "amber_months", "grace_days"),
    ]

    rhythm = forms.ChoiceField(
        label=_("How often are they asked?"),
        choices=Rhythm.choices,
        widget=Radios(),
        error_messages={"required": _("Choose how often")},
    )
    last_month = MonthField(label=_("Green to the end of"))
    turn_month = MonthField(
        label=_("An update lasts into the next year from"), help_text=_("Not later than the month above.")
    )
    green_months = NumberField(label=_("Months an update lasts"), min_value=1, max_value=24)
    summer_from_month = MonthField(label=_("An update lasts over the summer from"))
    summer_until_month = MonthField(label=_("And then at least to the end of"))
    amber_months = NumberField(label=_("Months from green to red"), min_value=1, max_value=12)
    grace_days = NumberField(label=_("Days a new provider has to begin"), min_value=0, max_value=366)

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)


class ClosureForm(PortalForm):
    """Days on which an area is closed."""

    submit = _("Add these days")

    area = forms.ModelChoiceField(
        queryset=Area.objects.none(),
        to_field_name="slug",
        label=_("Area"),
        error_messages={"required": _("Choose an area")},
    )
    name = forms.CharField(
        label=_("Closed for"),
        max_length=80,
        help_text=_("Half term, for example. Bank holidays are known already."),
        error_messages={"required": _("Enter what the days are for")},
    )
    starts_on = DateField(
        label=_("First day"),
        what=_("first day"),
        error_messages={"required": _("Enter the first day")},
        help_text="26 10 2026",
    )
    ends_on = DateField(
        label=_("Last day"),
        what=_("last day"),
        error_messages={"required": _("Enter the last day")},
        help_text="30 10 2026",
    )

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas

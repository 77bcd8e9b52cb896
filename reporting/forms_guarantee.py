"""Forms about the September Guarantee."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.forms import OutsideOfferForm
from core import clock
from core.forms import DateField, PortalForm, Radios
from reporting.models import Category, GuaranteeStatus
from reporting.queries.lights import Light


class DayForm(forms.Form):
    """As of which day. The address says it as 2027-09-30; another way of writing it, or a day to come, is today."""

    on = forms.DateField(
        label=_("As it stood at the end of"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    @property
    def day(self) -> dt.date:
        """The day asked for, never one to come."""
        self.is_valid()
        said = self.cleaned_data.get("on")
        return min(said, clock.today()) if said else clock.today()

    @property
    def refusal(self) -> str:
        """Why the day asked for is not the day shown; "" where it is."""
        if "on" in self.errors:
            return gettext("That is not a day of the calendar. Today is shown.")
        said = self.cleaned_data.get("on")
        return gettext("That day is still to come. Today is shown.") if said and said > clock.today() else ""


JOINED = [("cohort", _("In the cohort")), ("later", _("Joined later"))]


class GuaranteeFilterForm(PortalForm):
    """Filters of the names behind a figure."""

    submit = _("Show")

    name = forms.CharField(label=_("Name"), required=False, max_length=80)
    school = forms.ChoiceField(label=_("School"), required=False)
    tutor_group = forms.ChoiceField(label=_("Tutor group"), required=False)
    light = forms.ChoiceField(label=_("Guarantee"), required=False, choices=[("", _("Any")), *Light.choices])
    category = forms.ChoiceField(label=_("As published"), required=False, choices=[("", _("Any")), *Category.choices])
    joined = forms.ChoiceField(label=_("Joined"), required=False, choices=[("", _("Any")), *JOINED])

    def __init__(self, *args: Any, schools: list[tuple[str, str]], tutor_groups: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].choices = [("", gettext("All schools")), *schools]  # type: ignore[attr-defined]
        self.fields["tutor_group"].choices = [("", gettext("All groups")), *((g, g) for g in tutor_groups)]  # type: ignore[attr-defined]

    def answers(self) -> dict[str, str]:
        """What was chosen; a value that is not on offer counts as not chosen."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class StatusForm(PortalForm):
    """Why a learner has no offer."""

    submit = _("Record this")

    status = forms.ModelChoiceField(
        queryset=GuaranteeStatus.objects.none(),
        label=_("How does the Guarantee stand?"),
        widget=Radios(),
        empty_label=None,
        error_messages={"required": _("Choose one")},
    )

    def __init__(self, *args: Any, year_group: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].queryset = GuaranteeStatus.objects.recordable().of_year(year_group)  # type: ignore[attr-defined]


class StatusWordsForm(PortalForm):
    """The words of one code."""

    submit = _("Save and mark as confirmed")

    meaning = forms.CharField(
        label=_("What does the code mean?"), max_length=160, error_messages={"required": _("Say what the code means")}
    )
    category = forms.ChoiceField(label=_("In which group is it published?"), widget=Radios(), choices=Category.choices)


class FreezeForm(PortalForm):
    """Which day to keep, and what for."""

    submit = _("Freeze these figures")

    stood_on = DateField(
        label=_("As they stood at the end of"),
        what=_("day"),
        initial=clock.today,
        error_messages={"required": _("Enter the day")},
    )
    name = forms.CharField(
        label=_("What for?"), help_text=_("For example, September return. You may leave it empty."), required=False,
        max_length=80,
    )  # fmt: skip


class OfferForManyForm(OutsideOfferForm):
    """The same offer for all who were chosen."""

    submit = _("Record it for all of them")

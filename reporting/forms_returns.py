"""Forms about the authority's return."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import Checkboxes, DateField, PortalForm, Radios
from providers.models import Area
from reporting.models import ReturnForm


def last_month_end() -> dt.date:
    """The last day of the month that is over."""
    return clock.today().replace(day=1) - dt.timedelta(days=1)


class AskReturnForm(PortalForm):
    """Of when, and how written."""

    submit = _("Make the return")

    others = forms.ModelMultipleChoiceField(
        label=_("With which other authorities, in one file?"), queryset=Area.objects.none(), to_field_name="slug",
        widget=Checkboxes(), required=False, help_text=_("The file goes under the number of {area}."),
    )  # fmt: skip
    period_end = DateField(
        label=_("As it stood at the end of"), what=_("day"), initial=last_month_end,
        error_messages={"required": _("Enter the day")},
    )  # fmt: skip
    form = forms.ChoiceField(
        label=_("How is it written?"), widget=Radios(), choices=ReturnForm.choices, initial=ReturnForm.XML
    )

    def __init__(self, *args: Any, area: Area, others: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if others:
            field: Any = self.fields["others"]
            field.queryset, field.help_text = others, field.help_text.format(area=area)
        else:
            del self.fields["others"]


class AskChangesForm(PortalForm):
    """From which day on, and how written. The day of the last file, for a start, so that nothing falls between two."""

    submit = _("Make the file")

    since = DateField(
        label=_("Everything recorded from this day on"), what=_("day"), error_messages={"required": _("Enter the day")},
        help_text=_("What a school roll corrected is told for 30 days. Make a file at least that often."),
    )  # fmt: skip
    form = forms.ChoiceField(
        label=_("How is it written?"), widget=Radios(), choices=ReturnForm.choices, initial=ReturnForm.CSV
    )


HEADLINES = [
    ("EET", _("In education, employment or training")),
    ("NEET", _("Not in education, employment or training")),
    ("not_known", _("Not known")),
    ("not_EET_not_NEET", _("Neither")),
    ("not_applicable", _("Not counted: of compulsory school age")),
    ("other", _("Not counted: other")),
]


class CodeWordsForm(PortalForm):
    """The words of one code, and where the published figures count it."""

    submit = _("Save and mark as confirmed")

    meaning = forms.CharField(
        label=_("What does the code mean?"), max_length=160, error_messages={"required": _("Say what the code means")}
    )
    headline = forms.ChoiceField(label=_("In which figure is it published?"), widget=Radios(), choices=HEADLINES)

    def __init__(self, *args: object, is_activity: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not is_activity:
            del self.fields["headline"]

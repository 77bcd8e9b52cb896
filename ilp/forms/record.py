from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import DateField, PortalForm, Radios
from ilp.models import CurrentActivity, RecordCode, RecordKind, RecordSource
from providers.models import Organisation


class CurrentActivityForm(PortalForm):
    """What a learner does, since when, and how that is known."""

    submit = _("Save")

    code = forms.ModelChoiceField(
        queryset=RecordCode.objects.none(),
        label=_("What are they doing?"),
        empty_label=_("Choose one"),
        widget=forms.Select(attrs={"class": "govuk-select"}),
        error_messages={"required": _("Choose what they are doing")},
    )
    started_on = DateField(
        label=_("Since when?"), what=_("first day"), error_messages={"required": _("Enter the first day")}
    )
    verified_on = DateField(
        label=_("When was this found out or last confirmed?"),
        what=_("day it was confirmed"),
        initial=clock.today,
        error_messages={"required": _("Enter the day it was confirmed")},
    )
    source = forms.ChoiceField(
        label=_("Who said so?"),
        choices=RecordSource,
        widget=Radios(),
        error_messages={"required": _("Choose who said so")},
    )
    course_ends_on = DateField(
        label=_("When does the course end?"),
        what=_("end of the course"),
        help_text=_("Needed for school, education and training"),
        required=False,
    )
    review_on = DateField(
        label=_("When should this be looked at again?"),
        what=_("review date"),
        help_text=_("Needed for a gap year, temporary work, an agreed start date and custody"),
        required=False,
    )
    provider = forms.CharField(
        label=_("UKPRN of the college or training provider, if it is in the directory"),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "numeric"}),
    )
    establishment = forms.CharField(label=_("Otherwise its name, or the employer’s"), required=False, max_length=160)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].queryset = RecordCode.objects.of_kind(RecordKind.ACTIVITY)

    def clean_provider(self) -> Organisation | None:
        typed = self.cleaned_data["provider"].strip()
        if not typed:
            return None
        found = Organisation.objects.providers().filter(ukprn=typed).first() if typed.isdecimal() else None
        if found is None:
            raise forms.ValidationError(_("No provider in the directory has this UKPRN."), code="no_provider")
        return found

    @staticmethod
    def initial_of(spell: CurrentActivity) -> dict[str, Any]:
        names = ("started_on", "verified_on", "source", "course_ends_on", "review_on", "establishment")
        known = {name: getattr(spell, name) for name in names}
        ukprn = (spell.provider.ukprn or "") if spell.provider else ""
        return known | {"code": spell.code_id, "provider": ukprn}


class ConfirmActivityForm(PortalForm):
    submit = _("Confirm")

    verified_on = DateField(
        label=_("On which day did you make sure?"),
        what=_("day it was confirmed"),
        initial=clock.today,
        error_messages={"required": _("Enter the day it was confirmed")},
    )


class FactForm(PortalForm):
    """One of a short list, and from when."""

    submit = _("Save")

    code = forms.ModelChoiceField(
        queryset=RecordCode.objects.none(),
        label="",
        widget=Radios(),
        empty_label=None,
        error_messages={"required": _("Choose one")},
    )
    started_on = DateField(
        label=_("From when?"),
        what=_("first day"),
        initial=clock.today,
        error_messages={"required": _("Enter the first day")},
    )

    def __init__(self, *args: Any, kind: str, question: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].queryset = RecordCode.objects.of_kind(kind)
        self.fields["code"].label = question

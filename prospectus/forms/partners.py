"""Shapes of what is typed about providers that teach together."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import Checkboxes, PortalForm, Radios
from prospectus.forms.desk import MomentField
from prospectus.models import Consortium, Course
from providers.models import Organisation


class ShareForm(PortalForm):
    """Which partners teach this course together."""

    submit = _("Save")

    as_of = MomentField()
    consortium = forms.ChoiceField(label=_("Taught with"), required=False, widget=Radios)

    def __init__(self, *args: Any, course: Course, consortia: list[Consortium], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consortia = {each.reference: each for each in consortia}
        self.fields["consortium"].choices = [
            ("", gettext("Nobody: we teach it alone")),
            *((reference, str(each)) for reference, each in self.consortia.items()),
        ]
        now = course.consortium.reference if course.consortium else ""
        self.initial |= {"as_of": course.changed_at.isoformat(), "consortium": now}

    def clean_consortium(self) -> Consortium | None:
        return self.consortia.get(self.cleaned_data["consortium"])


class ConsortiumForm(PortalForm):
    """The name of some partners, and who they are."""

    submit = _("Save")

    lead = forms.ChoiceField(label=_("Who leads?"), widget=Radios, error_messages={"required": _("Choose who leads")})
    name = forms.CharField(
        label=_("Name"),
        max_length=160,
        help_text=_("Learners see it on the course’s page: “Northmoor engineering partners”."),
        error_messages={"required": _("Write a name")},
    )
    partners = forms.MultipleChoiceField(
        label=_("Partners"),
        help_text=_("They teach the courses together with the lead. Each is asked, and has to say yes here first."),
        widget=Checkboxes(small=True),
        error_messages={"required": _("Choose at least one partner")},
    )

    def __init__(self, *args: Any, leads: list[Organisation], others: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leads = {each.reference: each for each in leads}
        self.others = {each.reference: each for each in others}
        self.fields["lead"].choices = [(reference, str(each)) for reference, each in self.leads.items()]
        self.fields["partners"].choices = [
            (reference, f"{each}, {each.area}") for reference, each in self.others.items()
        ]
        if len(leads) == 1:
            self.initial["lead"] = leads[0].reference
            self.fields["lead"].widget = forms.HiddenInput()

    def clean_lead(self) -> Organisation:
        return self.leads[self.cleaned_data["lead"]]

    def clean_partners(self) -> list[Organisation]:
        return [self.others[reference] for reference in self.cleaned_data["partners"]]

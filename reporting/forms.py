from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm
from reporting.queries.lights import Light


class LearnerFilterForm(PortalForm):
    """Filters of a list of learners. Every state of it but the name is a plain address."""

    submit = _("Show")

    name = forms.CharField(label=_("Name"), required=False, max_length=80)
    school = forms.ChoiceField(label=_("School"), required=False)
    tutor_group = forms.ChoiceField(label=_("Tutor group"), required=False)
    light = forms.ChoiceField(label=_("Guarantee"), required=False, choices=[("", _("Any")), *Light.choices])

    def __init__(self, *args: Any, schools: list[tuple[str, str]], tutor_groups: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].choices = [("", gettext("All schools")), *schools]  # type: ignore[attr-defined]
        self.fields["tutor_group"].choices = [("", gettext("All groups")), *((g, g) for g in tutor_groups)]  # type: ignore[attr-defined]

    def answers(self) -> dict[str, str]:
        """What was chosen; a value that is not on offer counts as not chosen."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

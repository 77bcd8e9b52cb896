"""Which numbers of interest to show."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm
from prospectus.queries.interest import PERIODS
from providers.models import Organisation


class InterestForm(PortalForm):
    """Since when and, where there are several providers, whose and added up how. What is not known is left out."""

    method = "get"
    days = forms.ChoiceField(
        required=False, label=_("Period"), choices=[(str(n), format_lazy(_("Last {n} days"), n=n)) for n in PERIODS]
    )
    by = forms.ChoiceField(
        required=False, label=_("Count by"), choices=[("course", _("Course")), ("provider", _("Provider"))]
    )
    provider = forms.ChoiceField(required=False, label=_("Provider"))

    def __init__(self, *args: Any, providers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {provider.reference: provider for provider in providers}
        if len(providers) > 1:
            names = [(reference, provider.name) for reference, provider in self.providers.items()]
            self.fields["provider"].choices = [("", gettext("All providers")), *names]
        else:
            del self.fields["by"], self.fields["provider"]
        self.is_valid()

    @property
    def chosen_days(self) -> int:
        return int(self.cleaned_data.get("days") or PERIODS[0])

    @property
    def chosen_provider(self) -> Organisation | None:
        return self.providers.get(self.cleaned_data.get("provider", ""))

    @property
    def is_by_provider(self) -> bool:
        return self.cleaned_data.get("by") == "provider"

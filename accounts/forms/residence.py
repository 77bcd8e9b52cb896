"""Saying which authority a learner lives in."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm
from providers.models import LocalAuthority


class ResidenceForm(PortalForm):
    """An authority there is today, the one that is recorded, or that nobody knows."""

    submit = _("Save")

    authority = forms.ChoiceField(
        label=_("Which authority do they live in?"),
        help_text=_("Go by the address where they live, not by their school"),
        required=False,
        widget=forms.Select(attrs={"class": "govuk-select"}),
    )

    def __init__(self, *args: Any, held: LocalAuthority | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authorities = {each.code: each for each in LocalAuthority.objects.filter(is_current=True)}
        if held is not None:
            self.authorities.setdefault(held.code, held)
            self.initial["authority"] = held.code
        choices = [("", gettext("Not known")), *((code, each.name) for code, each in self.authorities.items())]
        self.fields["authority"].choices = choices  # type: ignore[attr-defined]

    def clean_authority(self) -> LocalAuthority | None:
        return self.authorities.get(self.cleaned_data["authority"])

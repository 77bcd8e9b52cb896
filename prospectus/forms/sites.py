"""What a provider's editors type about their sites."""

from typing import Any

from django import forms

from core.forms import PortalForm, Radios
from core.layout import Fieldset, Question
from prospectus.actions.site_keeping import SITE_FIELDS, seen_as
from prospectus.forms.runs import SHORT, SiteForm
from providers.models import Site


def _coordinate(label: str, most: int, hint: str) -> forms.FloatField:
    return forms.FloatField(
        label=label, required=False, min_value=-most, max_value=most, help_text=hint,
        error_messages={"invalid": f"{label} must be a number, like {hint.rpartition(' ')[2]}"},
        widget=forms.TextInput(attrs={**SHORT, "inputmode": "decimal"}),
    )  # fmt: skip


class EditSiteForm(SiteForm):
    """Everything about a site. ``seen`` says what the page was made from."""

    submit = "Save"
    layout = [
        "name",
        "address",
        "town",
        "postcode",
        Fieldset("Where exactly", "latitude", "longitude"),
        Fieldset("For your own records", "provider_reference"),
        "seen",
    ]

    latitude = _coordinate("Latitude", 90, "For example, 53.4808")
    longitude = _coordinate("Longitude", 180, "For example, -2.2426")
    provider_reference = forms.CharField(
        label="Your own code for it", required=False, max_length=120,
        help_text="Uploads and feeds know the site by it.",
        widget=forms.TextInput(attrs=SHORT),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(site, name) for name in SITE_FIELDS} | {"seen": seen_as(site)}
        if not site.is_exact:
            self.initial |= {"latitude": None, "longitude": None}

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SITE_FIELDS}


def _sites(sites: list[Site]) -> list[tuple[str, str]]:
    return [(site.reference, ", ".join(filter(None, (site.name, site.town, site.postcode)))) for site in sites]


class OtherSiteForm(PortalForm):
    """Another site of the same provider; a list to open where there are many."""

    MANY = 8

    other = forms.ChoiceField(error_messages={"invalid_choice": "Choose one of these sites"})
    layout = (Question("other", legend_size="m", label_size="m"),)

    def __init__(self, *args: Any, sites: list[Site], label: str, error: str, is_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {site.reference: site for site in sites}
        field = self.fields["other"]
        if not is_needed:
            del self.fields["other"]
            self.layout = ()
            return
        field.label, field.error_messages["required"] = label, error
        choices = _sites(sites)
        if len(sites) > self.MANY:
            field.choices = [("", "Choose a site"), *choices]
        else:
            field.widget = Radios(choices=choices)
            field.choices = choices

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        self.site = self.sites.get(self.cleaned_data.get("other", ""))
        return answers


class EndSiteForm(OtherSiteForm):
    submit = "End this site"
    submit_colour = "warning"


class MergeSiteForm(OtherSiteForm):
    submit = "Merge them"
    submit_colour = "warning"

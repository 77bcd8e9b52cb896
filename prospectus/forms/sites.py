"""What a provider's editors type about their sites."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm, Radios
from core.layout import Fieldset, Question
from prospectus.actions.site_keeping import SITE_FIELDS, seen_as
from prospectus.forms.runs import SHORT, SiteForm
from providers.models import Site


def _coordinate(label: Any, most: int, example: str) -> forms.FloatField:
    wrong = format_lazy(_("{label} must be a number, like {example}"), label=label, example=example)
    return forms.FloatField(
        label=label,
        required=False,
        min_value=-most,
        max_value=most,
        help_text=format_lazy(_("For example, {example}"), example=example),
        error_messages={"invalid": wrong},
        widget=forms.TextInput(attrs={**SHORT, "inputmode": "decimal"}),
    )


class EditSiteForm(SiteForm):
    """Everything about a site. ``seen`` says what the page was made from."""

    submit = _("Save")
    layout = [
        "name",
        "address",
        "town",
        "postcode",
        Fieldset(_("Where exactly"), "latitude", "longitude"),
        Fieldset(_("For your own records"), "provider_reference"),
        "seen",
    ]

    latitude = _coordinate(_("Latitude"), 90, "53.4808")
    longitude = _coordinate(_("Longitude"), 180, "-2.2426")
    provider_reference = forms.CharField(
        label=_("Your own code for it"), required=False, max_length=120,
        help_text=_("Uploads and feeds know the site by it."),
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

    other = forms.ChoiceField(error_messages={"invalid_choice": _("Choose one of these sites")})
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
            field.choices = [("", gettext("Choose a site")), *choices]
        else:
            field.widget = Radios(choices=choices)
            field.choices = choices

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        self.site = self.sites.get(self.cleaned_data.get("other", ""))
        return answers


class EndSiteForm(OtherSiteForm):
    """``seen`` says what the page counted. Parts of courses, but no dates, may go to no site (``may_be_none``)."""

    NONE = "none"

    submit = _("End this site")
    submit_colour = "warning"

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, may_be_none: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layout = (*self.layout, "seen")
        if may_be_none and "other" in self.fields:
            field = self.fields["other"]
            field.choices = [*field.choices, (self.NONE, gettext("None: no place is said of these parts any more"))]


class MergeSiteForm(OtherSiteForm):
    submit = _("Merge them")
    submit_colour = "warning"

"""Shapes of what a provider's editors type about one date of a course, and about a place."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, LongText, PortalForm
from core.layout import Fieldset, Question
from prospectus import checks
from prospectus.forms.desk import MIDDLE, NARROW, CheckedField, SavedForm
from prospectus.models import CourseRun, Delivery, Pattern, StudyMode
from providers.models import Site
from providers.queries import normalise_postcode

SHORT = {"class": "govuk-input--width-10"}


def _select(label: str, choices: Any, hint: str = "") -> forms.ChoiceField:
    """Learners read "Ask the provider" where the provider, who reads this, has not said it."""
    known = [(value, words) for value, words in choices.choices if value != choices.UNKNOWN]
    return forms.ChoiceField(
        label=label,
        choices=[(choices.UNKNOWN.value, _("Not said yet")), *known],
        help_text=hint,
        initial=choices.UNKNOWN,
    )


class RunForm(SavedForm):
    """When, where, how and for how much. Nothing has to be there: a draft may lack anything."""

    submit = _("Save")
    layout = [
        Fieldset(_("When"), "starts_on", "is_flexible_start", "ends_on", "duration_text"),
        Fieldset(_("Where and how"), "site", "delivery", "study_mode", "pattern", "mode_text"),
        Fieldset(
            _("Cost and places"),
            Question("cost_pence", prefix="£"),
            Question("extra_cost_pence", prefix="£"),
            "cost_text",
            "places",
        ),
        Fieldset(_("Applying"), "apply_from_on", "apply_until_on", "apply_url"),
        Fieldset(_("For your own records"), "provider_reference", "option_block"),
    ]

    starts_on = DateField(label=_("Start"), what=_("start"), required=False, help_text=_("For example, 6 9 2027"))
    is_flexible_start = forms.BooleanField(label=_("It can be started at any time"), required=False)
    ends_on = DateField(label=_("End"), what=_("end"), required=False, help_text=_("If you know it."))
    duration_text = forms.CharField(
        label=_("How long it takes"), required=False, max_length=255, help_text=_("For example, 1 year or 12 weeks."),
        widget=forms.TextInput(attrs=MIDDLE),
    )  # fmt: skip
    site = forms.ChoiceField(label=_("Site"), required=False, help_text=_("Leave it empty if it is online or at work."))
    delivery = _select(_("How it is taught"), Delivery)
    study_mode = _select(_("Full or part time"), StudyMode)
    pattern = _select(_("Time of day"), Pattern)
    mode_text = forms.CharField(
        label=_("Days and times in your own words"), required=False, max_length=255,
        help_text=_("For example, Tuesdays, 6pm to 9pm."), widget=forms.TextInput(attrs=MIDDLE),
    )  # fmt: skip
    cost_pence = CheckedField(
        checks.check_pence, label=_("Cost for a learner"),
        help_text=_("Write 0 if it is free. Leave it empty if not known."),
        widget=forms.TextInput(attrs=SHORT),
    )  # fmt: skip
    extra_cost_pence = CheckedField(
        checks.check_pence, label=_("Kit, books and trips"), help_text=_("About how much in all."),
        widget=forms.TextInput(attrs=SHORT),
    )  # fmt: skip
    cost_text = forms.CharField(
        label=_("About the cost in your own words"), required=False, max_length=2000,
        help_text=_("For example, free if you are under 19."), widget=LongText(attrs={"rows": 2}),
    )  # fmt: skip
    places = CheckedField(
        checks.check_whole_number, label=_("Places"), help_text=_("Leave it empty if not known."),
        widget=forms.TextInput(attrs={**NARROW, "inputmode": "numeric"}),
    )  # fmt: skip
    apply_from_on = DateField(label=_("First day to apply"), what=_("first day to apply"), required=False)
    apply_until_on = DateField(label=_("Last day to apply"), what=_("last day to apply"), required=False)
    apply_url = CheckedField(
        checks.check_web_address, label=_("Your own page to apply on"),
        help_text=_("Only if learners apply on your own site. Like https://www.example.org/apply"),
    )  # fmt: skip
    provider_reference = forms.CharField(
        label=_("Your own code for it"), required=False, max_length=255, widget=forms.TextInput(attrs=MIDDLE),
        help_text=_("Uploads and feeds know this date by it. Leave it empty and it has one of ours."),
    )  # fmt: skip
    option_block = forms.CharField(
        label=_("Option block"), required=False, max_length=20, widget=forms.TextInput(attrs=SHORT),
        help_text=_("Learners can take only one course of a block."),
    )  # fmt: skip

    def __init__(self, *args: Any, sites: list[Site], run: CourseRun | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {site.reference: site for site in sites}
        if run is None:
            del self.fields["as_of"]  # nobody can have saved what is new
        self.fields["site"].choices = [("", gettext("No site")), *((site.reference, _place(site)) for site in sites)]
        if run is not None:
            self.initial = {name: getattr(run, name) for name in self.fields if name not in ("as_of", "site")} | {
                "as_of": run.changed_at.isoformat(),
                "site": run.site.reference if run.site else "",
                "cost_pence": _pounds(run.cost_pence),
                "extra_cost_pence": _pounds(run.extra_cost_pence),
            }

    def clean_site(self) -> Site | None:
        return self.sites.get(self.cleaned_data["site"])

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "as_of"}


def _place(site: Site) -> str:
    words = ", ".join(filter(None, (site.name, site.town, site.postcode)))
    return gettext("%(words)s (closed)") % {"words": words} if site.ended_on else words


def _pounds(pence: int | None) -> str:
    return "" if pence is None else f"{pence / 100:.2f}".removesuffix(".00")


class SiteForm(PortalForm):
    """A place where the provider teaches."""

    submit = _("Add this site")

    name = forms.CharField(
        label=_("Name"), max_length=250, error_messages={"required": _("Write the name of the site")}
    )
    address = forms.CharField(label=_("Address"), required=False, max_length=300)
    town = forms.CharField(
        label=_("Town"),
        max_length=75,
        widget=forms.TextInput(attrs=MIDDLE),
        error_messages={"required": _("Write the town")},
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=12,
        help_text=_("Learners search by how far away it is."),
        widget=forms.TextInput(attrs=SHORT),
        error_messages={"required": _("Write the postcode")},
    )

    def clean_postcode(self) -> str:
        postcode = normalise_postcode(self.cleaned_data["postcode"])
        if not postcode:
            raise forms.ValidationError(gettext("Write a whole postcode, like M14 5RX"))
        return postcode

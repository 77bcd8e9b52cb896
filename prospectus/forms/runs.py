"""Shapes of what a provider's editors type about one date of a course, and about a place."""

from typing import Any

from django import forms

from core.forms import DateField, PortalForm
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
        label=label, choices=[(choices.UNKNOWN.value, "Not said yet"), *known], help_text=hint, initial=choices.UNKNOWN
    )


class RunForm(SavedForm):
    """When, where, how and for how much. Nothing has to be there: a draft may lack anything."""

    submit = "Save"
    layout = [
        Fieldset("When", "starts_on", "is_flexible_start", "ends_on", "duration_text"),
        Fieldset("Where and how", "site", "delivery", "study_mode", "pattern", "mode_text"),
        Fieldset(
            "Cost and places",
            Question("cost_pence", prefix="£"),
            Question("extra_cost_pence", prefix="£"),
            "cost_text",
            "places",
        ),
        Fieldset("Applying", "apply_from_on", "apply_until_on", "apply_url"),
        Fieldset("For your own records", "provider_reference", "option_block"),
    ]

    starts_on = DateField(label="Start", what="start", required=False, help_text="For example, 6 9 2027")
    is_flexible_start = forms.BooleanField(label="It can be started at any time", required=False)
    ends_on = DateField(label="End", what="end", required=False, help_text="If you know it.")
    duration_text = forms.CharField(
        label="How long it takes", required=False, max_length=255, help_text="For example, 1 year or 12 weeks.",
        widget=forms.TextInput(attrs=MIDDLE),
    )  # fmt: skip
    site = forms.ChoiceField(label="Site", required=False, help_text="Leave it empty if it is online or at work.")
    delivery = _select("How it is taught", Delivery)
    study_mode = _select("Full or part time", StudyMode)
    pattern = _select("Time of day", Pattern)
    mode_text = forms.CharField(
        label="Days and times in your own words", required=False, max_length=255,
        help_text="For example, Tuesdays, 6pm to 9pm.", widget=forms.TextInput(attrs=MIDDLE),
    )  # fmt: skip
    cost_pence = CheckedField(
        checks.check_pence, label="Cost for a learner", help_text="Write 0 if it is free. Leave it empty if not known.",
        widget=forms.TextInput(attrs=SHORT),
    )  # fmt: skip
    extra_cost_pence = CheckedField(
        checks.check_pence, label="Kit, books and trips", help_text="About how much in all.",
        widget=forms.TextInput(attrs=SHORT),
    )  # fmt: skip
    cost_text = forms.CharField(
        label="About the cost in your own words", required=False, max_length=2000,
        help_text="For example, free if you are under 19.", widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    places = CheckedField(
        checks.check_whole_number, label="Places", help_text="Leave it empty if not known.",
        widget=forms.TextInput(attrs={**NARROW, "inputmode": "numeric"}),
    )  # fmt: skip
    apply_from_on = DateField(label="First day to apply", what="first day to apply", required=False)
    apply_until_on = DateField(label="Last day to apply", what="last day to apply", required=False)
    apply_url = CheckedField(
        checks.check_web_address, label="Your own page to apply on",
        help_text="Only if learners apply on your own site. Like https://www.example.org/apply",
    )  # fmt: skip
    provider_reference = forms.CharField(
        label="Your own code for it", required=False, max_length=255, widget=forms.TextInput(attrs=MIDDLE),
        help_text="Uploads and feeds know this date by it. Leave it empty and it has one of ours.",
    )  # fmt: skip
    option_block = forms.CharField(
        label="Option block", required=False, max_length=20, widget=forms.TextInput(attrs=SHORT),
        help_text="Learners can take only one course of a block.",
    )  # fmt: skip

    def __init__(self, *args: Any, sites: list[Site], run: CourseRun | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {site.reference: site for site in sites}
        if run is None:
            del self.fields["as_of"]  # nobody can have saved what is new
        self.fields["site"].choices = [("", "No site"), *((site.reference, _place(site)) for site in sites)]
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
    return f"{words} (closed)" if site.ended_on else words


def _pounds(pence: int | None) -> str:
    return "" if pence is None else f"{pence / 100:.2f}".removesuffix(".00")


class SiteForm(PortalForm):
    """A place where the provider teaches."""

    submit = "Add this site"

    name = forms.CharField(label="Name", max_length=250, error_messages={"required": "Write the name of the site"})
    address = forms.CharField(label="Address", required=False, max_length=300)
    town = forms.CharField(
        label="Town",
        max_length=75,
        widget=forms.TextInput(attrs=MIDDLE),
        error_messages={"required": "Write the town"},
    )
    postcode = forms.CharField(
        label="Postcode",
        max_length=12,
        help_text="Learners search by how far away it is.",
        widget=forms.TextInput(attrs=SHORT),
        error_messages={"required": "Write the postcode"},
    )

    def clean_postcode(self) -> str:
        postcode = normalise_postcode(self.cleaned_data["postcode"])
        if not postcode:
            raise forms.ValidationError("Write a whole postcode, like M14 5RX")
        return postcode

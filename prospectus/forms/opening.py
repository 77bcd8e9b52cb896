"""How learners apply for some dates, and from when until when."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, PortalForm, Radios
from core.layout import Question
from prospectus import checks
from prospectus.forms.desk import CheckedField
from prospectus.queries.opening import Route


class SetOpeningForm(PortalForm):
    """The number is that of the page it was made for: what is saved is what was seen."""

    layout = [
        Question("route", legend_size="m"),
        Question("from_on", legend_size="s"),
        Question("until_on", legend_size="s"),
        "url",
        "number",
    ]

    route = forms.ChoiceField(
        label=_("How do learners apply?"),
        choices=Route.choices,
        widget=Radios(hints={Route.FEED: _("What is there now stays until the feed next brings something new.")}),
        error_messages={"required": _("Choose how learners apply")},
    )
    from_on = DateField(
        label=_("First day to apply"), what=_("first day"), required=False, help_text=_("Leave it empty to open now.")
    )
    until_on = DateField(
        label=_("Last day to apply"),
        what=_("last day"),
        required=False,
        help_text=_("Leave it empty if there is none."),
    )
    url = CheckedField(
        checks.check_web_address,
        label=_("Address of the page to apply on"),
        help_text=_("Only if they do not apply here. Like https://www.example.org/apply"),
    )
    number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, number: int, may_follow: bool = False, **kwargs: Any) -> None:
        """``may_follow``: a feed could say it instead."""
        super().__init__(*args, **kwargs)
        if not may_follow:
            self.fields["route"].choices = [pair for pair in Route.choices if pair[0] != Route.FEED]
        self.now = number
        self.initial["number"] = number
        self.submit = ngettext("Save for %(number)s date", "Save for %(number)s dates", number) % {"number": number}

    def clean_number(self) -> int:
        number = self.cleaned_data["number"]
        if number != self.now:
            words = ngettext(
                "It was %(number)s when you opened this page, and is %(now)s date now. Look again.",
                "It was %(number)s when you opened this page, and is %(now)s dates now. Look again.",
                self.now,
            )
            self.data = self.data.copy()
            self.data["number"] = str(self.now)
            raise forms.ValidationError(words % {"number": number, "now": self.now})
        return number

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean()
        route, url = self.cleaned_data.get("route"), self.cleaned_data.get("url")
        if url and route in (Route.HERE, Route.ASK, Route.FEED):
            self.add_error("url", gettext("Take the address out, or choose that learners apply elsewhere"))
        return answers

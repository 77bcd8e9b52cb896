"""What staff fill in to keep the words of search."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import RuleBroken
from core.forms import LongText, PortalForm
from prospectus.actions.words import MOST_MEANINGS, meant_words, said_words
from prospectus.forms.search import LEGENDS
from prospectus.queries import filter_names
from prospectus.queries.unmet import GROUPS, frequent_misses_with
from prospectus.queries.words import RULE_FILTERS
from providers.models import Area

MOST_TRIED = 5
PERIODS = {
    "30": _("the last 30 days"),
    "7": _("the last 7 days"),
    "90": _("the last 3 months"),
    "365": _("the last year"),
}
LONGEST_PERIOD = 365  # days
GROUPED_BY = {
    "words": _("Words"),
    "subject": _("Subject"),
    "level": _("Level"),
    "area": _("Area"),
    "outcode": _("First half of the postcode"),
}


class FindWordsForm(PortalForm):
    """Narrows a list to the rows with these words."""

    method = "get"
    q = forms.CharField(required=False, max_length=100, label=_("Find a word"))


class RuleForm(PortalForm):
    """A rule, and the searches to try it on. ``own`` is what it is about, where it is there already."""

    said = forms.CharField(
        max_length=100,
        label=_("What people type"),
        help_text=_("Capitals and signs do not matter."),
        error_messages={"required": _("Enter what people type")},
    )
    tests = forms.CharField(
        required=False,
        max_length=500,
        label=_("Try it on"),
        help_text=format_lazy(
            _("More searches to compare, one on each line, at most {most_tried}. They are not kept."),
            most_tried=MOST_TRIED,
        ),
        widget=LongText(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, own: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        if own:  # other words are another rule
            del self.fields["said"]

    def clean_said(self) -> str:
        return said_words(self.cleaned_data["said"])

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if self.own:
            answers["said"] = self.own
        return answers

    def texts(self) -> list[str]:
        """What to try: the rule's own words, what was typed here, and searches that found nothing and have them."""
        said = self.cleaned_data["said"]
        lines = [line.strip() for line in self.cleaned_data["tests"].splitlines() if line.strip()]
        since = clock.today() - dt.timedelta(days=LONGEST_PERIOD)
        return list(
            dict.fromkeys([said, *lines[:MOST_TRIED], *frequent_misses_with(said, since=since, most=MOST_TRIED)])
        )


class SynonymForm(RuleForm):
    """What somebody types and what courses call it."""

    meant = forms.CharField(
        max_length=2500,
        label=_("What courses call it"),
        help_text=format_lazy(
            _("One on each line, at most {most_meanings}. A course fits when it has all the words of any line."),
            most_meanings=MOST_MEANINGS,
        ),
        widget=LongText(attrs={"rows": 6}),
        error_messages={"required": _("Enter at least one thing that courses call it")},
    )
    field_order = ("said", "meant", "tests")

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        if answers.get("said") and "meant" in answers:
            try:
                answers["meant"] = meant_words(answers["said"], answers["meant"].splitlines())
            except RuleBroken as rule:
                self.add_error("meant", rule)
            else:
                if not answers["meant"]:
                    self.add_error("meant", gettext("Enter at least one thing that courses call it"))
        return answers


class PhraseForm(RuleForm):
    """A phrase and the filter that it is."""

    filter = forms.ChoiceField(
        label=_("The filter it means"), error_messages={"required": _("Choose the filter that it means")}
    )
    field_order = ("said", "filter", "tests")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = filter_names()
        groups = [
            (LEGENDS[name], [(f"{name}={value}", text) for value, text in names.of(name).items()])
            for name in RULE_FILTERS
            if names.of(name)
        ]
        self.fields["filter"].choices = [("", gettext("Choose a filter")), *groups]

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        if "filter" in answers:
            answers["filter_name"], _, answers["filter_value"] = answers["filter"].partition("=")
        return answers


class PeriodForm(PortalForm):
    """Since when, and in which area. What is not known is left out: the page still shows what it can."""

    method = "get"
    period = forms.ChoiceField(required=False, label=_("Period"), choices=list(PERIODS.items()))
    area = forms.ModelChoiceField(
        required=False, label=_("Area"), queryset=Area.objects.filter(is_practice=False), to_field_name="slug",
        empty_label=_("All areas"),
    )  # fmt: skip

    def since(self) -> dt.date:
        self.is_valid()
        return clock.today() - dt.timedelta(days=int(self.cleaned_data.get("period") or next(iter(PERIODS))))

    def chosen_area(self) -> Area | None:
        self.is_valid()
        return self.cleaned_data.get("area")


class WishesForm(PeriodForm):
    """The same, with what to group by."""

    by = forms.ChoiceField(required=False, label=_("Count by"), choices=[(name, GROUPED_BY[name]) for name in GROUPS])

    def grouped_by(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("by") or next(iter(GROUPS))


class WhyForm(PortalForm):
    """A search, to see why its results stand where they do."""

    method = "get"
    q = forms.CharField(required=False, max_length=300, label=_("What somebody types"))

"""The shape of what is typed about a feed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import dates
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm, Radios
from prospectus.models import FeedRhythm, FeedSource
from providers.models import Area, Organisation


class FeedForm(PortalForm):
    """Where the courses of a feed come from, and when."""

    submit = _("Save")

    source = forms.ChoiceField(
        label=_("How does the file get here?"),
        choices=FeedSource.choices,
        widget=Radios(
            hints={
                FeedSource.ADDRESS: _("The portal fetches it, for example from your own website or course system."),
                FeedSource.FOLDER: _("Another program puts it there. You are told the name of the folder."),
            }
        ),
        error_messages={"required": _("Choose how the file gets here")},
    )
    address = forms.CharField(
        label=_("Web address of the file"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Leave it empty for a folder. It starts with https://, such as https://example.org/courses.xml"),
    )
    rhythm = forms.ChoiceField(
        label=_("How often?"), choices=FeedRhythm.choices, initial=FeedRhythm.DAILY, widget=Radios(inline=True)
    )
    weekday = forms.TypedChoiceField(
        label=_("On which day?"),
        help_text=_("Only where it is every week."),
        choices=list(dates.WEEKDAYS.items()),
        coerce=int,
        initial=0,
    )
    hour = forms.TypedChoiceField(
        label=_("At what time?"),
        help_text=_("Within the hour that begins then. The night is best."),
        choices=[(number, f"{number}:00") for number in range(24)],
        coerce=int,
        initial=3,
    )

    def clean_address(self) -> str:
        return self.cleaned_data["address"].strip()

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("source") == FeedSource.ADDRESS and not answers.get("address") and "address" not in self.errors:
            self.add_error("address", gettext("Enter the web address of the file"))
        return answers


class FeedAddForm(FeedForm):
    """Whose courses, too."""

    submit = _("Add it and try it")
    layout = ["whose", "source", "address", "rhythm", "weekday", "hour"]

    whose = forms.ChoiceField(
        label=_("Whose courses are they?"), error_messages={"required": _("Choose whose courses they are")}
    )

    def __init__(self, *args: Any, providers: Sequence[Organisation], areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.things: dict[str, tuple[str, Any]] = {}
        groups = []
        if areas:
            groups.append(
                (gettext("All providers of an area"), self._options("area", [(area.slug, area) for area in areas]))
            )
        if providers:
            options = self._options("provider", [(provider.reference, provider) for provider in providers])
            groups.append((gettext("One provider"), options))
        # With one there is nothing to choose; with several nobody should get another's by oversight.
        several = len(self.things) > 1
        self.fields["whose"].choices = (
            [("", gettext("Choose")), *groups] if several else [pair for _, pairs in groups for pair in pairs]
        )

    def _options(self, kind: str, named: Sequence[tuple[str, Any]]) -> list[tuple[str, str]]:
        self.things |= {f"{kind}:{name}": (kind, thing) for name, thing in named}
        return [(f"{kind}:{name}", str(thing)) for name, thing in named]

    @property
    def answers(self) -> dict[str, Any]:
        """As the action wants them."""
        answers = dict(self.cleaned_data)
        kind, thing = self.things[answers.pop("whose")]
        return answers | {kind: thing}

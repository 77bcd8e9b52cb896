"""What the home school sends about a choice. Rules are the actions' business."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.forms import LongText, PortalForm


class EndorseForm(PortalForm):
    submit = _("Endorse and send")

    note = forms.CharField(
        label=_("A note for the provider (you do not have to write one)"), required=False, max_length=300
    )


class EndorseManyForm(EndorseForm):
    """One note for all of them; the button says how many."""

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = ngettext("Endorse and send %(number)s choice", "Endorse and send %(number)s choices", number) % {
            "number": number
        }
        self.fields["note"].label = gettext(
            "A note for the providers, the same for each (you do not have to write one)"
        )
        if not number:
            self.submit = ""


class GiveBackForm(PortalForm):
    submit = _("Give it back")

    note = forms.CharField(
        label=_("What should the learner change?"),
        max_length=300,
        help_text=_("They read this."),
        widget=LongText(attrs={"rows": 3}),
        error_messages={"required": _("Say what the learner should change")},
    )

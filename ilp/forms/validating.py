from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LongText, PortalForm

WORDS_BOX = {"rows": 3}


class ValidateForm(PortalForm):
    """One entry, read and true; a word with it if one likes."""

    submit = _("Validate")

    seen = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("A word to the learner (if you like)"),
        help_text=_("They read it beside your name."),
        required=False,
        max_length=2000,
        widget=LongText(attrs=WORDS_BOX),
    )


class TalkForm(PortalForm):
    submit = _("Say “let’s talk”")

    seen = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What would you like to talk about?"),
        help_text=_("They read it beside your name. Say what is good about it, and what you would ask."),
        max_length=2000,
        widget=LongText(attrs=WORDS_BOX),
        error_messages={"required": _("Say what you would like to talk about")},
    )


class WaitingForm(forms.Form):
    """What somebody says of each entry on a page: nothing, validated, or let’s talk with some words.

    The boxes are named after the entry and the revision that was shown: ``entry-ABC-2``, ``words-ABC-2``.
    """

    VERBS = ("validate", "talk")

    def said(self) -> list[tuple[str, int, str, str]]:
        """(reference of the entry, number of the revision, verb, words) of each that something was said of."""
        found = []
        for name, verb in self.data.items():
            kind, _dash, rest = name.partition("-")
            reference, _dash, number = rest.rpartition("-")
            if kind == "entry" and verb in self.VERBS and number.isdecimal() and len(number) < 5:
                found.append(
                    (reference, int(number), verb, self.data.get(f"words-{rest}", "").replace("\0", "")[:2000])
                )
        return found

    def clean(self) -> dict[str, Any]:
        said = self.said()
        if not said:
            raise forms.ValidationError(_("Choose what you say of at least one entry."))
        if any(verb == "talk" and not words.strip() for _reference, _number, verb, words in said):
            raise forms.ValidationError(_("Write what you would like to talk about, beside each “let’s talk”."))
        return {"said": said}

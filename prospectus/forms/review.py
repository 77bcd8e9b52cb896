"""What the area's editors write to a provider about a description."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LongText, PortalForm
from core.layout import Question
from prospectus.words import READING_WORDS


class CommentForm(PortalForm):
    """What the provider should change."""

    submit = READING_WORDS["return"]
    submit_colour = "secondary"
    layout = ["words_hash", Question("comment", label_size="s", max_characters=1000)]

    words_hash = forms.CharField(widget=forms.HiddenInput, max_length=32)
    comment = forms.CharField(
        label=_("What should the provider change?"),
        max_length=1000,
        help_text=_("The people who look after its courses read this. Name nobody."),
        widget=LongText(attrs={"rows": 4}),
        error_messages={"required": _("Say what the provider should change")},
    )

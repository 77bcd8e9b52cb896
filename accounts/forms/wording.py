from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LongText, PortalForm, Radios
from core.layout import Question


class ConsentWordsForm(PortalForm):
    """How the area asks from now on."""

    submit = _("Ask in these words from now on")

    words = forms.CharField(
        label=_("The question"),
        help_text=_(
            "Short sentences that a child of 11 can read. Say who would see what, what for, that a no costs nothing, "
            "and that the answer can be changed."
        ),
        min_length=40,
        max_length=1500,
        widget=LongText(attrs={"rows": 8}),
        error_messages={
            "required": _("Write the question"),
            "min_length": _("The question is too short to say who sees what. Write at least 40 letters."),
        },
    )
    is_material = forms.TypedChoiceField(
        label=_("Does it ask for something else than before?"),
        choices=[("yes", _("Yes: ask everybody again")), ("no", _("No: only better words for the same"))],
        coerce=lambda answer: answer == "yes",
        widget=Radios(
            hints={
                "yes": _(
                    "Every yes given to the older words stops holding at once. Learners are asked when they sign in."
                ),
                "no": _("Answers go on holding. Use this for spelling and plainer words only."),
            }
        ),
        error_messages={"required": _("Choose whether it asks for something else")},
    )
    layout = (Question("words", max_characters=1500), Question("is_material", legend_size="m"))

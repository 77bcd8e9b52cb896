from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions import read_code
from core.forms import DateField, PortalForm
from core.layout import Question


class UnlockForm(PortalForm):
    """What the letter says, and what only the learner and their family should know."""

    submit = _("Continue")
    layout = ("code", Question("birth_on", legend_size="s"))

    code = forms.CharField(
        label=_("Unlock code"),
        help_text=_("The 12 letters and numbers on your letter. Capitals, spaces and dashes do not matter."),
        max_length=60,
        error_messages={"required": _("Enter the code from your letter")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
    )
    birth_on = DateField(
        label=_("Your date of birth"),
        what=_("date of birth"),
        birthday=True,
        help_text=_("For example, 31 3 2010"),
        error_messages={"required": _("Enter your date of birth")},
    )

    def clean_code(self) -> str:
        return read_code(self.cleaned_data["code"])

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm


class IdentityCheckForm(PortalForm):
    """One more way to make sure who somebody is."""

    submit = _("Add it to the list")

    words = forms.CharField(
        label=_("What does a member of staff say that they did?"),
        help_text=_(
            "As they would say it: “I rang the number on the roll, and they answered”. Nothing that friends know."
        ),
        max_length=120,
        error_messages={
            "required": _("Enter what they did"),
            "max_length": _("Say it in up to 120 letters"),
        },
    )

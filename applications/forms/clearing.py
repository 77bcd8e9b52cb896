"""What a desk says when it asks somebody in clearing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm, Radios


class InviteForm(PortalForm):
    submit = _("Ask them to apply")

    run = forms.ChoiceField(
        label=_("For which course?"), widget=Radios, error_messages={"required": _("Choose a course")}
    )

    def __init__(self, *args: Any, runs: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["run"]
        field.choices = [(run.reference, f"{run.course.title} ({_('places')}: {run.to_ask_for})") for run in runs]
        if len(runs) == 1:
            field.initial = runs[0].reference

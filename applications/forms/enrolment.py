from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from core.forms import PortalForm, Radios

NOBODY = "nobody"


class SettleForm(PortalForm):
    """Whose row of an enrolment list it is."""

    submit = _("Save")

    learner = forms.ChoiceField(
        label=_("Who is this?"),
        widget=Radios(dividers={NOBODY: _("or")}),
        error_messages={"required": _("Choose a learner, or say that it is none of them.")},
    )

    def __init__(self, *args: Any, candidates: list[Learner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(each.reference, f"{each}{_place(each)}") for each in candidates]
        self.fields["learner"].choices = [*people, (NOBODY, _("None of these"))]  # type: ignore[attr-defined]


def _place(learner: Any) -> str:
    """Where they were last, to tell people of one name apart."""
    if (entry := learner.last_place) is None:
        return ""
    told = {"school": entry.school, "year_group": entry.year_group, "tutor_group": entry.tutor_group}
    return gettext(", %(school)s, Year %(year_group)s %(tutor_group)s") % told

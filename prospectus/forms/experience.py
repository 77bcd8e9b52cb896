from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm, Radios
from prospectus.forms.desk import MomentField
from prospectus.models import Course, ExperienceKind, ExperienceRequirement, ExperienceScope


class ExperienceForm(PortalForm):
    """What somebody has to have tried before applying for a course."""

    submit = _("Save")

    as_of = MomentField()
    is_required = forms.TypedChoiceField(
        label=_("Must learners have tried something first?"),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        coerce=lambda value: value == "yes",
        widget=Radios,
        error_messages={"required": _("Choose yes or no")},
    )
    kind = forms.ChoiceField(
        label=_("What?"),
        required=False,
        choices=[("", _("Any taster, visit or work experience")), *ExperienceKind.choices],
        widget=Radios,
    )
    scope = forms.ChoiceField(
        label=_("Which ones count?"), choices=ExperienceScope.choices, initial=ExperienceScope.COURSE, widget=Radios
    )
    must_be_validated = forms.BooleanField(
        label=_("They also write about it in their plan, and an adult validates that"), required=False
    )

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = ExperienceRequirement.objects.filter(course=course).first()
        self.initial |= {"as_of": course.changed_at.isoformat(), "is_required": "yes" if held else "no"}
        if held is not None:
            self.initial |= {
                "kind": held.kind, "scope": held.scope, "must_be_validated": held.must_be_validated,
            }  # fmt: skip

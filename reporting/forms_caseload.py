"""What an adviser asks their caseload, and says of a learner from its row."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from core import clock
from core.forms import DateField, LongText, PortalForm
from core.layout import Question
from core.references import new_reference
from ilp.models import ContactKind, NextWho
from providers.models import StaffRole
from reporting.forms import LearnerFilterForm
from reporting.queries.caseload import NOBODY, CaseloadOptions
from reporting.queries.reasons import Reason


class CaseloadFilterForm(LearnerFilterForm):
    """The same for an adviser's own: by reason, year and level of need, too."""

    reason = forms.ChoiceField(label=_("Reason"), required=False)
    year_group = forms.ChoiceField(label=_("Year"), required=False)
    need = forms.ChoiceField(label=_("Level of need"), required=False)

    def __init__(self, *args: Any, options: CaseloadOptions, reasons: list[Reason], **kwargs: Any) -> None:
        super().__init__(*args, schools=options.schools, tutor_groups=options.tutor_groups, **kwargs)
        here = [(reason.key, reason.words) for reason in reasons]
        self.fields["reason"].choices = [("", gettext("Any, or none")), *here, (NOBODY, gettext("None today"))]  # type: ignore[attr-defined]
        years = [(str(year), str(year)) for year in options.year_groups]
        self.fields["year_group"].choices = [("", gettext("All years")), *years]  # type: ignore[attr-defined]
        self.fields["need"].choices = [("", gettext("Any")), *options.needs]  # type: ignore[attr-defined]


class QuickContactForm(PortalForm):
    """A contact from the row of a caseload: today, and how is said by the button. What comes next, if anything does."""

    note = forms.CharField(
        label=_("What was said? You do not have to say."),
        required=False,
        max_length=4000,
        widget=LongText(attrs={"rows": 2}),
    )
    next_step = forms.CharField(label=_("What comes next (if anything does)"), required=False, max_length=200)
    next_who = forms.ChoiceField(label=_("Who does it"), choices=NextWho, required=False)
    next_in = forms.TypedChoiceField(
        label=_("By when"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            ("", _("No day")),
            (1, _("The next working day")),
            (3, _("In 3 working days")),
            (5, _("In a week")),
            (10, _("In 2 weeks")),
            (20, _("In 4 weeks")),
        ],
    )
    once = forms.SlugField(max_length=12, widget=forms.HiddenInput, required=False, initial=new_reference)
    kind = forms.ChoiceField(choices=ContactKind, error_messages={"required": _("Choose how you were in touch")})


class HandOverForm(PortalForm):
    """To whom the picked learners go, and from which day."""

    submit = _("Hand over")
    layout = ("learner", "to", Question("on", legend_size="s"))

    learner = forms.Field(widget=forms.MultipleHiddenInput, required=False)
    to = forms.ChoiceField(label=_("Who takes over?"), error_messages={"required": _("Choose who takes over")})
    on = DateField(
        label=_("From which day?"),
        what=_("day"),
        help_text=_("Whoever has them now has them until the day before"),
        initial=clock.today,
        error_messages={"required": _("Enter the day")},
    )

    def __init__(self, *args: Any, learners: Sequence[Learner], colleagues: Sequence[StaffRole], **kwargs: Any) -> None:
        super().__init__(*args, initial={"learner": [learner.reference for learner in learners]}, **kwargs)
        self.colleagues = {role.reference: role for role in colleagues}
        people = [(role.reference, str(role.user)) for role in colleagues]
        self.fields["to"].choices = [("", gettext("Choose")), *people]  # type: ignore[attr-defined]

    def clean_to(self) -> StaffRole:
        return self.colleagues[self.cleaned_data["to"]]

"""Who stands in for whom, who is on duty, and who takes over what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import Checkboxes, DateField, PortalForm
from core.layout import Question
from providers.models import Organisation, StaffRole

Roles = Sequence[StaffRole]


def _people(roles: Roles) -> list[tuple[str, str]]:
    return [(role.reference, str(role.user)) for role in roles]


class _DaysForm(PortalForm):
    started_on = DateField(
        label=_("First day"), what=_("first day"), error_messages={"required": _("Enter the first day")}
    )
    ended_on = DateField(
        label=_("Last day"),
        what=_("last day"),
        help_text=_("What they see ends with this day"),
        error_messages={"required": _("Enter the last day")},
    )


class CoverForm(PortalForm):
    """Who stands in from now on."""

    submit = _("Save")

    cover = forms.ChoiceField(
        label=_("Who stands in?"),
        help_text=_("They see the whole caseload and do everything for it on these days"),
        required=False,
    )

    def __init__(self, *args: Any, colleagues: Roles, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {role.reference: role for role in colleagues}
        self.fields["cover"].choices = [("", gettext("Nobody yet")), *_people(colleagues)]  # type: ignore[attr-defined]

    def clean_cover(self) -> StaffRole | None:
        return self.colleagues.get(self.cleaned_data["cover"])


class AbsenceForm(CoverForm, _DaysForm):
    """From when until when somebody is away, and who stands in."""

    layout = (Question("started_on", legend_size="s"), Question("ended_on", legend_size="s"), "cover")


class DutyForm(_DaysForm):
    """Who looks after whoever has nobody, from when until when."""

    submit = _("Save")
    layout = ("adviser", Question("started_on", legend_size="s"), Question("ended_on", legend_size="s"))

    adviser = forms.ChoiceField(label=_("Who is on duty?"), error_messages={"required": _("Choose an adviser")})

    def __init__(self, *args: Any, advisers: Roles, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.advisers = {role.reference: role for role in advisers}
        self.fields["adviser"].choices = [("", gettext("Choose")), *_people(advisers)]  # type: ignore[attr-defined]

    def clean_adviser(self) -> StaffRole:
        return self.advisers[self.cleaned_data["adviser"]]


class _HandOverForm(PortalForm):
    to = forms.ChoiceField(label=_("Who takes over?"), error_messages={"required": _("Choose who takes over")})
    on = DateField(
        label=_("From which day?"),
        what=_("day"),
        help_text=_("Whoever has them now has them until the day before"),
        initial=clock.today,
        error_messages={"required": _("Enter the day")},
    )

    def _offer(self, advisers: Roles) -> None:
        self.advisers = {role.reference: role for role in advisers}
        self.fields["to"].choices = [("", gettext("Choose")), *_people(advisers)]  # type: ignore[attr-defined]

    def clean_to(self) -> StaffRole:
        return self.advisers[self.cleaned_data["to"]]


class HandOverSchoolsForm(_HandOverForm):
    """Schools, to whom, from when."""

    submit = _("Hand over")
    layout = ("schools", "to", Question("on", legend_size="s"))

    schools = forms.MultipleChoiceField(
        label=_("Which schools?"), widget=Checkboxes(), error_messages={"required": _("Choose at least one school")}
    )

    def __init__(self, *args: Any, schools: Sequence[Organisation], advisers: Roles, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {school.reference: school for school in schools}
        self.fields["schools"].choices = [(school.reference, school.name) for school in schools]  # type: ignore[attr-defined]
        self._offer(advisers)

    def clean_schools(self) -> list[Organisation]:
        return [self.offered[reference] for reference in self.cleaned_data["schools"]]


class HandOverLearnerForm(_HandOverForm):
    """To whom, from when."""

    submit = _("Hand over")
    layout = ("to", Question("on", legend_size="s"))

    def __init__(self, *args: Any, advisers: Roles, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer(advisers)

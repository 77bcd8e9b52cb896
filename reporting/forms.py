from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, PortalForm, Radios
from reporting.exports import FORMATS, formats_of
from reporting.queries.cohort_choices import cohort_choices
from reporting.queries.cohort_figures import breakdowns_for
from reporting.queries.cohorts import Cohort, unaskable
from reporting.queries.destinations import leaving_years
from reporting.queries.lights import Light
from reporting.queries.readers import Basis, Reader
from reporting.queries.reports import Report, Scope, asked_of
from reporting.queries.schedules import WHEN
from reporting.queries.take_up import YEAR_GROUPS
from reporting.queries.taken import LASTS, WHAT

WORKING_DAYS = _("If nobody works on that day, it comes on the next working day.")


class LearnerFilterForm(PortalForm):
    """Filters of a list of learners. Every state of it but the name is a plain address."""

    submit = _("Show")

    name = forms.CharField(label=_("Name"), required=False, max_length=80)
    school = forms.ChoiceField(label=_("School"), required=False)
    tutor_group = forms.ChoiceField(label=_("Tutor group"), required=False)
    light = forms.ChoiceField(label=_("Guarantee"), required=False, choices=[("", _("Any")), *Light.choices])

    def __init__(self, *args: Any, schools: list[tuple[str, str]], tutor_groups: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].choices = [("", gettext("All schools")), *schools]  # type: ignore[attr-defined]
        self.fields["tutor_group"].choices = [("", gettext("All groups")), *((g, g) for g in tutor_groups)]  # type: ignore[attr-defined]

    def answers(self) -> dict[str, str]:
        """What was chosen; a value that is not on offer counts as not chosen."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class CohortForm(PortalForm):
    """Which cohort, and a line for each of what. Every state of it is a plain address; nothing in it names anybody."""

    basis = forms.ChoiceField(label=_("Count learners"), required=False, choices=Basis.choices)
    year_group = forms.ChoiceField(label=_("Year group"), required=False)
    school = forms.ChoiceField(label=_("School"), required=False)
    tutor_group = forms.ChoiceField(label=_("Tutor group"), required=False)
    looked_after = forms.ChoiceField(label=_("In care"), required=False)
    sen = forms.ChoiceField(label=_("Special educational needs"), required=False)
    ethnicity = forms.ChoiceField(label=_("Ethnicity"), required=False)
    need = forms.ChoiceField(label=_("Level of need"), required=False)
    provider = forms.ChoiceField(label=_("Has applied to"), required=False)
    subject = forms.ChoiceField(label=_("Has applied for"), required=False)
    by = forms.ChoiceField(label=_("A line for each"), required=False)

    main = ("basis", "year_group", "school", "tutor_group", "by")
    more = ("looked_after", "sen", "ethnicity", "need", "provider", "subject")

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        for name, choices in cohort_choices(reader).items():
            unsaid = _("Nothing") if name == "by" else _("Any")
            self.fields[name].choices = [("", unsaid), *choices]  # type: ignore[attr-defined]

    @property
    def main_fields(self) -> list[Any]:
        return [self[name] for name in self.main]

    @property
    def more_fields(self) -> list[Any]:
        return [self[name] for name in self.more]

    @property
    def has_more(self) -> bool:
        return any(self.answers()[name] for name in self.more)

    def answers(self) -> dict[str, str]:
        """What was chosen; a value that is not on offer, or not of these learners, counts as not chosen."""
        chosen = self._chosen()
        return chosen | dict.fromkeys(unaskable(self.reader, _cohort_of(chosen)), "")

    def _chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

    @property
    def cohort(self) -> Cohort:
        return _cohort_of(self.answers())

    @property
    def needs_year(self) -> bool:
        """Something was chosen that is for the years of which this person may know it of each learner."""
        by = self._chosen()["by"]
        return self.answers() != self._chosen() or (bool(by) and by not in breakdowns_for(self.reader, self.cohort))

    def in_words(self) -> list[tuple[Any, Any]]:
        """What narrows the cohort: (what it is, its value), as the form says them."""
        said = self.answers()
        names = [name for name in (*self.main, *self.more) if name not in ("basis", "by") and said[name]]
        return [(self.fields[name].label, dict(self.fields[name].choices)[said[name]]) for name in names]  # type: ignore[attr-defined]


def _cohort_of(answers: dict[str, str]) -> Cohort:
    said = {name: answers[name] for name in Cohort._fields}
    return Cohort(**said | {"basis": said["basis"] or Basis.EDUCATED.value})


class YearGroupForm(PortalForm):
    """The year group that a table is about; Year 11 until somebody says another."""

    year_group = forms.ChoiceField(
        label=_("Year group"), required=False, choices=[(str(year), str(year)) for year in YEAR_GROUPS]
    )

    @property
    def chosen(self) -> int:
        """A value that is not on offer counts as not chosen."""
        said = self.cleaned_data.get("year_group", "") if self.is_valid() else ""
        return int(said or YEAR_GROUPS[0])


class DestinationForm(PortalForm):
    """Which leavers: of which summer, from which year group, of which school."""

    year = forms.ChoiceField(label=_("Left in the summer of"), required=False)
    year_group = forms.ChoiceField(
        label=_("From Year"), required=False, choices=[(str(year), str(year)) for year in YEAR_GROUPS]
    )
    school = forms.ChoiceField(label=_("School"), required=False)

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.years = leaving_years()
        self.schools = {school.reference: school for school in reader.schools.order_by("name", "pk")}
        self.fields["year"].choices = [(str(year), str(year)) for year in self.years]  # type: ignore[attr-defined]
        self.fields["school"].choices = [  # type: ignore[attr-defined]
            ("", gettext("All schools")),
            *((reference, school.name) for reference, school in self.schools.items()),
        ]

    @property
    def chosen(self) -> tuple[int, int, Any]:
        """The summer, the year group and the school or None; a value that is not on offer counts as not chosen."""
        self.is_valid()
        said = self.cleaned_data
        year, year_group = said.get("year") or self.years[0], said.get("year_group") or YEAR_GROUPS[0]
        return int(year), int(year_group), self.schools.get(said.get("school", ""))


class ReportForm(PortalForm):
    """What a report is asked for; the first value of each filter holds where nothing is chosen."""

    def __init__(self, *args: Any, report: Report, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report, self.scope = report, scope
        for each in report.filters:
            self.fields[each.name] = forms.ChoiceField(label=each.words, required=False, choices=each.values(scope))

    @cached_property
    def chosen(self) -> dict[str, str]:
        return asked_of(self.report, self.scope, self.data)

    @cached_property
    def said(self) -> list[tuple[str, str]]:
        """(filter, value) as people read them."""
        values = {name: dict(field.choices) for name, field in self.fields.items()}
        return [(str(self.fields[name].label), str(values[name].get(one, ""))) for name, one in self.chosen.items()]

    @property
    def address(self) -> str:
        """The page that shows it."""
        return f"{reverse('reporting:report', args=[self.report.name])}?{urlencode(self.chosen)}"

    @property
    def schedule_address(self) -> str:
        """Where one lets it come by itself."""
        return f"{reverse('reporting:report-schedule', args=[self.report.name])}?{urlencode(self.chosen)}"

    def file_address(self, form: str) -> str:
        """Where a file of this is asked for."""
        return f"{reverse('reporting:report-ask', args=[self.report.name, form])}?{urlencode(self.chosen)}"


class ScheduleForm(PortalForm):
    """When a report comes by itself, and how it is written."""

    submit = _("Let it come by itself")

    when = forms.ChoiceField(label=_("When"), choices=[*WHEN.items()], help_text=WORKING_DAYS)
    form = forms.ChoiceField(label=_("Kind of file"), widget=Radios(), initial="xlsx")

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [(name, FORMATS[name].words) for name in formats_of(report)]  # type: ignore[attr-defined]


class TakenForm(PortalForm):
    """Of what and since when files were taken."""

    what = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("Everything")), *WHAT.items()])
    last = forms.ChoiceField(label=_("In the last"), required=False, choices=[*LASTS.items()])

    @property
    def chosen(self) -> tuple[str, int]:
        """What, and of how many days; a value that is not on offer counts as not chosen."""
        self.is_valid()
        return self.cleaned_data.get("what", ""), int(self.cleaned_data.get("last") or next(iter(LASTS)))


class LeadField(forms.ModelChoiceField):
    """A colleague, in the role they lead a cohort in."""

    def label_from_instance(self, role: Any) -> str:
        return str(role.user)


class SavedCohortForm(PortalForm):
    """What a cohort is called, whose it is to look after, and until when it is followed."""

    submit = _("Save")

    name = forms.CharField(label=_("Name"), help_text=_("Your colleagues see it. Name nobody in it."), max_length=80)
    lead = LeadField(label=_("Lead"), required=False, queryset=None, empty_label=_("Nobody yet"))
    until_on = DateField(label=_("Followed until"), required=False, help_text=_("Empty: until somebody ends it."))

    def __init__(self, *args: Any, leads: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = leads.order_by("user__name", "pk")  # type: ignore[attr-defined]

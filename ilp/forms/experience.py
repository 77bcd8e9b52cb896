"""Shapes of what is typed about things to try."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import Checkboxes, DateField, LongText, PortalForm
from core.layout import Fieldset
from ilp.models import AccessNeed, Experience
from prospectus.models import Course, ExperienceKind, Subject
from providers.models import Organisation, OrganisationKind, Site

YEARS = [(str(year), _("Year %(year)s") % {"year": year}) for year in range(7, 14)]
OWN_ONLY = (OrganisationKind.SCHOOL, OrganisationKind.ADVICE_SERVICE)


def _time(label: Any, hint: Any, missing: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=hint,
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages={"required": missing, "invalid": _("Enter a time like 14:30")},
    )


class ExperienceForm(PortalForm):
    """Something learners can try: what, who for, where, when, how many."""

    submit = _("Save")
    parts = (
        (_("What it is"), ("kind", "title", "what", "course", "subject")),
        (_("When and where"), ("starts_on", "begins", "ends", "ends_on", "is_in_school_time", "site", "place")),
        (_("Who for"), ("first_year_group", "last_year_group", "is_own_only", "places", "closes_on")),
        (_("What learners want to know"), ("bring", "access", "contact")),
    )

    kind = forms.ChoiceField(
        label=_("What sort of thing is it?"),
        choices=[("", _("Choose")), *ExperienceKind.choices],
        error_messages={"required": _("Choose what sort of thing it is")},
    )
    title = forms.CharField(
        label=_("Name"),
        help_text=_("For example, A morning in the motor vehicle workshop"),
        max_length=120,
        error_messages={"required": _("Give it a name")},
    )
    what = forms.CharField(
        label=_("What do learners do there?"),
        max_length=2000,
        widget=LongText(attrs={"rows": 5}),
        error_messages={"required": _("Say in a few sentences what learners do there")},
    )
    course = forms.ChoiceField(
        label=_("Which of your courses is it a taste of?"),
        help_text=_("It is then shown on the page of that course, too."),
        required=False,
    )
    subject = forms.ChoiceField(label=_("Subject"), required=False)
    starts_on = DateField(
        label=_("Day"),
        what=_("day"),
        help_text=_("For example, 4 12 2026"),
        error_messages={"required": _("Enter the day")},
    )
    begins = _time(_("It begins at"), _("For example, 13:00"), _("Enter when it begins"))
    ends = _time(_("It ends at"), _("For example, 15:30"), _("Enter when it ends"))
    ends_on = DateField(
        label=_("Last day, if it is more than one"), what=_("last day"), required=False, help_text=_("Empty: one day.")
    )
    is_in_school_time = forms.BooleanField(
        label=_("It is in school time: a learner’s school has to say yes"), required=False
    )
    site = forms.ChoiceField(label=_("Which of your sites?"), required=False)
    place = forms.CharField(
        label=_("Where, if it is at no site of yours"), max_length=200, required=False,
        help_text=_("Place, street and postcode"),
    )  # fmt: skip
    first_year_group = forms.TypedChoiceField(label=_("From which year group?"), choices=YEARS, coerce=int)
    last_year_group = forms.TypedChoiceField(label=_("Up to which year group?"), choices=YEARS, coerce=int)
    is_own_only = forms.BooleanField(label=_("Only for the learners we look after"), required=False)
    places = forms.IntegerField(
        label=_("How many places?"),
        min_value=1,
        max_value=500,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={"required": _("Enter how many places there are")},
    )
    closes_on = DateField(
        label=_("Last day to book"), what=_("last day to book"), required=False, help_text=_("Empty: until it begins.")
    )
    bring = forms.CharField(
        label=_("What to bring and to wear"), max_length=300, required=False, help_text=_("For example, flat shoes")
    )
    access = forms.CharField(
        label=_("Getting in and taking part"), max_length=300, required=False,
        help_text=_("For example, steps, toilets, a quiet room, signing"),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Whom to ask, and how"), max_length=200, required=False, help_text=_("Everybody can read this.")
    )

    def __init__(
        self, *args: Any, organisation: Organisation, experience: Experience | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.courses = {
            one.reference: one
            for one in Course.objects.filter(provider=organisation, state="published").order_by("title", "pk")
        }
        self.sites = {
            one.reference: one for one in Site.objects.filter(organisation=organisation, ended_on=None).order_by("name")
        }
        self.subjects = {one.code: one for one in Subject.objects.filter(parent=None)}
        if experience is not None:
            # What it is a taste of stays so, although nobody could choose it today.
            for things, key, one in (
                (self.courses, "reference", experience.course),
                (self.sites, "reference", experience.site),
                (self.subjects, "code", experience.subject),
            ):
                if one is not None:
                    things.setdefault(getattr(one, key), one)
        for name, things in (("course", self.courses), ("site", self.sites), ("subject", self.subjects)):
            if things:
                self.fields[name].choices = [("", gettext("None")), *((key, str(one)) for key, one in things.items())]
            else:
                del self.fields[name]
        if organisation.kind not in OWN_ONLY:
            del self.fields["is_own_only"]
        self.layout = [
            Fieldset(heading, *(name for name in names if name in self.fields)) for heading, names in self.parts
        ]
        self.initial = {"first_year_group": 9, "last_year_group": 13} | self.initial
        if experience is not None:
            self.initial |= _said(experience)

    def facts(self) -> dict[str, Any]:
        """The columns of an experience."""
        said = self.cleaned_data
        starts_on, ends_on = said["starts_on"], said["ends_on"] or said["starts_on"]
        plain = {
            name: said[name]
            for name in (
                "kind", "title", "what", "first_year_group", "last_year_group", "is_in_school_time", "places",
                "closes_on", "bring", "access", "contact", "place",
            )
        }  # fmt: skip
        course = self.courses.get(said.get("course", ""))
        subject = self.subjects.get(said.get("subject", ""))
        if subject is None and course is not None and course.subject is not None:
            subject = course.subject.parent or course.subject
        return plain | {
            "course": course,
            "subject": subject,
            "site": self.sites.get(said.get("site", "")),
            "is_own_only": said.get("is_own_only", False),
            "starts_at": timezone.make_aware(dt.datetime.combine(starts_on, said["begins"])),
            "ends_at": timezone.make_aware(dt.datetime.combine(ends_on, said["ends"])),
        }


def _said(experience: Experience) -> dict[str, Any]:
    begins, ends = timezone.localtime(experience.starts_at), timezone.localtime(experience.ends_at)
    names = (
        "kind", "title", "what", "first_year_group", "last_year_group", "is_own_only", "is_in_school_time", "places",
        "closes_on", "bring", "access", "contact", "place",
    )  # fmt: skip
    return {name: getattr(experience, name) for name in names} | {
        "course": experience.course.reference if experience.course else "",
        "site": experience.site.reference if experience.site else "",
        "subject": experience.subject_id or "",
        "starts_on": begins.date(),
        "begins": begins.time(),
        "ends": ends.time(),
        "ends_on": ends.date() if ends.date() != begins.date() else None,
    }


class CancelExperienceForm(PortalForm):
    submit = _("Cancel it and tell everybody")
    submit_colour = "warning"

    why = forms.CharField(
        label=_("Why does it not take place?"),
        help_text=_("Everybody who booked reads this."),
        max_length=300,
        error_messages={"required": _("Say why, in a sentence")},
    )


class BookingForm(PortalForm):
    """What they should know so that the learner can take part; all of it is left out unless the learner ticks it."""

    access_needs = forms.MultipleChoiceField(
        label=_("Do you need any of these to take part?"),
        help_text=_("Only tick what you want them to know. It is removed a month later."),
        choices=AccessNeed.choices,
        required=False,
        widget=Checkboxes,
    )
    needs_words = forms.CharField(
        label=_("Anything else they should know?"),
        help_text=_("For example, an allergy. You can leave it empty."),
        max_length=200,
        required=False,
    )
    despite_clash = forms.BooleanField(label=_("I know. Book it all the same"), required=False)

    def __init__(self, *args: Any, submit: str, has_clash: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = submit
        if not has_clash:
            del self.fields["despite_clash"]


class AttendanceForm(forms.Form):
    """Came or did not come, for each booking: ``came-<reference>``."""

    def __init__(self, *args: Any, references: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for reference in references:
            self.fields[f"came-{reference}"] = forms.ChoiceField(
                required=False, choices=[("", ""), ("yes", _("Came")), ("no", _("Did not come"))]
            )

    def marks(self) -> dict[str, bool]:
        return {name.removeprefix("came-"): said == "yes" for name, said in self.cleaned_data.items() if said}


class ExperienceFilterForm(forms.Form):
    """Which things to try somebody looks for. What nobody could have chosen is left out."""

    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("All")), *ExperienceKind.choices])
    subject = forms.ChoiceField(label=_("Subject"), required=False)
    place = forms.CharField(label=_("Place or provider"), required=False, max_length=60)
    days = forms.ChoiceField(
        label=_("When"),
        required=False,
        choices=[("", _("Any day")), ("7", _("In the next 7 days")), ("31", _("In the next month"))],
    )
    mine = forms.BooleanField(label=_("Only for my year group"), required=False)

    def __init__(self, *args: Any, is_learner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        broad = Subject.objects.filter(parent=None)
        self.fields["subject"].choices = [("", _("All")), *((one.code, str(one)) for one in broad)]
        if not is_learner:
            del self.fields["mine"]


class BookingsFilterForm(forms.Form):
    """Which bookings of one's learners somebody looks at."""

    q = forms.CharField(label=_("Name"), required=False, max_length=60)
    only = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("What is to come")),
            ("waiting", _("On a waiting list")),
            ("unsaid", _("The school has to say yes")),
            ("missed", _("Were not there")),
            ("came", _("Were there")),
        ],
    )

from collections.abc import Mapping
from typing import Any, NamedTuple

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DATE_PARTS, DateField, LongText, PortalForm, Radios
from core.references import new_reference
from ilp.models import EntryKind


class Asked(NamedTuple):
    """How one kind of entry is asked for: the heading, and (label, hint) of each box; no label, no box."""

    heading: Any
    title: tuple[Any, Any] | None
    words: tuple[Any, Any]
    place: Any = ""
    from_on: Any = ""
    until_on: Any = ""


ASKED: Mapping[str, Asked] = {
    EntryKind.ABOUT: Asked(
        heading=_("About me"),
        title=None,
        words=(
            _("Tell us about yourself"),
            _("For example, what matters to you and what a good day is like. Adults who help you will read it."),
        ),
    ),
    EntryKind.INTEREST: Asked(
        heading=_("Something I am interested in"),
        title=(_("What is it?"), _("For example, football, coding or looking after animals")),
        words=(_("What do you like about it?"), _("A sentence is enough.")),
    ),
    EntryKind.SKILL: Asked(
        heading=_("Something I am good at"),
        title=(_("What are you good at?"), _("For example, fixing bikes, listening or maths")),
        words=(_("When did you show it?"), _("Think of one time when it helped you or somebody else.")),
    ),
    EntryKind.AMBITION: Asked(
        heading=_("Something I want to do"),
        title=(_("What would you like to do?"), _("A job, a course or something in your life. It can change.")),
        words=(_("Why? What do you need to find out?"), ""),
    ),
    EntryKind.ACHIEVEMENT: Asked(
        heading=_("Something I have achieved"),
        title=(_("What was it?"), _("For example, a swimming badge, a part in a play or looking after a brother")),
        words=(_("How did you do it?"), ""),
        from_on=_("When was it?"),
    ),
    EntryKind.EXPERIENCE: Asked(
        heading=_("Something I have tried"),
        title=(_("What did you try?"), _("For example, a taster day, work experience or volunteering")),
        words=(_("What did you do, and what did you find out about yourself?"), ""),
        place=_("Where was it?"),
        from_on=_("When did it begin?"),
        until_on=_("When did it end, if it was more than a day?"),
    ),
    EntryKind.GOAL: Asked(
        heading=_("A goal"),
        title=(_("What do you want to reach?"), _("For example, a grade 5 in maths or a Saturday job")),
        words=(_("What is your first step?"), ""),
        until_on=_("By when?"),
    ),
    EntryKind.COURSE: Asked(
        heading=_("A course I am interested in"),
        title=None,
        words=(_("Why this course? What do you still want to know?"), ""),
    ),
    # Written on the page of each section.
    EntryKind.SECTION: Asked(heading=_("What I am asked"), title=None, words=("", "")),
    EntryKind.TRANSITION: Asked(heading=_("My transition plan"), title=None, words=("", "")),
    EntryKind.ASSESSMENT: Asked(heading=_("My learning-difficulty assessment"), title=None, words=("", "")),
}
COLUMNS = ("title", "words", "place", "from_on", "until_on", "is_reached")
LATER = "later"  # the button that keeps what is written without putting it into the plan


class EntryForm(PortalForm):
    """One thing in a plan. What kind it is says which boxes there are."""

    submit = _("Save in my plan")

    title = forms.CharField(max_length=120, error_messages={"required": _("Give it a short name")})
    words = forms.CharField(
        required=False,
        max_length=4000,
        widget=LongText(attrs={"rows": 6}),
        error_messages={"required": _("Write something about yourself")},
    )
    place = forms.CharField(required=False, max_length=120)
    from_on = DateField(required=False, what=_("date it began"))
    until_on = DateField(required=False, what=_("date it ends"))
    is_reached = forms.BooleanField(required=False, label=_("I have reached it"))
    draft = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, kind: str, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = ASKED[kind]
        if asked.title is None:
            del self.fields["title"]
        else:
            self.fields["title"].label, self.fields["title"].help_text = asked.title
        self.fields["words"].label, self.fields["words"].help_text = asked.words
        self.fields["words"].required = kind == EntryKind.ABOUT
        for name in ("place", "from_on", "until_on"):
            label = getattr(asked, name)
            if label:
                self.fields[name].label = label
            else:
                del self.fields[name]
        if kind != EntryKind.GOAL or is_new:
            del self.fields["is_reached"]
        self.fields["draft"].initial = self.fields["draft"].initial or new_reference()

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_id = "entry-form"  # the button that keeps a draft stands outside the form
        return helper

    def answers(self) -> dict[str, Any]:
        """The columns of a revision that this form asks for."""
        return {name: self.cleaned_data[name] for name in COLUMNS if name in self.cleaned_data}

    @staticmethod
    def typed_names() -> set[str]:
        """The names of the boxes; a date has three."""
        dates = {f"{name}_{part}" for name in ("from_on", "until_on") for part in DATE_PARTS}
        return {"title", "words", "place", "is_reached"} | dates

    @staticmethod
    def typed(answers: Mapping[str, str]) -> dict[str, Any]:
        """What a draft kept, as this form's first values; the three boxes of a date stay as they were typed."""
        first: dict[str, Any] = dict(answers)
        for name in ("from_on", "until_on"):
            boxes = [answers.get(f"{name}_{part}", "") for part in DATE_PARTS]
            if any(boxes):
                first[name] = boxes
        return first


class WriteUpForm(EntryForm):
    """What was tried, from a booking: which one is kept with the draft."""

    booking = forms.SlugField(max_length=12, widget=forms.HiddenInput)


class ReplyForm(PortalForm):
    submit = _("Send my answer")

    words = forms.CharField(
        label=_("Your answer"),
        max_length=2000,
        widget=LongText(attrs={"rows": 4}),
        error_messages={"required": _("Write your answer")},
    )


class PickCourseForm(PortalForm):
    """One of the courses on somebody's shortlist."""

    submit = _("Go on")

    course = forms.ChoiceField(
        label=_("Which course?"), widget=Radios, error_messages={"required": _("Choose a course from your shortlist")}
    )

    def __init__(self, *args: Any, courses: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].choices = courses


class PlanRuleForm(PortalForm):
    """Who may have a plan in an area."""

    submit = _("Save")

    first_year_group = forms.IntegerField(
        label=_("From which year group?"),
        min_value=7,
        max_value=13,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
        error_messages={"required": _("Enter a year group from 7 to 13")},
    )
    last_age = forms.IntegerField(
        label=_("Up to which age?"),
        help_text=_("Until the day before the next birthday. For example, 19"),
        min_value=16,
        max_value=25,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
        error_messages={"required": _("Enter an age from 16 to 25")},
    )
    last_age_with_assessment = forms.IntegerField(
        label=_("Up to which age with an education, health and care plan or a statement?"),
        help_text=_("For example, 25"),
        min_value=16,
        max_value=25,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
        error_messages={"required": _("Enter an age from 16 to 25")},
    )


class PlanFilterForm(forms.Form):
    """Whose plans a tutor looks at."""

    q = forms.CharField(label=_("Name"), required=False, max_length=80)
    year_group = forms.ChoiceField(label=_("Year group"), required=False)
    tutor_group = forms.ChoiceField(label=_("Tutor group"), required=False)

    def __init__(self, *args: Any, year_groups: list[int], tutor_groups: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year_group"].choices = [("", _("All")), *((str(year), str(year)) for year in year_groups)]
        self.fields["tutor_group"].choices = [("", _("All")), *((group, group) for group in tutor_groups)]

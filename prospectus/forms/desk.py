"""Shapes of what a provider's editors type about a course. What may be published is a rule, and lives in an action."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import Checkboxes, LongText, PortalForm, Radios, plain_lines
from core.layout import Question
from prospectus import checks
from prospectus.actions.changing import NotReady
from prospectus.models import Course, Level, ProvisionKind, QualificationType, Stage, Subject
from prospectus.typed import as_typed, from_typed
from providers.models import Organisation

WIDE, MIDDLE, NARROW = ({"class": f"govuk-input--width-{width}"} for width in (30, 20, 5))
NONE_OF_THEM = _("None, or not in this list")
HOW_TO_TYPE = _("Leave an empty line between paragraphs. Start a line with - for a list.")


class MomentField(forms.CharField):
    """When the thing was last saved, as this person's page knew it; travels with the form."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> dt.datetime | None:
        try:
            return dt.datetime.fromisoformat(str(value))
        except ValueError:
            raise ValidationError(gettext("Open this page again, then change what you want to change.")) from None


class CheckedField(forms.CharField):
    """A line of text that one of the checks reads, the same that every import asks."""

    def __init__(self, check: Callable[[str], Any], **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.check = check

    def clean(self, value: Any) -> Any:
        return self.check(super().clean(value))


class WordsField(forms.CharField):
    """Cleaned HTML, typed as plain lines."""

    def __init__(self, *, label: str, hint: str, rows: int = 8) -> None:
        super().__init__(
            label=label,
            required=False,
            max_length=20_000,
            help_text=f"{hint} {HOW_TO_TYPE}",
            widget=LongText(attrs={"rows": rows}),
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _lines(initial or "") != _lines(data or "")


def _lines(text: str) -> str:
    """Browsers send other ends of lines than we keep."""
    return plain_lines(text).strip()


class SavedForm(PortalForm):
    """A form about something that somebody else may save meanwhile, and that everybody may see already."""

    as_of = MomentField()

    def add_error(self, field: str | None, error: Any) -> None:
        """What may not be lost is said beside its box, where the form has it, and above the form where it has not."""
        if not isinstance(error, NotReady):
            super().add_error(field, error)
            return
        for failing in error.failings:
            super().add_error(failing.field if failing.field in self.fields else None, failing.sentence)

    def differences(self) -> list[tuple[str, str, str]]:
        """Where what was typed is not what is saved: the label, what is saved, what was typed."""
        names = (name for name in self.changed_data if name != "as_of")
        return [
            (self.fields[name].label, self._said(name, self.initial.get(name)), self._said(name, self[name].value()))
            for name in names
        ]

    def _said(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, dt.date):
            return f"{value.day} {value.month} {value.year}"
        values = value if isinstance(value, list) else [value]
        if choices := getattr(self.fields[name], "choices", None):
            words = {str(code): str(said) for code, said in _flat(choices)}
            return ", ".join(words.get(str(each or ""), "") for each in values)
        return " ".join(str(each) for each in values if each not in (None, ""))


class SectionForm(SavedForm):
    """One part of a course. Nothing has to be there: a draft may lack anything."""

    submit = _("Save and go on")

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        self.course = course
        initial = {"as_of": course.changed_at.isoformat()}
        for name, field in self.base_fields.items():
            if name != "as_of":
                value = getattr(course, name)
                initial[name] = as_typed(value) if isinstance(field, WordsField) else getattr(value, "pk", value)
        super().__init__(*args, initial=initial, **kwargs)

    def values(self) -> dict[str, Any]:
        """What to save, by name of field. Words nobody touched stay exactly as they are, marks and all."""
        changed = ((name, self.cleaned_data[name]) for name in self.changed_data if name != "as_of")
        return {
            name: from_typed(value) if isinstance(self.fields[name], WordsField) else value for name, value in changed
        }


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for value, words in choices:
        if isinstance(words, (list, tuple)):
            yield from words
        else:
            yield value, words


class BasicsForm(SectionForm):
    layout = [
        Question("title", label_size="s"),
        Question("summary", label_size="s", max_characters=300),
        Question("kind", legend_size="s"),
        Question("stage", legend_size="s"),
        Question("provider_reference", label_size="s"),
    ]

    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=255,
        help_text=_("As learners would say it: “Plumbing Level 2”, “A level Biology”."),
    )
    summary = forms.CharField(
        label=_("In one or two sentences"),
        required=False,
        max_length=600,
        help_text=_("Learners read this first, in lists of courses."),
        widget=LongText(attrs={"rows": 3}),
    )
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=ProvisionKind.choices,
        widget=Radios(small=True),
        error_messages={"required": _("Choose what it is")},
    )
    stage = forms.ChoiceField(
        label=_("Who it is for"),
        choices=Stage.choices,
        widget=Radios(small=True),
        error_messages={"required": _("Choose who it is for")},
    )
    provider_reference = forms.CharField(
        label=_("Your own code for it"),
        required=False,
        max_length=255,
        help_text=_("Uploads and feeds know the course by this code. Leave it empty and the course has one of ours."),
        widget=forms.TextInput(attrs=MIDDLE),
    )


class QualificationForm(SectionForm):
    layout = [
        Question("subject", label_size="s"),
        Question("levels", legend_size="s"),
        Question("level_text", label_size="s"),
        Question("qualification_type", label_size="s"),
        Question("qualification_title", label_size="s"),
        Question("awarding_organisation", label_size="s"),
    ]

    subject = forms.ChoiceField(label=_("Subject"), required=False, help_text=_("The one that fits best."))
    levels = forms.MultipleChoiceField(
        label=_("Level"),
        required=False,
        help_text=_("Tick more than one if it spans several."),
        widget=Checkboxes(small=True),
    )
    level_text = forms.CharField(
        label=_("The level in your own words"),
        required=False,
        max_length=120,
        help_text=_("Only if the level alone does not say it."),
        widget=forms.TextInput(attrs=MIDDLE),
    )
    qualification_type = forms.ChoiceField(
        label=_("Kind of qualification"), required=False, help_text=_("Leave it empty if it leads to none.")
    )
    qualification_title = forms.CharField(
        label=_("Full title of the qualification"),
        required=False,
        max_length=255,
        help_text=_("As it is on the certificate."),
    )
    awarding_organisation = forms.CharField(
        label=_("Awarded by"), required=False, max_length=160, widget=forms.TextInput(attrs=MIDDLE)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = subject_choices()
        self.fields["levels"].choices = level_choices(self.course)
        self.fields["qualification_type"].choices = type_choices()

    def clean_subject(self) -> Subject | None:
        code = self.cleaned_data["subject"]
        return Subject.objects.get(pk=code) if code else None

    def clean_qualification_type(self) -> QualificationType | None:
        code = self.cleaned_data["qualification_type"]
        return QualificationType.objects.get(pk=code) if code else None

    def clean_levels(self) -> list[str]:
        return clean_levels(self.cleaned_data["levels"])


class LearningForm(SectionForm):
    layout = [
        *(Question(name, label_size="s") for name in ("what_you_do", "how_assessed", "who_it_is_for", "leads_to")),
    ]

    what_you_do = WordsField(
        label=_("What you do"), hint=_("What learners do and make, week by week. Say “you”."), rows=10
    )
    how_assessed = WordsField(label=_("How you are assessed"), hint=_("Exams, coursework, a practical test?"), rows=5)
    who_it_is_for = WordsField(label=_("Who it is for"), hint=_("What sort of person enjoys it?"), rows=5)
    leads_to = WordsField(label=_("What it can lead to"), hint=_("Jobs and courses that people go on to."), rows=5)


class EntryForm(SectionForm):
    layout = [Question("entry_requirements", label_size="s")]

    entry_requirements = WordsField(
        label=_("What you need to get in"),
        hint=_("If nothing is needed, say that. You can give grades one by one on the next page."),
    )


class FindingForm(SectionForm):
    submit = _("Save")
    layout = [
        Question("costs_and_help", label_size="s"),
        Question("website", label_size="s"),
        Question("search_words", label_size="s"),
    ]

    costs_and_help = WordsField(
        label=_("Costs and help with money"),
        hint=_("Kit, trips, bursaries, travel. The price of each date has its own box."),
    )
    website = CheckedField(
        checks.check_web_address, label=_("Its page on your own site"), help_text=_("Like https://www.example.org/page")
    )
    search_words = forms.CharField(
        label=_("Further words to find it by"),
        required=False,
        max_length=2000,
        help_text=_("Words learners might type that are nowhere else here, such as “boilers” or “wash and blow-dry”."),
        widget=LongText(attrs={"rows": 3}),
    )


class NewCourseForm(PortalForm):
    """A course begins with a title. Everything else can wait."""

    submit = _("Save the draft and go on")

    provider = forms.ChoiceField(
        label=_("For which provider?"), widget=Radios, error_messages={"required": _("Choose the provider")}
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=255,
        help_text=_("As learners would say it: “Plumbing Level 2”, “A level Biology”."),
        error_messages={"required": _("Write a title")},
    )
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=ProvisionKind.choices,
        initial=ProvisionKind.COURSE,
        widget=Radios(small=True),
        error_messages={"required": _("Choose what it is")},
    )
    stage = forms.ChoiceField(
        label=_("Who it is for"),
        choices=Stage.choices,
        initial=Stage.POST_16,
        widget=Radios(small=True),
        error_messages={"required": _("Choose who it is for")},
    )

    def __init__(self, *args: Any, providers: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {provider.reference: provider for provider in providers}
        self.fields["provider"].choices = [(reference, str(each)) for reference, each in self.providers.items()]
        if len(providers) == 1:
            self.initial["provider"] = providers[0].reference
            self.fields["provider"].widget = forms.HiddenInput()

    def clean_provider(self) -> Organisation:
        return self.providers[self.cleaned_data["provider"]]


# --- what can be chosen


def clean_levels(codes: list[str]) -> list[str]:
    """In their order, the lowest first."""
    return sorted(codes, key="E12345678".index)


def subject_choices() -> list[Any]:
    """The narrow subjects under their broad ones; a broad one may be chosen too."""
    broad: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    for subject in Subject.objects.all():
        code = subject.parent_id or subject.code
        names.setdefault(code, str(subject))
        words = str(subject) if subject.parent_id else gettext("%(subject)s: all or other") % {"subject": subject}
        broad.setdefault(code, []).append((subject.code, words))
    return [("", gettext("Choose a subject")), *((names[code], parts) for code, parts in broad.items())]


def level_choices(course: Course) -> list[tuple[str, str]]:
    """The levels of the area's prospectus, and those the course has already."""
    highest = course.provider.area.highest_level
    return [
        (level.code, level.name)
        for level in Level.objects.all()
        if level.code in course.levels or level.code == "E" or int(level.code) <= highest
    ]


def type_choices(empty: Any = NONE_OF_THEM) -> list[Any]:
    """Kinds of qualification by family, those of today first."""
    families: dict[str, list[tuple[str, str]]] = {}
    for each in QualificationType.objects.order_by("-is_current", "family", "name"):
        family = gettext("No longer offered") if not each.is_current else capfirst(each.family.replace("_", " "))
        families.setdefault(family, []).append((each.code, each.name))
    return [("", empty), *families.items()]

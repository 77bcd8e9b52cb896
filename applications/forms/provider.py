"""What a provider sends about a choice. Rules are the actions' business."""

from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from applications.actions import Condition
from applications.forms.answers import SeenMixin
from applications.forms.fields import words_field
from applications.models import Choice, ConditionKind, ConditionState, RefusalReason
from applications.queries.conditions import condition_words
from applications.reasons import staff_choices
from core.forms import Checkboxes, DateField, PortalForm, Radios
from core.layout import Fieldset, Question
from prospectus.models import CourseRun


class RefuseForm(PortalForm):
    """A reason from the list and words, which may be read first as the learner reads them."""

    submit = _("Refuse")
    submit_colour = "warning"
    layout = [Question("reason", legend_size="m"), "words", "look"]

    reason = forms.ChoiceField(label=_("Why?"), widget=Radios, error_messages={"required": _("Choose a reason")})
    words = words_field(_("In your words"), hint=_("The learner reads this. Say what would help them next time."))
    look = forms.BooleanField(label=_("Show me first what the learner will read"), required=False)

    def __init__(
        self, *args: Any, verb: str = "refuse", submit: Any = "", is_for_many: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if is_for_many:  # their page is read over before it is confirmed anyway
            del self.fields["look"]
            self.layout = self.layout[:-1]
        self.fields["reason"].choices = staff_choices(verb)  # type: ignore[attr-defined]
        if verb != "refuse":  # an offer is taken back in words; the reason is for reports
            self.fields["reason"].required = False
        self.submit = submit or self.submit

    def clean_reason(self) -> str:
        return str(self.cleaned_data["reason"] or RefusalReason.OTHER)


class WithdrawForLearnerForm(SeenMixin, PortalForm):
    """Why the learner leaves, as they told the provider."""

    submit = _("Withdraw for the learner")
    submit_colour = "warning"
    layout = [Question("reason", legend_size="m"), "words", "seen"]

    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=staff_choices("withdraw"),
        widget=Radios,
        error_messages={"required": _("Choose what the learner told you")},
    )
    words = words_field(_("In their words"), hint=_("The learner reads this."), rows=3)


class _ConditionRows(PortalForm):
    """Conditions in rows: as many as there are, and at least three; an empty row is no condition."""

    ROWS = 3

    def __init__(self, *args: Any, conditions: list[Condition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = range(1, max(self.ROWS, len(conditions) + 1) + 1)
        for row in self.rows:
            given = conditions[row - 1] if row <= len(conditions) else Condition(kind=ConditionKind.GRADE)
            self._add(row, given)
        self.layout = [
            Fieldset(gettext("Condition %(row)s") % {"row": row}, *(f"{name}_{row}" for name in (*_NAMES, "text")))
            for row in self.rows
        ]

    def _add(self, row: int, given: Condition) -> None:
        self.fields[f"kind_{row}"] = forms.ChoiceField(
            label=gettext("Kind"), choices=ConditionKind.choices, initial=given.kind, required=False
        )
        for name, label, length, width in (
            ("subject", gettext("Subject of a grade"), 80, 20),
            ("grade", gettext("Grade"), 20, 5),
        ):
            self.fields[f"{name}_{row}"] = forms.CharField(
                label=label,
                max_length=length,
                required=False,
                initial=getattr(given, name),
                widget=forms.TextInput(attrs={"class": f"govuk-input--width-{width}"}),
            )
        self.fields[f"number_{row}"] = forms.IntegerField(
            label=gettext("How many grades, or percent of days"),
            min_value=1,
            max_value=100,
            required=False,
            initial=given.number,
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        )
        # Words that were made from the rest are made anew: changing the grade changes them.
        made = condition_words(given._replace(text=""))
        self.fields[f"text_{row}"] = forms.CharField(
            label=gettext("In words"),
            max_length=200,
            initial="" if given.text == made else given.text,
            required=False,
            help_text=self._example(row),
        )

    @staticmethod
    def _example(row: int) -> str:
        return (
            gettext("For example: Grade 4 or above in English. Leave empty and we write it from the rest.")
            if row == 1
            else gettext("Leave all empty for none.")
        )

    @property
    def conditions(self) -> list[Condition]:
        """What was said, row by row; a row that says nothing is none."""
        found = []
        for row in self.rows:
            said = {name: self.cleaned_data.get(f"{name}_{row}") for name in (*_NAMES, "text")}
            kind = said["kind"] or ConditionKind.OTHER
            one = Condition(kind, said["text"].strip(), said["subject"].strip(), said["grade"].strip(), said["number"])
            # A reference needs no more than its kind; any other row begins with a kind and says nothing by it.
            if any(one[1:]) or kind == ConditionKind.REFERENCE:
                found.append(one)
        return found


_NAMES = ("kind", "subject", "grade", "number")


class OfferForm(_ConditionRows):
    """Conditions, a date and words."""

    submit = _("Make this offer")

    answer_by_on = DateField(
        label=_("Answer by"),
        what=_("date to answer by"),
        help_text=_("The learner has until the end of this day."),
        error_messages={"required": _("Enter the date to answer by")},
    )
    message = words_field(_("Words to the learner"), hint=_("You do not have to write any."), rows=4)

    with_usual = forms.BooleanField(label=_("Each with its usual conditions"), required=False)

    def __init__(self, *args: Any, submit: str, is_for_many: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = submit
        if is_for_many:
            self.layout = ["with_usual", *self.layout]
        else:
            del self.fields["with_usual"]
        self.layout = [*self.layout, Question("answer_by_on", legend_size="m"), Question("message", label_size="m")]


class UsualConditionsForm(_ConditionRows):
    submit = _("Save as usual conditions")


class MarkConditionsForm(PortalForm):
    """How each condition stands, by its key."""

    submit = _("Save")

    def __init__(self, *args: Any, conditions: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in conditions:
            self.fields[f"state_{each.pk}"] = forms.ChoiceField(
                label=each.text,
                choices=ConditionState.choices,
                initial=each.state,
                widget=Radios(inline=True, small=True),
            )

    def states(self) -> dict[int, str]:
        return {int(name.removeprefix("state_")): state for name, state in self.cleaned_data.items()}


class FailConditionsForm(PortalForm):
    submit = _("Conditions not met")
    submit_colour = "warning"

    not_met = forms.TypedMultipleChoiceField(
        label=_("Which conditions were not met?"),
        coerce=int,
        widget=Checkboxes,
        error_messages={"required": _("Choose the conditions that were not met")},
    )

    def __init__(self, *args: Any, conditions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["not_met"].choices = conditions  # type: ignore[attr-defined]


class SuggestForm(PortalForm):
    """Other runs of the provider with the places left, those of the same subject first; the words may be read first as
    the learner reads them."""

    submit = _("Suggest this")
    LIMIT = 60

    runs = forms.ModelMultipleChoiceField(
        queryset=CourseRun.objects.none(),
        label=_("Which course do you suggest?"),
        help_text=_("Courses of the same subject come first, and those with places before full ones."),
        widget=Checkboxes,
        error_messages={"required": _("Choose at least one course")},
    )
    message = words_field(_("Why"), hint=_("The learner reads this, and says yes or no."), rows=3)
    look = forms.BooleanField(label=_("Show me first what the learner will read"), required=False)

    def __init__(self, *args: Any, choice: Choice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [each.run for each in choice.choice_runs.all()]
        runs = CourseRun.objects.on_offer().to_come().filter(course__provider=choice.provider_id)
        nearest = (
            runs.exclude(pk__in=[run.pk for run in chosen])
            .annotate(
                is_near=Q(course__subject__in=[run.course.subject_id for run in chosen if run.course.subject_id]),
                is_full=Q(places__isnull=False, places_taken__gte=F("places")),
            )
            .order_by("-is_near", "is_full", "course__title", "starts_on", "pk")
        )
        # A college may have a thousand: the form stays readable.
        shown = list(nearest.values_list("pk", flat=True)[: self.LIMIT])
        self.has_runs = bool(shown)
        if not self.has_runs:
            self.submit, self.layout = "", []
        found = nearest.filter(pk__in=shown).select_related("course", "site")
        self.fields["runs"].queryset = found  # type: ignore[attr-defined]
        self.fields["runs"].label_from_instance = run_label  # type: ignore[attr-defined]


def run_label(run: CourseRun) -> str:
    """A run as a person picks it from a list."""
    begins = date_format(run.starts_on, "F Y") if run.starts_on else run.start_text
    left = run.places_left
    if left is None:
        places = gettext("places not known")
    elif left:
        places = ngettext("%(left)s place left", "%(left)s places left", left) % {"left": left}
    else:
        places = gettext("full")
    return ", ".join(part for part in [str(run.course), str(run.site or ""), begins, places] if part)

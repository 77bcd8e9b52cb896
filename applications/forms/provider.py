"""What a provider sends about a choice. Rules are the actions' business."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.actions import Condition
from applications.forms.fields import words_field
from applications.models import Choice, ConditionKind, RefusalReason
from core.forms import Checkboxes, DateField, PortalForm, Radios
from core.layout import Fieldset, Question
from prospectus.models import CourseRun


class InterviewForm(PortalForm):
    submit = _("Send the invitation")
    layout = ["on", "at", "place", "note"]

    on = DateField(
        label=_("Date"),
        what=_("date of the interview"),
        help_text=_("For example, 4 12 2026"),
        error_messages={"required": _("Enter the date of the interview")},
    )
    at = forms.TimeField(
        label=_("Time"),
        help_text=_("For example, 14:30"),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the time"), "invalid": _("Enter a time like 14:30")},
    )
    place = forms.CharField(
        label=_("Where"),
        max_length=200,
        error_messages={"required": _("Enter where the interview is, or how to join it")},
    )
    note = words_field(_("What to bring, whom to ask for"), rows=3)

    @property
    def starts_at(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"]))


class RefuseForm(PortalForm):
    submit = _("Refuse")
    submit_colour = "warning"
    layout = [Question("reason", legend_size="m"), "words"]

    reason = forms.ChoiceField(
        label=_("Why?"), choices=RefusalReason.choices, widget=Radios, error_messages={"required": _("Choose a reason")}
    )
    words = words_field(_("In your words"), hint=_("The learner reads this. Say what would help them next time."))


class OfferForm(PortalForm):
    """Conditions in rows: as many as the offer has, and at least three; an empty row is no condition."""

    submit = _("Make this offer")
    ROWS = 3

    answer_by_on = DateField(
        label=_("Answer by"),
        what=_("date to answer by"),
        help_text=_("The learner has until the end of this day."),
        error_messages={"required": _("Enter the date to answer by")},
    )
    message = words_field(_("Words to the learner"), hint=_("You do not have to write any."), rows=4)

    def __init__(self, *args: Any, conditions: list[Condition], submit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = submit
        self.rows = range(1, max(self.ROWS, len(conditions) + 1) + 1)
        for row in self.rows:
            given = conditions[row - 1] if row <= len(conditions) else Condition(kind=ConditionKind.RESULTS, text="")
            self.fields[f"kind_{row}"] = forms.ChoiceField(
                label=gettext("Kind"), choices=ConditionKind.choices, initial=given.kind, required=False
            )
            self.fields[f"text_{row}"] = forms.CharField(
                label=gettext("Condition"),
                max_length=200,
                initial=given.text,
                required=False,
                help_text=self._example(row),
            )
        self.layout = [
            *(Fieldset(f"Condition {row}", f"kind_{row}", f"text_{row}") for row in self.rows),
            Question("answer_by_on", legend_size="m"),
            Question("message", label_size="m"),
        ]

    @staticmethod
    def _example(row: int) -> str:
        return (
            gettext("For example: Grade 4 or above in English. Leave empty for none.")
            if row == 1
            else gettext("Leave empty for none.")
        )

    @property
    def conditions(self) -> list[Condition]:
        rows = ((self.cleaned_data[f"kind_{row}"], self.cleaned_data[f"text_{row}"].strip()) for row in self.rows)
        return [Condition(kind or ConditionKind.OTHER, text) for kind, text in rows if text]


class ReasonForm(PortalForm):
    """Words the learner may read, before something is taken from them."""

    submit_colour = "warning"

    words = words_field(
        _("Why?"), required=_("Say why, in words the learner may read"), hint=_("The learner reads this.")
    )

    def __init__(self, *args: Any, submit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = submit


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
    """Other runs of the provider, those of the same subject first."""

    submit = _("Suggest this")
    LIMIT = 60

    runs = forms.ModelMultipleChoiceField(
        queryset=CourseRun.objects.none(),
        label=_("Which course do you suggest?"),
        widget=Checkboxes,
        error_messages={"required": _("Choose at least one course")},
    )
    message = words_field(_("Why"), hint=_("The learner reads this, and says yes or no."), rows=3)

    def __init__(self, *args: Any, choice: Choice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [each.run for each in choice.choice_runs.all()]
        runs = CourseRun.objects.on_offer().to_come().filter(course__provider=choice.provider_id)
        nearest = (
            runs.exclude(pk__in=[run.pk for run in chosen])
            .annotate(is_near=Q(course__subject__in=[run.course.subject_id for run in chosen if run.course.subject_id]))
            .order_by("-is_near", "course__title", "starts_on")
        )
        # A college may have a thousand: those of the same subject come first, and the form stays readable.
        shown = list(nearest.values_list("pk", flat=True)[: self.LIMIT])
        found = (
            CourseRun.objects.filter(pk__in=shown)
            .select_related("course", "site")
            .order_by("course__title", "starts_on")
        )
        self.fields["runs"].queryset = found  # type: ignore[attr-defined]
        self.fields["runs"].label_from_instance = run_label  # type: ignore[attr-defined]


def run_label(run: CourseRun) -> str:
    """A run as a person picks it from a list."""
    parts = [str(run.course), str(run.site or ""), f"{run.starts_on:%B %Y}" if run.starts_on else run.start_text]
    return ", ".join(part for part in parts if part)

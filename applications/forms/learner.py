"""What learners send about their application. Rules are the actions' business."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from applications.models import Choice
from core.forms import Checkboxes, PortalForm, Radios
from core.layout import Question
from prospectus.models import CourseRun


class ApplyForm(PortalForm):
    """Which start of a course, each with where it is, when, and how many places are left."""

    submit = _("Go on to the check")
    layout = [Question("run", legend_size="m")]

    run = forms.ChoiceField(
        label=_("Where and when do you want to start?"),
        widget=Radios(),
        error_messages={"required": _("Choose where and when you want to start")},
    )

    def __init__(self, *args: Any, runs: list[CourseRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["run"].choices = [  # type: ignore[attr-defined]
            (run.reference, ", ".join([run.start_words, *([run.site.name] if run.site else [])])) for run in runs
        ]
        hints = {run.reference: _places_words(run) for run in runs}
        self.fields["run"].widget.hints = hints


def _places_words(run: CourseRun) -> str:
    left = run.places_left
    if left is None:
        return gettext("We do not know how many places are left.")
    if left == 0:
        return gettext("Full today: you may be put on a reserve list.")
    return ngettext("%(left)s place left", "%(left)s places left", left) % {"left": left}


class ChoiceForm(PortalForm):
    """Where a choice stands in the learner's order and, while it is a draft, which of its runs stay."""

    submit = _("Save")

    rank = forms.TypedChoiceField(
        label=_("Which choice is it?"),
        coerce=int,
        widget=Radios(inline=True),
        help_text=_("1 is your favourite. Providers never see your order."),
        error_messages={"required": _("Choose a number")},
    )
    runs = forms.ModelMultipleChoiceField(
        queryset=CourseRun.objects.none(),
        label=_("Courses in this choice"),
        widget=Checkboxes,
        help_text=_("Untick a course to take it out."),
        error_messages={"required": _("Keep at least one course, or take the whole choice away")},
    )

    def __init__(self, *args: Any, choice: Choice, choice_count: int, can_change_runs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rank"].choices = [(number, str(number)) for number in range(1, choice_count + 1)]  # type: ignore[attr-defined]
        self.fields["rank"].initial = min(choice.rank, choice_count)
        run_ids = [each.run_id for each in choice.choice_runs.all()]
        if can_change_runs and len(run_ids) > 1:
            self.fields["runs"].queryset = CourseRun.objects.filter(pk__in=run_ids).select_related("course", "site")  # type: ignore[attr-defined]
            self.fields["runs"].label_from_instance = lambda run: str(run.course)  # type: ignore[attr-defined]
            self.fields["runs"].initial = run_ids
        else:
            del self.fields["runs"]

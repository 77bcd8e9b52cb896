"""What is chosen or typed once for many courses."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.forms import Checkboxes, LongText, PortalForm, Radios
from core.layout import Question
from prospectus import checks
from prospectus.forms.desk import HOW_TO_TYPE, clean_levels, level_choices, subject_choices
from prospectus.models import Course, Subject
from prospectus.queries.health import Problem
from prospectus.queries.mends import NEEDED_TEXTS, TEXTS, dead_links_of, with_runs
from prospectus.typed import from_typed

MOST_TITLES = 12  # to choose among
OTHER = "*"


class MendForm(PortalForm):
    """The courses that were ticked, and what they shall all have. Nothing is written before it has been seen."""

    submit = _("Show me what would change")
    most: ClassVar[int | None] = None  # courses that fit on one page of it; None: as many as are mended at once

    course = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, courses: Sequence[Course], action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courses, self.action = courses, action
        references = [course.reference for course in courses]
        self.fields["course"].choices = [(reference, reference) for reference in references]
        self.initial["course"] = references

    def answers(self) -> dict[str, Any]:
        """As ``propose`` takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "course"}


class MendLevelForm(MendForm):
    layout = ["course", Question("levels", legend_size="m")]

    levels = forms.MultipleChoiceField(
        label=_("Which level do all of them have?"),
        help_text=_("Tick more than one if each of them spans several."),
        widget=Checkboxes(small=True),
        error_messages={"required": _("Choose a level")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["levels"].choices = level_choices(self.courses[0])

    def clean_levels(self) -> list[str]:
        return clean_levels(self.cleaned_data["levels"])


class MendSubjectForm(MendForm):
    layout = ["course", Question("subject", label_size="m")]

    subject = forms.ChoiceField(
        label=_("Which subject do all of them have?"),
        help_text=_("The one that fits best."),
        error_messages={"required": _("Choose a subject")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = subject_choices()

    def clean_subject(self) -> Subject:
        return Subject.objects.get(pk=self.cleaned_data["subject"])


def _with_times(title: str, times: int) -> str:
    words = ngettext("%(title)s (%(number)s course)", "%(title)s (%(number)s courses)", times)
    return words % {"title": title, "number": times}


class MendTitleForm(MendForm):
    layout = ["course", Question("chosen", legend_size="m"), Question("other_title", label_size="s")]

    chosen = forms.ChoiceField(label=_("Which title shall all of them have?"), widget=Radios, required=False)
    other_title = forms.CharField(label=_("The other title"), required=False, max_length=255)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = Counter(course.title for course in self.courses if course.title).most_common(MOST_TITLES)
        self.fields["chosen"].choices = [
            *((title, _with_times(title, times)) for title, times in titles),
            (OTHER, gettext("Another title, which I write below")),
        ]

    def clean_other_title(self) -> str:
        return checks.check_text(self.cleaned_data["other_title"], max_length=255)

    def clean(self) -> dict[str, Any]:
        """A title that somebody wrote is one they chose, whether or not they ticked that, too."""
        chosen, written = self.cleaned_data.get("chosen"), self.cleaned_data.get("other_title")
        if chosen == OTHER and not written:
            self.add_error("other_title", _("Write the title"))
        elif written and not chosen:
            self.cleaned_data["chosen"] = OTHER
        elif written and chosen != OTHER:
            self.add_error("other_title", _("You chose another title above. Empty this, or choose the last answer"))
        elif not chosen and not self.errors:
            self.add_error("chosen", _("Choose a title"))
        return self.cleaned_data

    def answers(self) -> dict[str, Any]:
        chosen = self.cleaned_data["chosen"]
        return {"title": self.cleaned_data["other_title"] if chosen == OTHER else chosen}


class MendTextsForm(MendForm):
    layout = ["course", *(Question(name, label_size="s") for name in NEEDED_TEXTS)]

    what_you_do = forms.CharField(
        label=TEXTS["what_you_do"],
        required=False,
        max_length=20_000,
        help_text=_("Only if they all do the same."),
        widget=LongText(attrs={"rows": 5}),
    )
    how_assessed = forms.CharField(
        label=TEXTS["how_assessed"],
        required=False,
        max_length=20_000,
        help_text=_("Exams, coursework, a practical test?"),
        widget=LongText(attrs={"rows": 5}),
    )
    entry_requirements = forms.CharField(
        label=TEXTS["entry_requirements"],
        required=False,
        max_length=20_000,
        help_text=format_lazy(_("If nothing is needed, say that. {how_to_type}"), how_to_type=HOW_TO_TYPE),
        widget=LongText(attrs={"rows": 5}),
    )

    def clean(self) -> dict[str, Any]:
        if not any(self.cleaned_data.get(name) for name in NEEDED_TEXTS):
            self.add_error(None, gettext("Write at least one of the texts"))
        return self.cleaned_data

    def answers(self) -> dict[str, Any]:
        return {name: from_typed(self.cleaned_data[name]) for name in NEEDED_TEXTS}


class MendSummariesForm(MendForm):
    """One box for each course: what differs cannot be said once for all."""

    most = 20

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for course in self.courses:
            codes = ", ".join([*course.level_names, course.provider_reference])
            self.fields[f"summary_{course.reference}"] = forms.CharField(
                label=gettext("%(course)s: in one or two sentences") % {"course": course.title},
                required=False,
                max_length=600,
                initial=course.summary,
                help_text=codes,
                widget=LongText(attrs={"rows": 3}),
            )
        self.layout = ["course", *(Question(name, label_size="s") for name in self.fields if name != "course")]

    def answers(self) -> dict[str, Any]:
        said = {name.removeprefix("summary_"): value for name, value in self.cleaned_data.items() if name != "course"}
        return {"summaries": said}


class MendLinksForm(MendForm):
    submit = _("Show me the addresses")
    layout = ["course", Question("dead", legend_size="m")]

    dead = forms.ChoiceField(
        label=_("What about addresses at which nothing is there?"),
        choices=[("keep", _("Keep them")), ("take_out", _("Take them out"))],
        initial="keep",
        help_text=_(
            "They were asked three nights in a row. A course may do without an address. In a text its words stay."
        ),
        widget=Radios(),
        error_messages={"required": _("Choose what becomes of them")},
    )

    def answers(self) -> dict[str, Any]:
        takes_out = self.cleaned_data["dead"] == "take_out"
        return {"dead": dead_links_of(with_runs(self._kept())) if takes_out else frozenset()}

    def _kept(self) -> Any:
        return Course.objects.filter(pk__in=[course.pk for course in self.courses])


class MendExpiredForm(MendForm):
    submit = _("Show me which courses")


MEND_FORMS: dict[Problem, type[MendForm]] = {
    Problem.EXPIRED: MendExpiredForm,
    Problem.TEXTS: MendTextsForm,
    Problem.LEVEL: MendLevelForm,
    Problem.SUBJECT: MendSubjectForm,
    Problem.TITLES: MendTitleForm,
    Problem.COPIED: MendSummariesForm,
    Problem.LINKS: MendLinksForm,
}

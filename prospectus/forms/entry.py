"""The shape of entry requirements given one by one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm
from prospectus.actions.editing import MOST_REQUIREMENTS, Requirement
from prospectus.forms.desk import MIDDLE, NARROW, MomentField, type_choices
from prospectus.models import Course, Level

ASKED = ("qualification_type", "level", "grade", "subject_words")


class RowForm(PortalForm):
    """One requirement. A row left empty is none."""

    how_many = forms.IntegerField(
        label=_("How many"),
        initial=1,
        min_value=1,
        max_value=20,
        widget=forms.NumberInput(attrs=NARROW),
        error_messages={"required": _("Say how many, for example 1")},
    )
    qualification_type = forms.ChoiceField(label=_("Kind of qualification"), required=False)
    level = forms.ChoiceField(label=_("At least this level"), required=False)
    grade = forms.CharField(
        label=_("At least this grade"), required=False, max_length=20, widget=forms.TextInput(attrs=NARROW)
    )
    subject_words = forms.CharField(
        label=_("In this subject"), required=False, max_length=80, widget=forms.TextInput(attrs=MIDDLE)
    )
    is_essential = forms.ChoiceField(
        label=_("How much it matters"),
        choices=[("yes", _("Everybody needs it")), ("no", _("It helps"))],
        initial="yes",
        error_messages={"required": _("Choose how much it matters")},
    )

    def __init__(self, *args: Any, types: list[Any], levels: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["qualification_type"].choices = types
        self.fields["level"].choices = levels

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        has_more = self.has_changed() and not answers.get("DELETE")
        if has_more and not self.errors and not any(answers[name] for name in ASKED):
            self.add_error(
                "qualification_type", gettext("Say what is needed: a kind of qualification, a grade or a subject")
            )
        return answers

    def requirement(self) -> Requirement:
        answers = self.cleaned_data
        return Requirement(
            **{name: answers[name] for name in ("how_many", *ASKED)}, is_essential=answers["is_essential"] == "yes"
        )


class Rows(BaseFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = gettext("Take this one out")


class RowsForm(PortalForm):
    """The moment of the course, and a row for each requirement with one to spare."""

    submit = ""

    as_of = MomentField()

    def __init__(
        self, data: Any = None, *args: Any, course: Course, held: Sequence[Requirement] = (), **kwargs: Any
    ) -> None:
        super().__init__(data, *args, initial={"as_of": course.changed_at.isoformat()}, **kwargs)
        self.rows = _rows(data, held)

    @classmethod
    def with_one_more(cls, data: Any, *, course: Course) -> "RowsForm":
        """What was typed so far and one more empty row; nothing is checked or saved yet."""
        data = data.copy()
        total = data.get("row-TOTAL_FORMS", "")
        number = int(total) if total.isdecimal() and len(total) < 3 else 1
        data["row-TOTAL_FORMS"] = str(min(number + 1, MOST_REQUIREMENTS))
        return cls(data, course=course)

    def is_valid(self) -> bool:
        return super().is_valid() and self.rows.is_valid()

    def requirements(self) -> list[Requirement]:
        """The rows that say something and were not taken out."""
        said = (row for row in self.rows.forms if row.has_changed() or row.initial)
        return [row.requirement() for row in said if not row.cleaned_data["DELETE"]]


def _rows(data: Any, held: Sequence[Requirement]) -> BaseFormSet:
    rows = formset_factory(
        RowForm,
        formset=Rows,
        extra=0 if len(held) >= MOST_REQUIREMENTS else 1,
        can_delete=True,
        max_num=MOST_REQUIREMENTS,
        absolute_max=2 * MOST_REQUIREMENTS,
    )
    levels = [
        ("", gettext("Any level")),
        *((level.code, level.name) for level in Level.objects.filter(code__in="E123")),
    ]
    initial = [each._asdict() | {"is_essential": "yes" if each.is_essential else "no"} for each in held]
    kwargs = {"types": type_choices(empty=gettext("Any kind")), "levels": levels}
    return rows(data, prefix="row", initial=initial, form_kwargs=kwargs)

"""Forms of reviews, of what is agreed in them, and of asking for help."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, LongText, PortalForm, Radios
from core.layout import Question
from core.references import new_reference
from ilp.forms.entry import PlanFilterForm
from ilp.models import HelpTopic, ReviewKind
from ilp.queries.reviews import STANDINGS
from ilp.queries.year_group import STAGES

NARROW = {"class": "govuk-input--width-5", "inputmode": "text"}


def at_time_field() -> forms.TimeField:
    return forms.TimeField(
        label=_("At what time?"),
        help_text=_("For example, 14:30. Leave it empty if the time is not fixed."),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H"],
        widget=forms.TimeInput(format="%H:%M", attrs=NARROW),
        error_messages={"invalid": _("Enter a time like 14:30")},
    )


def place_field() -> forms.CharField:
    return forms.CharField(label=_("Where?"), help_text=_("For example, Room 4"), required=False, max_length=120)


def day_field(required: Any) -> DateField:
    return DateField(
        label=_("On which day?"),
        help_text=_("For example, 27 11 2026"),
        what=_("day"),
        error_messages={"required": required},
    )


class PlanReviewForm(PortalForm):
    """A talk with one learner."""

    submit = _("Plan it")
    layout = (Question("kind", legend_size="m"), "on", "at_time", "place")

    kind = forms.ChoiceField(
        label=_("What kind of review?"),
        choices=ReviewKind.choices,
        widget=Radios,
        error_messages={"required": _("Choose what kind of review")},
    )
    on = day_field(_("Enter the day of the review"))
    at_time = at_time_field()
    place = place_field()

    def __init__(self, *args: Any, needs: bool, **kwargs: Any) -> None:
        """``needs``: whether this adult reads what is about special needs, and so plans transition reviews."""
        super().__init__(*args, **kwargs)
        if not needs:
            kinds = [(kind, label) for kind, label in ReviewKind.choices if kind != ReviewKind.TRANSITION]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class PlanReviewsForm(PlanReviewForm):
    """The same with several learners, one after another."""

    layout = (Question("kind", legend_size="m"), "on", "at_time", "minutes", "place")

    minutes = forms.IntegerField(
        label=_("How many minutes for each?"),
        help_text=_("One begins after another, in the order of names. Leave it empty if all begin at the same time."),
        required=False,
        min_value=1,
        max_value=120,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = _("Plan %(number)s") % {"number": number}

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_tag = False  # the page adds whom it is about
        return helper


class MoveReviewForm(PortalForm):
    submit = _("Move it")

    on = day_field(_("Enter the day of the review"))
    at_time = at_time_field()
    place = place_field()
    seen = forms.DateField(widget=forms.HiddenInput, required=False)


class WordsForm(PortalForm):
    """What somebody says in a review. Kept while it is written, as plans are."""

    text = forms.CharField(
        max_length=8000,
        widget=LongText(attrs={"rows": 10}),
        error_messages={"required": _("Write something first")},
    )
    draft = forms.SlugField(max_length=12, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, label: Any, submit: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.submit = label, submit
        self.fields["draft"].initial = self.fields["draft"].initial or new_reference()

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_id = "words-form"  # the button that keeps a draft stands outside the form
        return helper


class FinishReviewForm(PortalForm):
    submit = _("Finish it")

    on = DateField(
        label=_("On which day did you talk?"),
        what=_("day"),
        error_messages={"required": _("Enter the day on which you talked")},
    )
    who_else = forms.CharField(
        label=_("Who else was there?"),
        help_text=_("For example, the learner’s father. Leave it empty if it was the two of you."),
        required=False,
        max_length=200,
    )


class ReasonForm(PortalForm):
    """Why: asked for where something is given up."""

    reason = forms.CharField(
        label=_("Why?"), max_length=200, error_messages={"required": _("Say why")}, widget=LongText({"rows": 2})
    )

    def __init__(self, *args: Any, submit: Any, is_needed: bool = True, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit = submit
        self.fields["reason"].required = is_needed
        if label is not None:
            self.fields["reason"].label = label


class AnswerReviewForm(PortalForm):
    submit = _("Say this")
    layout = (Question("agrees", legend_size="m"), "text")

    agrees = forms.ChoiceField(
        label=_("Is it as you remember it?"),
        choices=[("yes", _("Yes, I agree")), ("no", _("I see it differently"))],
        widget=Radios,
        error_messages={"required": _("Choose whether you agree")},
    )
    text = forms.CharField(
        label=_("What would you like to say about it?"),
        help_text=_("If you see it differently, say how. What is written stays, and your words stay beside it."),
        required=False,
        max_length=4000,
        widget=LongText(attrs={"rows": 5}),
    )

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("agrees") == "no" and not answers.get("text", "").strip():
            self.add_error("text", _("Say how you see it"))
        return answers


class TargetForm(PortalForm):
    submit = _("Set this target")

    what = forms.CharField(
        label=_("What is the target?"),
        help_text=_("One thing, as exact as you can. For example, a grade 5 in maths"),
        max_length=200,
        error_messages={"required": _("Say what the target is")},
    )
    how_known = forms.CharField(
        label=_("How will people know that it is met?"),
        help_text=_("For example, the mock exam in March"),
        max_length=300,
        error_messages={"required": _("Say how people will know")},
    )
    due_on = DateField(label=_("By when?"), what=_("day"), error_messages={"required": _("Enter the day it is due")})
    helped_by = forms.CharField(label=_("Who helps?"), required=False, max_length=200)


class MoveTargetForm(PortalForm):
    submit = _("Move it")

    due_on = DateField(label=_("By when now?"), what=_("day"), error_messages={"required": _("Enter the new day")})
    reason = forms.CharField(
        label=_("Why?"), max_length=300, error_messages={"required": _("Say why")}, widget=LongText({"rows": 2})
    )
    seen = forms.DateField(widget=forms.HiddenInput, required=False)


class OwnerMixin:
    """Who does it: the learner, or one of the adults who look after them today."""

    fields: dict[str, Any]

    def set_owners(self, owners: Any, learner: str) -> None:
        self.roles = {role.reference: role for role in owners}
        choices = [("", learner)]
        choices += [(key, f"{role.user}, {role.get_kind_display()}") for key, role in self.roles.items()]
        self.fields["owner"].choices = choices

    def owner_role(self) -> Any:
        return self.roles.get(self.cleaned_data["owner"])  # type: ignore[attr-defined]


class AgreedActionForm(OwnerMixin, PortalForm):
    submit = _("Write it down")

    what = forms.CharField(
        label=_("What will be done?"),
        help_text=_("For example, ask the art teacher for a reference"),
        max_length=200,
        error_messages={"required": _("Say what will be done")},
    )
    owner = forms.ChoiceField(label=_("Who does it?"), required=False)
    due_on = DateField(label=_("By when?"), what=_("day"), error_messages={"required": _("Enter the day it is due")})

    def __init__(self, *args: Any, owners: Any, learner: str, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_owners(owners, learner)
        if is_own:
            del self.fields["owner"]

    def owner_role(self) -> Any:
        return super().owner_role() if "owner" in self.fields else None


class PassOnForm(OwnerMixin, PortalForm):
    submit = _("Pass it on")

    owner = forms.ChoiceField(label=_("Who does it from now on?"), required=False)
    due_on = DateField(label=_("By when?"), what=_("day"), error_messages={"required": _("Enter the day it is due")})
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, owners: Any, learner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_owners(owners, learner)


class HelpForm(PortalForm):
    submit = _("Ask for help")
    layout = (Question("topic", legend_size="m"), "words")

    topic = forms.ChoiceField(
        label=_("What would you like help with?"),
        choices=HelpTopic.choices,
        widget=Radios,
        error_messages={"required": _("Choose what you would like help with")},
    )
    words = forms.CharField(
        label=_("Do you want to say more? (you do not have to)"),
        required=False,
        max_length=500,
        widget=LongText(attrs={"rows": 3}),
    )


class CloseHelpForm(PortalForm):
    submit = _("It is dealt with")

    outcome = forms.CharField(
        label=_("What was done?"),
        help_text=_("The learner reads this."),
        max_length=300,
        widget=LongText(attrs={"rows": 3}),
        error_messages={"required": _("Say what was done. The learner reads it")},
    )


class PlansFilterForm(PlanFilterForm):
    """Whose plans, and how far they are; what a figure counted comes with its link."""

    stage = forms.ChoiceField(label=_("Plan"), required=False, choices=[("", _("All")), *STAGES.items()])
    subject = forms.CharField(required=False, max_length=4, widget=forms.HiddenInput)
    interest = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    help_topic = forms.ChoiceField(
        required=False, choices=[("", ""), *HelpTopic.choices], widget=forms.HiddenInput, label=_("Help asked for")
    )


class ReviewFilterForm(PlanFilterForm):
    """Whose reviews somebody looks at, and how they stand."""

    standing = forms.ChoiceField(
        label=_("Review"),
        required=False,
        choices=[("", _("All")), *((one.value, one.label) for one in STANDINGS.values())],
    )

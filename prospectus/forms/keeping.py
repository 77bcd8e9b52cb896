"""What people say about the courses they keep, the searches they save and the courses they wish for."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import LongText, PortalForm, Radios
from core.layout import Question
from prospectus.models import Level, Subject
from prospectus.queries.places import WHOLE
from providers.models import Area


class NoteForm(PortalForm):
    """One's own words beside a course."""

    submit = _("Save this note")
    note = forms.CharField(
        required=False, max_length=300, label=_("Your note"), widget=LongText(attrs={"rows": 4}),
        help_text=_("Only you see it. For example, who told you about it, or what you want to ask."),
        error_messages={"max_length": _("Your note is too long. Use 300 characters or fewer.")},
    )  # fmt: skip
    layout = [Question("note", label_size="m")]


class SavedSearchForm(PortalForm):
    """What a saved search is called, and whether it sends e-mails."""

    submit = _("Save this search")
    name = forms.CharField(
        max_length=100, label=_("What do you want to call it?"),
        error_messages={"required": _("Enter a name"), "max_length": _("Use 100 characters or fewer.")},
    )  # fmt: skip
    is_mailed = forms.ChoiceField(
        label=_("Shall we e-mail you when there is something new?"),
        choices=[("yes", _("Yes, at most once a week")), ("no", _("No, I will look here"))],
        widget=Radios(),
        error_messages={"required": _("Choose yes or no")},
    )

    def __init__(self, *args: Any, has_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layout: list[Question] = [Question("name", label_size="m")]
        if has_address:
            self.layout.append(Question("is_mailed", legend_size="m"))
        else:
            del self.fields["is_mailed"]  # nobody is asked about e-mails that cannot reach them


class RemoveForm(PortalForm):
    submit = _("Remove this search")
    submit_colour = "warning"


class WishForm(PortalForm):
    """What somebody looked for. Nothing here says who."""

    submit = _("Tell us")
    words = forms.CharField(
        required=False, max_length=120, label=_("What did you want to learn?"),
        help_text=_("In your own words. Please do not write your name, or anything else about you."),
        error_messages={"max_length": _("Use 120 characters or fewer.")},
    )  # fmt: skip
    subject = forms.ModelChoiceField(
        Subject.objects.none(), required=False, to_field_name="code", label=_("Subject, if you know it"),
        empty_label=_("I do not know"), error_messages={"invalid_choice": _("Choose a subject from the list")},
    )  # fmt: skip
    level = forms.ModelChoiceField(
        Level.objects.none(), required=False, to_field_name="code", label=_("Level, if you know it"),
        empty_label=_("I do not know"), error_messages={"invalid_choice": _("Choose a level from the list")},
    )  # fmt: skip
    outcode = forms.CharField(
        required=False, max_length=10, label=_("First half of your postcode, if you like"),
        help_text=_("Like M14. It tells us where a course is missing."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )  # fmt: skip
    area = forms.ModelChoiceField(
        Area.objects.filter(is_practice=False), required=False, to_field_name="slug", widget=forms.HiddenInput()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].queryset = Subject.objects.all()
        self.fields["level"].queryset = Level.objects.filter(code__in="E123")

    def clean_outcode(self) -> str:
        """Only the first half is kept, even of a whole postcode."""
        typed = " ".join(self.cleaned_data["outcode"].upper().split())
        if not typed:
            return ""
        found = WHOLE.fullmatch(typed)
        if not found:
            raise forms.ValidationError(
                gettext("Enter only the first half of your postcode, like M14, or leave it empty.")
            )
        return found[1]

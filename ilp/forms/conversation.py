from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import LongText, PortalForm, Radios, UploadInput
from core.layout import Question
from core.references import new_reference
from ilp.actions import check_attachment
from ilp.actions.attachments import CheckedFile


class FilesInput(UploadInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.FileField):
    """No, one or several files, each checked by what is in it."""

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        files = [file for file in data or [] if file]
        if len(files) > 3:
            raise ValidationError(_("Send at most 3 files with a message."), code="files_many")
        return [check_attachment(file) for file in files]


class MessageForm(PortalForm):
    """What to say. An empty text is refused by the action, which knows whether there are files."""

    text = forms.CharField(label=_("Your message"), required=False, strip=False, widget=LongText(attrs={"rows": 5}))
    files = FilesField(
        label=_("Files, if you want to send any"),
        help_text=_("Up to 3, each up to 5 MB: PDF, PNG, JPEG, Word (.docx) or text"),
        required=False,
        widget=FilesInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.docx,.txt"}),
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12, initial=new_reference)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\0", "")


class ReportForm(PortalForm):
    submit = _("Send this to somebody else there")
    layout = (Question("words", max_characters=1000),)

    words = forms.CharField(
        label=_("What is wrong with it? You do not have to say."),
        required=False,
        max_length=1000,
        widget=LongText(attrs={"rows": 4}),
    )


class CloseFlagForm(PortalForm):
    submit = _("Save and close")
    layout = (Question("done", max_characters=4000),)

    done = forms.CharField(
        label=_("What was done?"),
        help_text=_("Whom you spoke with, what you found, and who goes on with it. Your colleagues can read it."),
        max_length=4000,
        widget=LongText(attrs={"rows": 5}),
        error_messages={"required": _("Say what was done")},
    )


class PhraseForm(PortalForm):
    submit = _("Add to the list")

    words = forms.CharField(
        label=_("Words or phrase"),
        help_text=_("As young people write it, slips too. A star at the end stands for any ending: suicid*"),
        max_length=60,
        error_messages={"required": _("Enter the words")},
    )


class RulesForm(PortalForm):
    """Quiet hours and the area's own words."""

    submit = _("Save")
    layout = (
        "quiet_from",
        "quiet_until",
        "are_weekends_quiet",
        Question("danger_words", max_characters=600),
        Question("school_welcome", max_characters=1000),
        Question("service_welcome", max_characters=1000),
    )

    quiet_from = forms.TimeField(
        label=_("Quiet hours begin at"),
        help_text=_("For example, 20:00"),
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5"}),
        error_messages={"required": _("Enter when quiet hours begin"), "invalid": _("Enter a time like 20:00")},
    )
    quiet_until = forms.TimeField(
        label=_("Quiet hours end at"),
        help_text=_("For example, 07:00"),
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5"}),
        error_messages={"required": _("Enter when quiet hours end"), "invalid": _("Enter a time like 07:00")},
    )
    are_weekends_quiet = forms.BooleanField(label=_("Saturdays and Sundays are quiet, too"), required=False)
    danger_words = forms.CharField(
        label=_("Whom a learner should ring who cannot wait"),
        help_text=_("Shown above every message a learner writes. Keep the numbers in it right."),
        max_length=600,
        widget=LongText(attrs={"rows": 4}),
        error_messages={"required": _("Say whom a learner can ring")},
    )
    school_welcome = forms.CharField(
        label=_("A school’s first message to a learner"),
        help_text=_("Sent when a learner unlocks their record and does not share with the advice service."),
        max_length=1000,
        widget=LongText(attrs={"rows": 5}),
        error_messages={"required": _("Write the school’s first message")},
    )
    service_welcome = forms.CharField(
        label=_("The advice service’s first message to a learner"),
        help_text=_("Sent when a learner has unlocked their record and shares with the advice service."),
        max_length=1000,
        widget=LongText(attrs={"rows": 5}),
        error_messages={"required": _("Write the advice service’s first message")},
    )


class SafeguardingForm(PortalForm):
    """Who is called first."""

    submit = _("Save")

    role = forms.ChoiceField(
        label=_("Who is called first when a message needs somebody now?"),
        widget=Radios(dividers={"": _("or")}),
        required=False,
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [*people, ("", _("Nobody in particular: all coordinators or advisers"))]  # type: ignore[attr-defined]


class ManyForm(PortalForm):
    """The same words for many. ``number`` is how many the page said, ``again`` the same said once more."""

    text = forms.CharField(
        label=_("Your message"),
        help_text=_("Each of them reads it in a conversation of their own, and may answer you there."),
        required=False,
        strip=False,
        widget=LongText(attrs={"rows": 6}),
    )
    number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    again = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\0", "")

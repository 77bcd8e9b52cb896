"""What a desk says of what it received, beside its answers to learners."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.actions.desk import MOST_WORDS
from applications.forms.fields import words_field
from applications.queries.desk import Colleague
from core.forms import PortalForm, Radios, UploadInput

NOBODY = "nobody"


class AssignForm(PortalForm):
    """Whose it is to answer: oneself first, then colleagues by name, then nobody."""

    submit = _("Save")

    to = forms.ChoiceField(label=_("Who answers?"), widget=Radios, error_messages={"required": _("Choose who answers")})

    def __init__(self, *args: Any, colleagues: list[Colleague], user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {one.role: one.user_id for one in colleagues}
        named = {one.user_id: (one.role, one.name) for one in reversed(colleagues) if one.user_id != user.pk}
        mine = next((one.role for one in colleagues if one.user_id == user.pk), None)
        options = sorted(named.values(), key=lambda one: one[1].casefold())
        field: Any = self.fields["to"]
        field.choices = [*([(mine, gettext("Me"))] if mine else []), *options, (NOBODY, gettext("Nobody"))]
        field.initial = mine

    @property
    def user_id(self) -> int | None:
        return self.people.get(self.cleaned_data["to"])


class PlaceForm(PortalForm):
    """The partner that teaches the learner, or the lead itself."""

    submit = _("Place the learner")

    partner = forms.ChoiceField(
        label=_("Where is the learner taught?"), widget=Radios, error_messages={"required": _("Choose a provider")}
    )

    def __init__(self, *args: Any, lead: Any, partners: list[Any], chosen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = {one.reference: one for one in partners}
        field: Any = self.fields["partner"]
        field.choices = [*((one.reference, one.name) for one in partners), (NOBODY, lead.name)]
        field.initial = chosen


class NoteForm(PortalForm):
    submit = _("Keep this note")
    submit_colour = "secondary"

    words = words_field(
        _("Note"),
        required=_("Write the note first"),
        hint=_("Your colleagues read it here. The learner does not, but gets it in a copy of their data."),
        rows=3,
    )

    def __init__(self, *args: Any, url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = url
        self.fields["words"].widget.attrs["maxlength"] = MOST_WORDS


class AnswersForm(PortalForm):
    MOST = 5 * 2**20
    submit = _("Read this file")

    file = forms.FileField(
        label=_("The list with your decisions"),
        widget=UploadInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,.ods"}),
        help_text=_("A CSV file or a spreadsheet, 5 MB at most. Nothing happens before you have read the next page."),
        error_messages={"required": _("Choose a file"), "empty": _("There is nothing in this file.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.MOST:
            raise forms.ValidationError(_("This file is larger than 5 MB. Hand it over in parts."))
        return file

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm, Radios, UploadInput
from core.references import new_reference
from providers.models import Organisation
from providers.uploads import UploadKind
from providers.workflow import UploadMode

MOST_RADIOS = 12  # organisations; a help desk has hundreds


class UploadForm(PortalForm):
    """A file, and for whom it is when that is not clear."""

    submit = _("Upload this file")
    upload = True

    organisation = forms.ChoiceField(
        label=_("Which organisation is it for?"),
        widget=Radios,
        error_messages={"required": _("Choose the organisation this file is for")},
    )
    file = forms.FileField(
        label=_("The file"),
        widget=UploadInput,
        allow_empty_file=True,  # the action says it in better words
        max_length=None,
        error_messages={"required": _("Choose a file")},
    )
    mode = forms.ChoiceField(
        label=_("Is the file everything you have?"),
        choices=UploadMode.choices,
        widget=Radios,
        error_messages={"required": _("Choose whether the file is everything or some of it")},
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12, initial=new_reference)

    def __init__(self, *args: Any, kind: UploadKind, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {one.reference: one for one in organisations}
        if len(organisations) == 1:
            del self.fields["organisation"]
        else:
            if len(organisations) > MOST_RADIOS:
                self.fields["organisation"].widget = forms.Select(attrs={"class": "govuk-select"})
            self.fields["organisation"].choices = [
                *([("", gettext("Choose one"))] if len(organisations) > MOST_RADIOS else []),
                *((one.reference, one.name) for one in organisations),
            ]
        if not kind.has_modes:
            del self.fields["mode"]
        self.fields["file"].widget.attrs["accept"] = ",".join(kind.accepts)
        hint = gettext("%(endings)s, up to %(most)s MB") if kind.accepts else gettext("Up to %(most)s MB")
        endings = ", ".join(ending[1:].upper() for ending in kind.accepts)
        self.fields["file"].help_text = hint % {"endings": endings, "most": kind.max_bytes // 2**20}

    @property
    def organisation_chosen(self) -> Organisation:
        """The organisation of a valid form."""
        return self.organisations[self.cleaned_data.get("organisation") or next(iter(self.organisations))]


class ConfirmUploadForm(PortalForm):
    """What was on the page, and for a file that is held, that this is wanted all the same."""

    submit = _("Publish this file")

    is_knowing = forms.BooleanField(
        label=_("Yes, I want all of this to be taken out"),
        required=False,  # the action says it in better words
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, is_held: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_held:
            self.submit_colour = "warning"
        else:
            del self.fields["is_knowing"]


class AbandonUploadForm(PortalForm):
    """Nothing to fill in."""

    submit = _("Put this file aside")


class UndoUploadForm(PortalForm):
    """What was on the page."""

    submit = _("Undo this file")
    submit_colour = "warning"

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

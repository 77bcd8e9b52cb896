from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.queries import Choosing
from core.forms import PortalForm, Radios
from core.layout import Question


class MailChoicesForm(PortalForm):
    """When somebody hears of each topic they can choose."""

    submit = _("Save")

    def __init__(self, *args: Any, choosing: list[Choosing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in choosing:
            self.fields[one.topic.name] = forms.ChoiceField(
                label=one.topic.words,
                choices=[(when.value, when.label) for when in one.topic.may_be],
                initial=one.when.value,
                widget=Radios,
                error_messages={"required": _("Choose when you want to hear of it")},
            )
        self.layout = [Question(name, legend_size="s") for name in self.fields]

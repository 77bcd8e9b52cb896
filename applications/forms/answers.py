"""What a learner sends to answer: yes, no, keep, withdraw. Rules are the actions' business."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import words_field
from applications.models import WithdrawalReason
from core.forms import ConfirmForm, PortalForm, Radios
from core.layout import Question


class SeenMixin(forms.Form):
    """Carries the mark of the consequences that the page has told."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class AnswerForm(SeenMixin, ConfirmForm):
    """Nothing to fill in: a button under what it would bring about."""


class WithdrawForm(SeenMixin, PortalForm):
    submit = _("Withdraw this choice")
    submit_colour = "warning"
    layout = [Question("reason", legend_size="m"), "words", "seen"]

    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=WithdrawalReason.choices,
        widget=Radios,
        error_messages={"required": _("Choose a reason. It helps providers get better.")},
    )
    words = words_field(_("Anything else? You do not have to say."), rows=3)


class ReferralForm(SeenMixin, PortalForm):
    submit = _("Send my answer")
    layout = [Question("answer", legend_size="m"), "seen"]

    answer = forms.ChoiceField(
        label=_("What do you say?"),
        choices=[("yes", _("Yes, I would like this instead")), ("no", _("No, keep what I chose"))],
        widget=Radios,
        error_messages={"required": _("Choose yes or no")},
    )

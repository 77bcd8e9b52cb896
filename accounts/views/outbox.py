"""Which messages of the portal did not get through, for whoever looks after an area."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import ListView, View

from activity.actions import settle_batch, try_again
from activity.kinds import KINDS
from activity.models import OutboxMessage
from activity.queries import held_batches, outbox_by_kind
from activity.workflow import OutboxState
from core import clock
from core.errors import RuleBroken
from core.views import SignedInMixin
from providers.models import StaffRole


class KeepersMixin(SignedInMixin):
    """For area coordinators and officers. The rows name nobody: a kind, moments, and what kind of error it was."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not StaffRole.objects.over_areas(request.user).exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class OutboxView(KeepersMixin, ListView):
    """How messages stand by kind, and each that has not gone: in one state, of one kind or of any."""

    template_name = "accounts/outbox.html"
    paginate_by = 50

    @property
    def state(self) -> str:
        asked = self.request.GET.get("state", "")
        return asked if asked in OutboxState.values else OutboxState.GIVEN_UP

    @property
    def kind(self) -> str:
        asked = self.request.GET.get("kind", "")
        return asked if asked in KINDS else ""

    def get_queryset(self) -> Any:
        return OutboxMessage.objects.that_stand(self.state, kind=self.kind)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = outbox_by_kind()
        return super().get_context_data(
            kinds=kinds,
            held=held_batches(),
            now=clock.now(),
            state=self.state,
            heading=OutboxState(self.state).label,
            kind=self.kind,
            kind_words=KINDS[self.kind].words if self.kind else "",
            states=[
                (state, state.label, sum(getattr(row, state.value) for row in kinds), state == self.state)
                for state in OutboxState
            ],
            **kwargs,
        )


class TryMessageAgainView(KeepersMixin, View):
    def post(self, request: HttpRequest, key: int) -> HttpResponse:
        message = get_object_or_404(OutboxMessage, pk=key)
        if try_again(message=message, by=request.user).sent_at is None:
            messages.success(request, _("It is being tried again. Look at this page in a minute."))
        else:
            messages.info(request, _("It has been sent meanwhile."))
        return redirect("accounts:outbox")


class SettleBatchView(KeepersMixin, View):
    """The messages of a press that caused many go, or never do."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, batch: str) -> HttpResponse:
        goes, number = request.POST.get("verb") == "send", request.POST.get("number", "")
        shown = int(number) if number.isascii() and number.isdecimal() else 0
        try:
            settled = settle_batch(batch=batch.replace("\0", ""), goes=goes, number=shown, by=request.user)
        except RuleBroken as rule:
            messages.warning(request, str(rule.message))
            return redirect("accounts:outbox")
        messages.success(request, settled_words(settled, goes=goes))
        return redirect("accounts:outbox")


def settled_words(number: int, *, goes: bool) -> str:
    """What is said after the press."""
    if not number:
        return _("Somebody was quicker: that is decided already.")
    words = (
        ngettext("%(number)s e-mail is sent now.", "%(number)s e-mails are sent now.", number)
        if goes
        else ngettext("%(number)s e-mail is not sent.", "%(number)s e-mails are not sent.", number)
    )
    return words % {"number": number}

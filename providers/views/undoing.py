"""Undoing the last published upload: what it would do, and what it has done."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.views import ActionView, SignedInMixin, VisibleDetailView
from providers import actions
from providers.forms import UndoUploadForm
from providers.models import Upload, UploadReversal
from providers.policies import UPLOAD_POLICY
from providers.queries import can_be_undone, lines_shown, reversals_by_action, undo_plan
from providers.uploads import KINDS
from providers.workflow import ReversalAction

REVERSALS_PER_PAGE = 50


def chosen(request: HttpRequest, upload: Upload, reversals: Sequence[UploadReversal]) -> dict[str, Any]:
    """One page of what is or would be undone, narrowed to what was asked for, with the numbers of each."""
    numbers = reversals_by_action(reversals)
    action = request.GET.get("action", "")
    if numbers.get(action):
        reversals = [reversal for reversal in reversals if reversal.action == action]
    page = Paginator(reversals, REVERSALS_PER_PAGE).get_page(request.GET.get("page"))
    kind = KINDS[upload.kind]
    if kind.read:
        kind.read(request.user, page.object_list)
    return {
        "numbers": [(name, ReversalAction(name).label, number) for name, number in numbers.items() if number],
        "action": action if numbers.get(action) else "",
        "everything": sum(numbers.values()),
        "page_obj": page,
        "rows": [(kind.things.get(reversal.thing, reversal.thing), reversal) for reversal in page],
    }


class UndoUploadView(ActionView):
    """What undoing would do, and the button. Where it cannot be undone, its page says how it stands."""

    queryset = Upload.objects
    form_class = UndoUploadForm
    template_name = "providers/upload_undo.html"

    def require(self, user: Any) -> None:
        UPLOAD_POLICY.require(user, "ask_undo", self.thing)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_open = can_be_undone(self.thing) and not self.thing.is_being_undone
        return super().get(request, *args, **kwargs) if is_open else redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = undo_plan(self.thing)
        shown = chosen(self.request, self.thing, plan.reversals)
        form = kwargs.pop("form", None) or self.get_form()
        form.initial["seen"] = plan.digest
        done = sum(number for name, _words, number in shown["numbers"] if name != ReversalAction.KEPT)
        return super().get_context_data(form=form, done=done, kind=KINDS[self.thing.kind], **shown, **kwargs)

    def act(self, answers: dict[str, Any]) -> Upload:
        return actions.undo_upload(upload=self.thing, seen=answers["seen"], by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("providers:upload", args=[self.thing.reference])


class UndoneUploadView(SignedInMixin, VisibleDetailView):
    """Everything that undoing an upload put back, took out and left."""

    queryset = Upload.objects
    template_name = "providers/upload_undone.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reversals = lines_shown(self.object, "reversals")
        return super().get_context_data(**chosen(self.request, self.object, reversals), **kwargs)

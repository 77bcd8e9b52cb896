"""What a coordinator is asked about the files of a school."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions.roll_headings import explain_roll_headings
from accounts.forms.roll import RollHeadingsForm
from core.views import ActionView
from providers.actions import hand_over_again
from providers.models import Upload
from providers.policies import UPLOAD_POLICY
from providers.tables.kinds import squeezed


class RollHeadingsView(ActionView):
    """The answers are kept for the school, and the same file is checked again by itself."""

    queryset = Upload.objects.filter(kind="roll")
    form_class = RollHeadingsForm
    template_name = "accounts/roll_headings.html"
    done = _("Saved. You will not be asked again about columns of these names.")

    def require(self, user: Any) -> None:
        UPLOAD_POLICY.require(user, "receive", self.thing)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.asks or not self.thing.has_file:
            return redirect("providers:upload", self.thing.reference)
        return super().get(request, *args, **kwargs)

    @property
    def asks(self) -> dict[str, list[str]]:
        """What the file was refused for; nothing where it was not."""
        return self.thing.counts.get("asks") or {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "missing": self.asks.get("missing", []),
            "columns": self.asks.get("columns", []),
        }

    def act(self, answers: dict[str, Any]) -> Upload:
        said = {squeezed(answers[thing]): thing for thing in self.asks.get("missing", [])}
        explain_roll_headings(school=self.thing.organisation, answers=said, by=self.request.user)
        return hand_over_again(upload=self.thing, by=self.request.user, once=answers["once"])

    def get_success_url(self) -> str:
        return reverse("providers:upload", args=[self.result.reference])

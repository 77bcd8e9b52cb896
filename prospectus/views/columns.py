"""Asking once which column of a provider's spreadsheet holds what."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views import ActionView
from prospectus.actions.columns import explain_columns
from prospectus.forms.columns import ColumnsForm
from prospectus.headings import squeezed
from providers.actions import hand_over_again
from providers.models import Upload
from providers.policies import UPLOAD_POLICY

TITLE = "course.title"


class ExplainColumnsView(ActionView):
    """The answer is kept for the provider, and the same file is checked again by itself."""

    queryset = Upload.objects
    form_class = ColumnsForm
    template_name = "prospectus/columns_explain.html"
    done = _("Saved. You will not be asked again about a column of this name.")

    def require(self, user: Any) -> None:
        UPLOAD_POLICY.require(user, "receive", self.thing)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.columns:
            return redirect("providers:upload", self.thing.reference)
        return super().get(request, *args, **kwargs)

    @property
    def columns(self) -> list[list[str]]:
        """What the file was refused for; nothing where it was not."""
        return self.thing.counts.get("asks", {}).get("columns", [])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"columns": self.columns}

    def act(self, answers: dict[str, Any]) -> Upload:
        explain_columns(
            provider=self.thing.organisation, answers={squeezed(answers["title"]): TITLE}, by=self.request.user
        )
        return hand_over_again(upload=self.thing, by=self.request.user, once=answers["once"])

    def get_success_url(self) -> str:
        return reverse("providers:upload", args=[self.result.reference])

"""Base views: load what the person may see, show one form, call one action, answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import DetailView, FormView, ListView

from core.errors import RuleBroken


class SignedInMixin(LoginRequiredMixin):
    """Signed-in people only; others are sent to sign in and come back."""


class VisibleMixin:
    """Everything starts at ``visible_to``: what a person may not see does not exist for them (404)."""

    queryset: Any
    request: HttpRequest

    def get_queryset(self) -> Any:
        queryset = self.queryset.visible_to(self.request.user)
        return queryset.for_list() if hasattr(queryset, "for_list") else queryset


class VisibleListView(VisibleMixin, ListView):
    """A paged list of what this person may see."""

    paginate_by = 50


class VisibleDetailView(VisibleMixin, DetailView):
    """One thing, found by its public reference."""

    slug_field = slug_url_kwarg = "reference"


class ActionView(SignedInMixin, VisibleMixin, FormView):
    """One visible thing, one form, one action.

    Subclasses say ``act(answers)``, ``done`` (what to tell the person) and ``get_success_url``.
    A broken rule is shown on the form; StaleState and NotAllowed become 409 and 403.
    """

    done = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.thing = get_object_or_404(self.get_queryset(), reference=kwargs["reference"])
        self.require(request.user)
        return super().dispatch(request, *args, **kwargs)

    def require(self, user: Any) -> None:
        """Before the form is shown or read. Raises: NotAllowed, where the page itself is only for who may act."""

    def act(self, answers: dict[str, Any]) -> Any:
        raise AttributeError(f"{type(self).__name__} must define act()")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.result = self.act(form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        if self.done:
            messages.success(self.request, self.done)
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(thing=self.thing, **kwargs)

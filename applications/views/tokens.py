"""A manager's page of what lets the provider's own system in. The token itself is on one page, once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts.sessions import has_confirmed_lately
from applications import actions
from applications.forms import SandboxForm, TokenForm
from applications.models import ApiToken
from applications.policies import PROVIDER_POLICY
from core.errors import StaleState
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleListView
from providers.actions import open_sandbox
from providers.models import Organisation


class TokensView(SignedInMixin, VisibleListView):
    """What works now and what has been, newest first."""

    queryset = ApiToken.objects.all()
    template_name = "applications/tokens.html"
    context_object_name = "tokens"

    def get_queryset(self) -> Any:
        user = self.request.user
        self.providers = list(Organisation.objects.let_in_through(user).order_by("name"))
        self.can_practise = Organisation.objects.practising_through(user).filter(sandbox=None).exists()
        if not self.providers and not self.can_practise:
            raise Http404("Lets no system in")
        return super().get_queryset()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(providers=self.providers, can_practise=self.can_practise, **kwargs)


class SandboxOpenView(SignedInMixin, FormView):
    """A provider of its own to practise with, for one that has none yet."""

    template_name = "applications/sandbox_open.html"
    form_class = SandboxForm

    def get_form_kwargs(self) -> dict[str, Any]:
        found = Organisation.objects.practising_through(self.request.user)
        if not found.exists():
            raise Http404("Makes no sandboxes")
        return super().get_form_kwargs() | {"providers": found.order_by("name")}

    def form_valid(self, form: Any) -> HttpResponse:
        sandbox, _is_new = open_sandbox(provider=form.cleaned_data["provider"], by=self.request.user)
        messages.success(self.request, _("The sandbox is there. Make a token for it."))
        return redirect("applications:token-make", sandbox.reference)


class ConfirmedManagerMixin:
    """Who signed in hours ago shows once more who they are before a system is let in."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not has_confirmed_lately(request):
            return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': request.path})}")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]


@method_decorator(never_cache, name="dispatch")
class TokenMakeView(ConfirmedManagerMixin, ActionView):
    template_name = "applications/token_make.html"
    form_class = TokenForm

    def get_queryset(self) -> Any:
        return Organisation.objects.let_in_through(self.request.user)

    def require(self, user: Any) -> None:
        PROVIDER_POLICY.require(user, "let_system_in", self.thing)

    def act(self, answers: dict[str, Any]) -> Any:
        return actions.make_token(provider=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("applications:tokens")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if not hasattr(self, "result"):  # a rule said no, on the form
            return response
        # Not a page to come back to: the token is written down nowhere.
        token, secret = self.result
        return render(self.request, "applications/token_made.html", {"token": token, "secret": secret})


class TokenEndView(ActionView):
    queryset = ApiToken.objects.all()
    template_name = "applications/token_end.html"
    form_class = ConfirmForm
    done = _("The token is ended. Whatever uses it is let in no more.")

    def require(self, user: Any) -> None:
        PROVIDER_POLICY.require(user, "let_system_in", self.thing.role.organisation)
        if self.thing.ended_at is not None:
            raise StaleState("The token is ended.", back_url=self.get_success_url())

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("End this token"), "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> None:
        actions.end_token(token=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("applications:tokens")

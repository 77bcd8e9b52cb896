"""The second step of signing in: a code or a passkey. And signing in by a passkey alone."""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View

from accounts.forms import CodeForm, KeyForm
from accounts.queries import has_passkey
from accounts.stages import SecondFactorStage
from accounts.views.confirming import safe_next
from core.errors import TooManyTries

in_between = login_stage_required(stage=SecondFactorStage.key, redirect_urlname="accounts:sign-in")


@method_decorator([in_between, sensitive_post_parameters("code")], name="dispatch")
class SecondFactorView(FormView):
    """The password was right; now a code or a key. Whoever is signed in already goes on to where they were going."""

    template_name = "accounts/second_factor.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.stage = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001 - allauth puts it there
        self.person = self.stage.login.user
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        form = KeyForm if "credential" in self.request.POST else CodeForm
        return form(user=self.person, **self.get_form_kwargs())

    def form_valid(self, form: Any) -> HttpResponse:
        form.factor.user = self.person
        post_authentication(self.request, form.factor)
        return self.stage.exit()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.person, has_passkey=has_passkey(self.person), **kwargs)


@method_decorator(in_between, name="dispatch")
class SecondFactorOptionsView(View):
    """What the browser is to ask of a passkey of whoever has just typed their password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        stage = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001 - allauth puts it there
        return JsonResponse(webauthn.begin_authentication(stage.login.user))


class SecondFactorLostView(TemplateView):
    """What to do without the telephone."""

    template_name = "accounts/second_factor_lost.html"


@method_decorator(never_cache, name="dispatch")
class PasskeySignInView(View):
    """Signing in by a passkey alone: the device itself asks for a finger, a face or its PIN, so it is two things."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("accounts:start")
        if not ratelimit.consume(request, action="login"):
            raise TooManyTries(gettext("There have been too many tries from here."), wait_minutes=1)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(webauthn.begin_authentication(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KeyForm(request.POST)
        if not form.is_valid():
            messages.error(request, form.errors["credential"][0])
            return redirect("accounts:sign-in")
        form.factor.user = form.user
        post_authentication(request, form.factor, passwordless=True)
        answer = perform_login(request, Login(user=form.user, redirect_url=safe_next(request, "") or None))
        request.session.set_expiry(0)
        return answer

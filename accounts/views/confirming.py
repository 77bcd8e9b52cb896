"""It is still the same person: the password or a passkey again before a change to how one signs in."""

import time
from typing import Any

from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts.forms import CodeForm, ConfirmForm, KeyForm
from accounts.queries import has_passkey, second_factors_of
from accounts.sessions import CONFIRMED_AT, has_confirmed_lately
from core.views import SignedInMixin


def safe_next(request: HttpRequest, default: str) -> str:
    """Where the person was going, if that is a page of ours."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if is_ours else default


class ConfirmedMixin(SignedInMixin):
    """Asks for the password, a code or a passkey first, unless that was done within the last minutes."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not has_confirmed_lately(request):
            return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': request.path})}")
        return super().dispatch(request, *args, **kwargs)


@method_decorator([never_cache, sensitive_post_parameters("password", "code")], name="dispatch")
class ConfirmView(SignedInMixin, FormView):
    """The password; a code for somebody who has none because their organisation signs them on; or a passkey."""

    template_name = "accounts/confirm.html"

    def get_form(self, form_class: Any = None) -> Any:
        kwargs, user = self.get_form_kwargs(), self.request.user
        if self.request.method == "POST" and "credential" in self.request.POST:
            return KeyForm(user=user, **kwargs)
        if user.has_usable_password():
            return ConfirmForm(request=self.request, **kwargs)
        return CodeForm(user=user, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session[CONFIRMED_AT] = time.time()
        return redirect(safe_next(self.request, reverse("accounts:account")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            next=safe_next(self.request, ""),
            has_passkey=has_passkey(user),
            can_type=user.has_usable_password() or second_factors_of(user).exists(),
            **kwargs,
        )


@method_decorator(never_cache, name="dispatch")
class ConfirmOptionsView(SignedInMixin, FormView):
    """What the browser is to ask of a passkey of this person."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse(webauthn.begin_authentication(request.user))

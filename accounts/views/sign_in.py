"""Signing in and out, on top of allauth's own views."""

from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login
from allauth.account.views import LoginView, LogoutView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts import actions
from accounts.forms import SignInForm
from accounts.models import ConsentKind, Recovery
from accounts.queries import home_of, learners_without_answer
from accounts.views.confirming import safe_next
from accounts.views.sign_on import PENDING
from core.views import SignedInMixin
from providers.queries import roles_today


class SignInView(LoginView):
    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated and LOGIN_SESSION_KEY in request.session:
            # Somebody typed a password here and went no further. allauth would ask the next person for their code.
            clear_login(request)
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[SignInForm]:
        return self.form_class

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth's own context names pages that do not exist here (sign-up, sign-in by code).
        return {"form": self.get_form(), "view": self, "next": safe_next(self.request, "")} | kwargs


def _recovery_words(recovery: Recovery) -> str:
    day = date_format(localtime(recovery.issued_at), "j F Y")
    return _(
        "On %(day)s somebody made a code to help you sign in. They said: “%(check)s”. "
        "If you did not ask for it, tell your school today."
    ) % {"day": day, "check": recovery.identity_check}


class SignOutView(LogoutView):
    http_method_names = ["post"]


class SignedOutView(TemplateView):
    """Offers to forget everything about whoever has just signed out, for a shared phone."""

    template_name = "accounts/signed_out.html"


class ParentsView(TemplateView):
    """What parents and carers want to know. The letters lead here."""

    template_name = "accounts/parents.html"


class StartView(SignedInMixin, View):
    """Sends people to the page they come for: first the question a learner has not answered yet, then their home."""

    def get(self, request: HttpRequest) -> HttpResponse:
        for recovery in actions.tell_of_recoveries(user=request.user):
            messages.warning(request, _recovery_words(recovery))
        if PENDING in request.session and roles_today(request.user):
            return redirect("accounts:sign-on-join")
        if learners_without_answer(ConsentKind.ADVICE_SERVICE).filter(user=request.user).exists():
            return redirect("accounts:consent")
        return redirect(home_of(request.user))

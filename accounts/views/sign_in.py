"""Signing in and out, on top of allauth's own views."""

from typing import Any

from allauth.account.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView, View

from accounts.forms import SignInForm
from accounts.models import ConsentKind
from accounts.queries import home_of, learners_without_answer
from core.views import SignedInMixin


class SignInView(LoginView):
    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def get_form_class(self) -> type[SignInForm]:
        return self.form_class

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth's own context names pages that do not exist here (sign-up, sign-in by code).
        return {"form": self.get_form(), "view": self} | kwargs


class SignOutView(LogoutView):
    http_method_names = ["post"]


class CannotSignInView(TemplateView):
    template_name = "accounts/cannot_sign_in.html"


class ParentsView(TemplateView):
    """What parents and carers want to know. The letters lead here."""

    template_name = "accounts/parents.html"


class StartView(SignedInMixin, View):
    """Sends people to the page they come for: first the question a learner has not answered yet, then their home."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if learners_without_answer(ConsentKind.ADVICE_SERVICE).filter(user=request.user).exists():
            return redirect("accounts:consent")
        return redirect(home_of(request.user))

"""Pages that belong to no app in particular: how pages look, forgetting a device, what we promise."""

from contextlib import suppress
from http.cookies import CookieError
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView, TemplateView

from core import display
from core.forms import DisplayForm, ForgetForm


class DisplayView(FormView):
    """Choose colours, typeface, size and spacing; kept in a cookie on this device."""

    template_name = "core/display.html"
    form_class = DisplayForm

    def get_initial(self) -> dict[str, Any]:
        return display.read(self.request)

    def form_valid(self, form: DisplayForm) -> HttpResponse:
        response = redirect("core:display")
        display.write(response, form.cleaned_data)
        messages.success(self.request, "Saved. Pages now look the way you chose.")
        return response


class ForgetView(FormView):
    """Sign out and take every cookie of ours off this device, for a shared phone or a library's computer."""

    template_name = "core/forget.html"
    form_class = ForgetForm

    def form_valid(self, form: ForgetForm) -> HttpResponse:
        logout(self.request)
        response = redirect("core:forgotten")
        for name in self.request.COOKIES:
            # A cookie with an impossible name is another program's on the same domain: it cannot even be deleted.
            with suppress(CookieError):
                response.delete_cookie(name, samesite="Lax")
        # Pages kept for the Back button go too, where the browser knows how.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class ForgottenView(TemplateView):
    template_name = "core/forgotten.html"


class AccessibilityView(TemplateView):
    template_name = "core/accessibility.html"


class PrivacyView(TemplateView):
    template_name = "core/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = settings.SESSION_COOKIE_AGE // (24 * 3600)
        return super().get_context_data(session_days=days, **kwargs)

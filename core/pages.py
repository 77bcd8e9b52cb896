"""Pages that belong to no app in particular: looks and languages, forgetting a device, what we promise."""

from collections.abc import Iterator
from contextlib import suppress
from http.cookies import CookieError
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from core import display, languages
from core.forms import DisplayForm, ForgetForm


class DisplayView(FormView):
    """Choose colours, typeface, size and spacing; kept on this device, and on the account if there is one."""

    template_name = "core/display.html"
    form_class = DisplayForm

    def get_initial(self) -> dict[str, Any]:
        return display.read(self.request)

    def form_valid(self, form: DisplayForm) -> HttpResponse:
        response = redirect("core:display")
        display.keep(self.request, response, form.cleaned_data)
        messages.success(self.request, _("Saved. Pages now look the way you chose."))
        return response


class LanguageView(TemplateView):
    """Choose a language, and see which pages there are in it. The choice leads back to the page it was made on."""

    template_name = "core/language.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(pages=list(_pages_to_go_to()), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        back = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        response = redirect(back if is_ours else "core:language")
        if (code := request.POST.get("language", "")) in languages.CODES:
            languages.keep(request, response, code)
        return response


def _pages_to_go_to() -> Iterator[tuple[Any, str]]:
    for page in languages.pages():
        # Under another address book (an error handler's, a test's) a page may not be there.
        with suppress(NoReverseMatch):
            if page.text:
                yield page.text, reverse(page.url_name)


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

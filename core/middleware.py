from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from core import languages
from core.errors import StaleState, TooManyTries


class BodyLimitMiddleware:
    """Turn away what is far larger than any file we take, before anything of it is read or kept.

    Django reads a whole form to find its token, so without this a visitor could fill the disk.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.MOST_BODY_BYTES:
            return HttpResponse("This is too large.", status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class LanguageMiddleware:
    """Each page is drawn in the language its visitor chose, where it is translated; the thread is English again after.

    Stands before everything that may answer in a view's place (a wrong token, a refusal), so that these answers are in
    the page's language, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        translation.activate(languages.ENGLISH)
        try:
            response = self.get_response(request)
            match = request.resolver_match
            if match is not None and languages.is_translated(match.view_name):
                patch_vary_headers(response, ["Cookie", "Accept-Language"])
                response["Content-Language"] = languages.current().tag
            return response
        finally:
            translation.activate(languages.ENGLISH)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if languages.is_translated(name):
            translation.activate(languages.of_page(request, name))


class RefusalMiddleware:
    """Turn an action's refusal into its page: 409 when two people acted on one thing, 429 after too many tries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response and request.user.is_authenticated:
            # What a signed-in person saw must not come back with the Back button on a shared computer.
            response["Cache-Control"] = "no-store, private"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, StaleState):
            return render(request, "409.html", {"back_url": error.back_url}, status=409)
        if isinstance(error, TooManyTries):
            response = render(
                request, "429.html", {"sentence": str(error), "wait_minutes": error.wait_minutes}, status=429
            )
            response["Retry-After"] = str(error.wait_minutes * 60)
            return response
        return None

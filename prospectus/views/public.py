"""What every public page of the prospectus shares."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control, patch_vary_headers

from prospectus.middleware import COOKIE as SHORTLIST_COOKIE

SECONDS_KEPT = 60
COMPRESSES = GZipMiddleware(lambda _request: HttpResponse())


class PublicMixin:
    """A page that is the same for every visitor is compressed and may be kept for a minute; a person's own never is."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        patch_vary_headers(response, ["Cookie", "HX-Request"])
        if hasattr(response, "add_post_render_callback"):  # a redirect is never drawn, nor kept
            # Only a drawn page has shown its token or its messages.
            response.add_post_render_callback(self._keep_for_all)
        return response

    def _keep_for_all(self, response: HttpResponse) -> None:
        request = self.request
        # A token, a session, a message or a shortlist is for this visitor only.
        is_own = (
            request.user.is_authenticated
            or response.cookies
            or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
            or any(name in request.COOKIES for name in (settings.SESSION_COOKIE_NAME, "messages", SHORTLIST_COOKIE))
        )
        if not is_own and response.status_code == 200:
            patch_cache_control(response, public=True, max_age=SECONDS_KEPT)
            # No secret is in such a page, so its length tells nothing (BREACH), and it is a seventh of the weight.
            COMPRESSES.process_response(request, response)


def own_area(user: Any) -> str:
    """The area that comes first for this person: a learner's own."""
    learner = getattr(user, "learner", None)
    return learner.area.slug if learner else ""

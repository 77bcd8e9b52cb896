"""What every page's template knows without its view saying so."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core import display, languages
from core.navigation import links_for


def page(request: HttpRequest) -> dict[str, Any]:
    """Names, display preferences and the menu (a callable, so that a partial which shows no menu never builds it)."""
    # An error page may be drawn before the sign-in middleware has run.
    user = getattr(request, "user", None) or AnonymousUser()
    return {
        "portal_name": settings.PORTAL_NAME,
        "area_name": getattr(settings, "AREA_NAME", ""),
        # Asked by the frame only: a partial needs neither, and must not load who is signed in for it.
        "display": SimpleLazyObject(partial(display.read, request)),
        "speech": SimpleLazyObject(partial(languages.of_frame, request)),
        "navigation": partial(links_for, request, user),
    }

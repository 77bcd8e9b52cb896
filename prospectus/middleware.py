"""``request.shortlist``: what this visitor keeps in mind, with an account or without one.

Without an account it is a signed cookie with the courses' references and nothing else. Signing in takes it over.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from prospectus.actions.keeping import MOST_KEPT, take_over_shortlist
from prospectus.models import ShortlistItem

COOKIE = "shortlist"
SALT = "prospectus.shortlist"
DAYS_KEPT = 90
COUNT_KEY = "shortlist"  # in the session: the number in the menu, so that no page asks the database for it


class Shortlist:
    """What one visitor keeps. Nothing is asked of the database until a page wants to know."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._references: list[str] | None = None

    @property
    def is_on_device(self) -> bool:
        return not self._request.user.is_authenticated

    @property
    def references(self) -> list[str]:
        """The courses kept, oldest first."""
        if self._references is None:
            self._references = cookie_of(self._request) if self.is_on_device else self._of_account()
        return self._references

    def _of_account(self) -> list[str]:
        kept = ShortlistItem.objects.visible_to(self._request.user).values_list("course__reference", flat=True)
        found = list(kept)
        self.remember_count(len(found))
        return found

    @property
    def count(self) -> int:
        """For the menu of every page. On another device it may be old until a page of courses is opened there."""
        if self._references is not None or self.is_on_device:
            return len(self.references)
        return self._request.session.get(COUNT_KEY, 0)

    def remember_count(self, count: int) -> None:
        if self._request.session.get(COUNT_KEY, 0) != count:
            self._request.session[COUNT_KEY] = count

    def changed(self, references: list[str], response: HttpResponse) -> None:
        """From now on these are kept: the cookie says so, or, with an account, the number in the menu."""
        self._references = references
        if not self.is_on_device:
            self.remember_count(len(references))
        elif references:
            response.set_signed_cookie(
                COOKIE,
                ".".join(references),
                salt=SALT,
                max_age=DAYS_KEPT * 24 * 3600,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        else:
            response.delete_cookie(COOKIE, samesite="Lax")


def cookie_of(request: HttpRequest) -> list[str]:
    """The references in this request's cookie; none where it is missing, too old or not ours."""
    value = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=DAYS_KEPT * 24 * 3600)
    return value.split(".")[:MOST_KEPT] if value else []


class ShortlistMiddleware:
    """Every request knows its shortlist; the first one after signing in brings along what the device kept."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.shortlist = Shortlist(request)
        is_taken_over = COOKIE in request.COOKIES and request.user.is_authenticated
        if is_taken_over:
            count = take_over_shortlist(references=cookie_of(request), by=request.user)
            request.shortlist.remember_count(count)
        response = self.get_response(request)
        if is_taken_over:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response

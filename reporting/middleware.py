"""Which answers are pages that somebody was shown."""

from collections.abc import Callable
from functools import lru_cache

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.sessions import STAFF
from core.visitors import device_of, is_somebody, wants_no_counting
from reporting.actions import count_page
from reporting.models import PageKind, ReaderKind

# By the floor whose page it is; staff pages of every floor have addresses of their own.
KINDS = {
    "core": PageKind.ABOUT,
    "accounts": PageKind.ACCOUNT,
    "providers": PageKind.ACCOUNT,
    "prospectus": PageKind.FINDING,
    "ilp": PageKind.PLAN,
    "applications": PageKind.APPLYING,
}
SOME = {
    "prospectus:home": PageKind.HOME,
    "prospectus:course": PageKind.COURSE,
    "prospectus:provider": PageKind.COURSE,
}


class UseMiddleware:
    """Every page that somebody was shown counts as use of the site, unless their browser asks not to be followed.

    Refusals, redirects, parts of pages, files and what programs ask for are not pages. Costs no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and _is_page(request, response):
            page = kind_of(match.view_name, request.path.startswith("/desk/"))
            if page is not None:
                _count(request, page)
        return response


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and request.method == "GET"
        and "HX-Request" not in request.headers
        and response.get("Content-Type", "").startswith("text/html")
        and is_somebody(request)
        and not wants_no_counting(request)
    )


@lru_cache(maxsize=1000)
def kind_of(view_name: str, is_desk: bool) -> PageKind | None:
    """What kind of page that is; None: one that is nobody's reading, such as a demonstration's own."""
    if is_desk:
        return PageKind.DESK
    return SOME.get(view_name) or KINDS.get(view_name.partition(":")[0])


def _count(request: HttpRequest, page: PageKind) -> None:
    # One is never more visitors or rows by naming the site otherwise: of all names only those of areas count.
    host = request.get_host().partition(":")[0].lower().removesuffix(".")
    host = host if host in settings.AREA_HOSTS else ""
    # Without the cookie nobody is signed in; with it the page itself has asked who it is.
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        reader = ReaderKind.STAFF if request.session.get(STAFF) else ReaderKind.LEARNER
        count_page(host=host, page=page, reader=reader, account=request.user.pk)
        return
    try:
        address = str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return  # a proxy that says nothing, or too little: no page fails for it
    count_page(
        host=host, page=page, reader=ReaderKind.VISITOR, device=device_of(address, request.headers["User-Agent"])
    )

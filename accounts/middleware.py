"""What holds for every page of somebody who is signed in."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts import sessions
from accounts.models import Learner, MergedLearner
from accounts.registry import FOR_ANYBODY
from providers.queries import roles_today
from providers.querysets import ask_roles_once

# Where staff without a second factor get: to set one up, and out again.
WITHOUT_FACTOR = {
    "accounts:factor-set-up",
    "accounts:factor-app",
    "accounts:passkey-add",
    "accounts:recovery-codes",
    "accounts:factor-again",
    "accounts:confirm",
    "accounts:confirm-options",
    "accounts:sign-out",
    "accounts:session-left",
    "accounts:session-stay",
    "accounts:invitation",
    "accounts:invitation-open",
    "core:display",
    "core:forget",
    "core:privacy",
    "core:accessibility",
}
# What may be sent although one's time has run out: it begins or ends a sign-in and writes nothing else.
SENT_ANYWAY = {
    "accounts:sign-in",
    "accounts:sign-out",
    "accounts:passkey-sign-in",
    "accounts:sign-on",
    "accounts:sign-on-find",
    "accounts:unlock",
    "core:display",
}
# Asking how long is left is not doing something.
DOES_NOTHING = {"accounts:session-left"}
LONG = 40  # characters: what somebody would be sorry to write again
SECRET = ("password", "code", "credential", "token")


class SignInMiddleware:
    """Ends a session when its time is over, and lets staff nowhere without a second factor.

    The one home of both rules. A session that has shown a second factor costs no query; in others the roles are asked,
    which are kept on the user and which nearly every page asks anyway.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.resolver_match and not FOR_ANYBODY.isdisjoint(request.resolver_match.namespaces):
            return None
        # Without the cookie nobody is signed in, and a page that can be kept by proxies stays one.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        ask_roles_once(request.user)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if sessions.seconds_left(request.session) <= 0:
            return _time_is_over(request, name)
        if name not in DOES_NOTHING:
            sessions.see(request.session)
        request.idle_seconds = sessions.idle_seconds(request.session)  # type: ignore[attr-defined]
        request.idle_minutes = request.idle_seconds // 60  # type: ignore[attr-defined]
        if request.session.get(sessions.FACTOR) or name in WITHOUT_FACTOR or not roles_today(request.user):
            return None
        request.session[sessions.STAFF] = True
        return _go_to(request, reverse("accounts:factor-set-up"))


class OneRecordMiddleware:
    """An address with the reference of a record that has become one with another leads to that one, for whoever may
    see it; for others it stays an address of nothing. Asked only where there would be no page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.NOT_FOUND or request.method not in {"GET", "HEAD"}:
            return response
        return _to_the_one_kept(request) or response


def _to_the_one_kept(request: HttpRequest) -> HttpResponse | None:
    match = request.resolver_match
    reference = str(match.kwargs.get("reference", "")) if match else ""
    if match is None or not reference.isalnum() or not request.user.is_authenticated:
        return None
    merged = MergedLearner.objects.filter(reference=reference).first()
    if merged is None:  # nearly always, and cheaper to know than whom this person may see
        return None
    kept = Learner.objects.visible_to(request.user).filter(pk=merged.learner_id).first()
    return redirect(match.view_name, **match.kwargs | {"reference": kept.reference}) if kept else None


def _time_is_over(request: HttpRequest, name: str) -> HttpResponse | None:
    """The person is signed out and told. A page goes on as for a visitor: one that needs a sign-in asks for it and
    leads back. What was sent is not carried out, and what would be a pity to lose is shown."""
    words = _why(request.session)
    logout(request)
    if request.headers.get("HX-Request"):
        messages.info(request, words)
        return _reload()
    if request.method in {"GET", "HEAD", "OPTIONS"} or name in SENT_ANYWAY:
        messages.info(request, words)
        return None
    written = [
        text
        for field, text in request.POST.items()
        if isinstance(text, str) and len(text) > LONG and not any(word in field for word in SECRET)
    ]
    back = request.path if request.headers.get("Referer", "").endswith(request.path) else ""
    context = {"words": words, "written": written, "back": back}
    response = render(request, "accounts/session_over.html", context, status=403)
    response["Cache-Control"] = "no-store, private"
    return response


def _why(session: Any) -> str:
    idle = sessions.idle_seconds(session)
    if session.get(sessions.SEEN_AT, 0) and session.get(sessions.STAFF) and not _was_idle(session, idle):
        return ngettext(
            "You have been signed out: a sign-in lasts %(hours)s hour. Sign in again to go on.",
            "You have been signed out: a sign-in lasts %(hours)s hours. Sign in again to go on.",
            settings.STAFF_SESSION_HOURS,
        ) % {"hours": settings.STAFF_SESSION_HOURS}
    if session.get(sessions.OWN_DEVICE):
        return gettext("You have been signed out because you were away for a while. Sign in again to go on.")
    return gettext(
        "You have been signed out because nothing was done here for %(minutes)s minutes. Sign in again to go on."
    ) % {"minutes": idle // 60}


def _was_idle(session: Any, idle: int) -> bool:
    return sessions.time.time() - session.get(sessions.SEEN_AT, 0) >= idle


def _go_to(request: HttpRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _reload() -> HttpResponse:
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})

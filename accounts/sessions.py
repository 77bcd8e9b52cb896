"""Sessions with an owner, what they remember of a sign-in, and how long they last.

Times here are the machine's, as all of Django's session machinery: a demonstration that moves the portal's clock, and
a test that asks what will be in March, must not sign anybody out.
"""

import datetime as dt
import re
import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest

from core import clock
from providers.queries import roles_today

SIGNED_IN_AT, SEEN_AT, DEVICE, STAFF = "signed_in_at", "seen_at", "device", "is_staff"
FACTOR = "second_factor"  # how this session proved more than a password; absent where it did not
CONFIRMED_AT = "confirmed_at"  # when the person last typed a password or a code, or touched a key
OWN_DEVICE = "own_device"  # the learner said that nobody else uses it
SEEN_EVERY = 60  # seconds: a busy session is written down this often, not with every page

BROWSERS = (
    ("Edge", r"Edg/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Chromebook", r"CrOS"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh"),
    ("Linux", r"Linux"),
)


class SessionStore(DatabaseStore):
    """Django's own, whose rows also say whose they are, so that people can see and end theirs."""

    @classmethod
    def get_model_class(cls) -> Any:
        from accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.device = data.get(DEVICE, "")
        row.started_at, row.seen_at = _moment(data.get(SIGNED_IN_AT)), _moment(data.get(SEEN_AT))
        return row


def signed_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Django says that somebody has signed in, in whatever way."""
    # Django's own receiver, which this one stands in for, goes by the machine's clock: what is decided by when
    # somebody was last here (roles nobody uses, records nobody needs) goes by the portal's.
    user.last_login = clock.now()
    user.save(update_fields=["last_login"])
    remember_sign_in(request, user)


def remember_sign_in(request: HttpRequest, user: Any) -> None:
    """The session knows when and how this person has just signed in, and on what."""
    session, now = request.session, time.time()
    session[SIGNED_IN_AT] = session[SEEN_AT] = session[CONFIRMED_AT] = now
    session[DEVICE] = device_words(request.META.get("HTTP_USER_AGENT", ""))
    session[STAFF] = bool(roles_today(user))
    if session[STAFF]:
        session.set_expiry(0)
    if how := factor_used(request, user):
        session[FACTOR] = how


def factor_used(request: HttpRequest, user: Any) -> str:
    """How this session has proved more than a password for ``user``; empty where it has not."""
    for record in get_authentication_records(request, user):
        if record["method"] == "mfa" and not record.get("reauthenticated"):
            return str(record["type"])
        if record["method"] == "sign_on" and record.get("is_second_factor"):
            return "sign_on"
    return ""


def has_confirmed_lately(request: HttpRequest) -> bool:
    """The person has typed a password or a code, or touched a key, within the last minutes."""
    confirmed_at = request.session.get(CONFIRMED_AT, 0)
    return bool(time.time() - confirmed_at < settings.CONFIRMED_FOR_MINUTES * 60)


def seconds_left(session: Any) -> float:
    """Until this session is over if nothing is done in it; 0 or less when it is over."""
    now = time.time()
    left = session.get(SEEN_AT, 0) + idle_seconds(session) - now
    if session.get(STAFF):
        left = min(left, session.get(SIGNED_IN_AT, 0) + settings.STAFF_SESSION_HOURS * 3600 - now)
    return float(left)


def idle_seconds(session: Any) -> int:
    """How long nothing may be done: staff, a learner on a shared computer, a learner on their own device."""
    if session.get(STAFF):
        return int(settings.STAFF_IDLE_MINUTES) * 60
    if session.get(OWN_DEVICE):
        return int(settings.OWN_DEVICE_DAYS) * 24 * 3600
    return int(settings.LEARNER_IDLE_MINUTES) * 60


def see(session: Any) -> None:
    """Something was done in this session now."""
    if time.time() - session.get(SEEN_AT, 0) >= SEEN_EVERY:
        session[SEEN_AT] = time.time()


def device_words(agent: str) -> str:
    """ "Chrome on Windows": enough to know one's own again, and nothing that tells one device from its like."""
    browser = next((name for name, sign in BROWSERS if re.search(sign, agent)), "")
    system = next((name for name, sign in SYSTEMS if re.search(sign, agent)), "")
    return " on ".join(part for part in (browser, system) if part)


def _moment(seconds: float | None) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None

"""How a person likes pages to look. Kept in one first-party cookie on the device, so it needs no account.

Somebody who is signed in has it on the account as well, and finds it on every device.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

COOKIE = "display"
COOKIE_SECONDS = 365 * 24 * 3600

# The first choice of each is what a new visitor gets. The words are those of the form.
CHOICES: dict[str, dict[str, Any]] = {
    "theme": {
        "standard": _("Standard"),
        "cream": _("Cream paper"),
        "blue": _("Pale blue paper"),
        "dark": _("Dark"),
        "contrast": _("High contrast, yellow and white on black"),
    },
    "font": {
        "standard": _("Standard (Atkinson Hyperlegible)"),
        "dyslexic": _("OpenDyslexic"),
        "system": _("My device's own typeface (uses less data)"),
    },
    "size": {"100": _("Standard"), "115": _("Larger"), "130": _("Largest")},
    "spacing": {"standard": _("Standard"), "wide": _("More space between letters, words and lines")},
    "motion": {"standard": _("Standard"), "off": _("No movement, and no pictures that are only decoration")},
}

# Only there for somebody who chose it: pages that have an easy-read layout begin with it.
EASY = "easy"
READING = {"": _("Standard"), EASY: _("Easy read: large, one idea on a line, with pictures")}


@dataclass(frozen=True, kw_only=True)
class Account:
    """How the floor that owns accounts keeps somebody's choices. ``read`` answers nothing where none were made."""

    read: Callable[[Any], Mapping[str, str]]
    write: Callable[[Any, Mapping[str, str]], None]


_accounts: list[Account] = []


def register_account(account: Account) -> None:
    """From now on a signed-in person's choices are kept there, too. Registering again replaces it."""
    _accounts[:] = [account]


def read(request: HttpRequest) -> dict[str, str]:
    """The choices on the account, else this device's, complete: unknown or missing ones are the standard."""
    user = getattr(request, "user", None)
    kept = [account.read(user) for account in _accounts] if user is not None and user.is_authenticated else []
    on_device = dict(parse_qsl(request.COOKIES.get(COOKIE, "")))
    return _known(next((choices for choices in kept if choices), on_device))


def encode(choices: Mapping[str, str]) -> str:
    """The cookie's value for these choices."""
    return urlencode(_known(choices))


def keep(request: HttpRequest, response: HttpResponse, choices: Mapping[str, str]) -> None:
    """The device that gets this response remembers the choices for a year; so does the account of who is signed in."""
    if request.user.is_authenticated:
        for account in _accounts:
            account.write(request.user, _known(choices))
    response.set_cookie(COOKIE, encode(choices), max_age=COOKIE_SECONDS, samesite="Lax", httponly=True)


def _known(choices: Mapping[str, Any]) -> dict[str, str]:
    known = {
        name: choices[name] if choices.get(name) in options else next(iter(options))
        for name, options in CHOICES.items()
    }
    return known | ({"reading": EASY} if choices.get("reading") == EASY else {})

"""How a person likes pages to look. Kept in one first-party cookie on the device, so it needs no account."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse

COOKIE = "display"
COOKIE_SECONDS = 365 * 24 * 3600

# The first choice of each is what a new visitor gets. The words are those of the form.
CHOICES: dict[str, dict[str, str]] = {
    "theme": {
        "standard": "Standard",
        "cream": "Cream paper",
        "blue": "Pale blue paper",
        "dark": "Dark",
        "contrast": "High contrast, yellow and white on black",
    },
    "font": {
        "standard": "Standard (Atkinson Hyperlegible)",
        "dyslexic": "OpenDyslexic",
        "system": "My device's own typeface (uses less data)",
    },
    "size": {"100": "Standard", "115": "Larger", "130": "Largest"},
    "spacing": {"standard": "Standard", "wide": "More space between letters, words and lines"},
    "motion": {"standard": "Standard", "off": "No movement, and no pictures that are only decoration"},
}


def read(request: HttpRequest) -> dict[str, str]:
    """This device's choices, complete: what is missing or unknown in the cookie falls back to the standard."""
    return _known(dict(parse_qsl(request.COOKIES.get(COOKIE, ""))))


def encode(choices: Mapping[str, str]) -> str:
    """The cookie's value for these choices."""
    return urlencode(_known(choices))


def write(response: HttpResponse, choices: Mapping[str, str]) -> None:
    """The device that gets this response remembers the choices for a year."""
    response.set_cookie(COOKIE, encode(choices), max_age=COOKIE_SECONDS, samesite="Lax", httponly=True)


def _known(choices: Mapping[str, str]) -> dict[str, str]:
    return {
        name: choices[name] if choices.get(name) in options else next(iter(options))
        for name, options in CHOICES.items()
    }

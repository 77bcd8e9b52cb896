"""Which language a page is in. A page is in one language as a whole: half of it in another helps nobody.

English is complete. Another language is offered on the pages that are registered here, whose every word is in its
catalogue (``./portal words --check``); all other pages stay English and say so in the language that was chosen.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_language_info, trans_real

COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600

ENGLISH: str = settings.LANGUAGE_CODE
CODES: tuple[str, ...] = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language as pages name it: by its own word, with its own direction."""

    code: str
    tag: str  # for the attribute lang
    name: str
    direction: str
    stays_english: str  # "This page is only in English", in this language


def _language(code: str, stays_english: str) -> Language:
    # Told by the code, not by Django's table: it writes "polski", and a button's word begins with a capital.
    direction = "rtl" if get_language_info(code)["bidi"] else "ltr"
    tag = "en-GB" if code == ENGLISH else code
    return Language(
        code=code, tag=tag, name=dict(settings.LANGUAGES)[code], direction=direction, stays_english=stays_english
    )


LANGUAGES: dict[str, Language] = {
    code: _language(code, sentence)
    for code, sentence in (
        ("en-gb", ""),
        ("pl", "Ta strona jest na razie tylko po angielsku."),
        ("ur", "یہ صفحہ فی الحال صرف انگریزی میں ہے۔"),
    )
}

# --- which pages


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page that is in every language. ``text`` is its name in lists of such pages; without one it is in no list."""

    url_name: str
    text: Any = ""
    is_information: bool = False


_pages: dict[str, Page] = {}


def register_page(url_name: str, *, text: Any = "", is_information: bool = False) -> None:
    """This page is in every language. A page of information is also shown in the browser's language, unasked."""
    _pages[url_name] = Page(url_name=url_name, text=text, is_information=is_information)


def is_translated(url_name: str) -> bool:
    return url_name in _pages


def pages() -> list[Page]:
    """Every page that is in every language, in the order of registering."""
    return list(_pages.values())


# --- what somebody has chosen


@dataclass(frozen=True, kw_only=True)
class Account:
    """How the floor that owns accounts keeps somebody's language."""

    read: Callable[[Any], str]
    write: Callable[[Any, str], None]


_accounts: list[Account] = []


def register_account(account: Account) -> None:
    """From now on a signed-in person's language is kept there, too. Registering again replaces it."""
    _accounts[:] = [account]


def chosen(request: HttpRequest) -> str:
    """The language that was asked for: on the account, else on this device; nothing where nobody has chosen."""
    user = getattr(request, "user", None)
    kept = [account.read(user) for account in _accounts] if user is not None and user.is_authenticated else []
    return next((code for code in (*kept, request.COOKIES.get(COOKIE, "")) if code in CODES), "")


def of_browser(request: HttpRequest) -> str:
    """The first language of the browser that we have; nothing where we have none of them."""
    for asked, _weight in trans_real.parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        base = asked.partition("-")[0]
        if base == "en":
            return ENGLISH
        if base in CODES:
            return base
    return ""


def of_page(request: HttpRequest, url_name: str) -> str:
    """The language this page is to be shown in."""
    page = _pages.get(url_name)
    if page is None:
        return ENGLISH
    return chosen(request) or (of_browser(request) if page.is_information else "") or ENGLISH


def current() -> Language:
    """The language that is being spoken."""
    return LANGUAGES.get(translation.get_language() or ENGLISH, LANGUAGES[ENGLISH])


@dataclass(frozen=True, kw_only=True)
class Speech:
    """What the frame of a page says about languages."""

    current: Language
    offered: list[Language]  # empty where the page is only in English
    wanted: Language | None  # the language somebody has chosen and this page does not have


def of_frame(request: HttpRequest) -> Speech:
    """For the template of every page."""
    match = getattr(request, "resolver_match", None)
    if match is not None and is_translated(match.view_name):
        return Speech(current=current(), offered=list(LANGUAGES.values()), wanted=None)
    wanted = chosen(request)
    is_other = wanted not in {"", ENGLISH}
    return Speech(current=current(), offered=[], wanted=LANGUAGES[wanted] if is_other else None)


def keep(request: HttpRequest, response: HttpResponse, code: str) -> None:
    """The device that gets this response remembers the language for a year; so does the account of who is signed in."""
    if code not in CODES:
        raise KeyError(code)
    if request.user.is_authenticated:
        for account in _accounts:
            account.write(request.user, code)
    response.set_cookie(
        COOKIE,
        code,
        max_age=COOKIE_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """What is written inside, such as an e-mail, is in this language; in English where there is no such language."""
    with translation.override(code if code in CODES else ENGLISH):
        yield

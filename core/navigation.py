"""The menu. Each app registers its own items in ``AppConfig.ready()``; the pages ask for the ones a person may see."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.translation import gettext_lazy as _


def everybody(_user: Any) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One entry of the menu. ``shows`` is asked on every page, so it must be cheap."""

    text: str
    url_name: str
    shows: Callable[[Any], bool] = everybody
    order: int = 50
    # Further url names that count as being in this part of the site, beyond the addresses below its own.
    also: tuple[str, ...] = ()
    # A number to say after the text, such as how many courses are kept; asked on every page, too. 0 is not said.
    count: Callable[[HttpRequest], int] | None = None
    # Entries of one group stand below its name, for whoever has too many for one row. A word of ``GROUPS``.
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class NavLink:
    """A menu entry as one page shows it."""

    text: str
    url: str
    is_current: bool
    key: str = ""
    inside: tuple["NavLink", ...] = ()  # a group's name, with the entries below it


MOST_IN_A_ROW = 9
VISITS, FIGURES, PEOPLE, SETTINGS = "visits", "figures", "people", "settings"
GROUPS = {VISITS: _("Visits"), FIGURES: _("Figures"), PEOPLE: _("People"), SETTINGS: _("More")}

_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """The item is in the menu. Registering the same url name again replaces it, so ``ready()`` may run twice."""
    _items[item.url_name] = item


def links_for(request: HttpRequest, user: Any) -> list[NavLink]:
    """The menu of this person, in order, with at most one entry marked as current."""
    known = ((item, _address(item.url_name, get_urlconf())) for item in _items.values() if item.shows(user))
    # A url configuration without an app (an error handler, a test's own) has a shorter menu.
    shown = sorted(
        ((item, address) for item, address in known if address), key=lambda pair: (pair[0].order, str(pair[0].text))
    )
    current = _current(request, shown)
    links = [
        NavLink(text=_text(item, request), url=url, is_current=item is current, key=item.url_name.replace(":", "-"))
        for item, url in shown
    ]
    return _grouped([item.group for item, _url in shown], links) if len(links) > MOST_IN_A_ROW else links


@cache
def _address(url_name: str, _urlconf: str | None) -> str:
    """The address of a page, empty where this url configuration has none: worked out once, and asked on every page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _grouped(groups: list[str], links: list[NavLink]) -> list[NavLink]:
    """The same entries, those of a group below its name where the first of them stood. One alone needs no group."""
    found: list[NavLink] = []
    for group, link in zip(groups, links, strict=True):
        inside = tuple(other for name, other in zip(groups, links, strict=True) if name == group)
        if not group or len(inside) == 1:
            found.append(link)
        elif inside[0] is link:
            is_current = any(one.is_current for one in inside)
            found.append(NavLink(text=str(GROUPS[group]), url="", is_current=is_current, key=group, inside=inside))
    return found


def _text(item: NavItem, request: HttpRequest) -> str:
    count = item.count(request) if item.count else 0
    return f"{item.text} ({count})" if count else item.text


def _current(request: HttpRequest, shown: list[tuple[NavItem, str]]) -> NavItem | None:
    match = getattr(request, "resolver_match", None)
    name = match.view_name if match else None
    for item, _url in shown:
        if name == item.url_name or name in item.also:
            return item
    above = [(item, url) for item, url in shown if url != "/" and request.path.startswith(url)]
    return max(above, key=lambda pair: len(pair[1]))[0] if above else None

"""The menu. Each app registers its own items in ``AppConfig.ready()``; the pages ask for the ones a person may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


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


@dataclass(frozen=True, kw_only=True)
class NavLink:
    """A menu entry as one page shows it."""

    text: str
    url: str
    is_current: bool
    key: str = ""


_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """The item is in the menu. Registering the same url name again replaces it, so ``ready()`` may run twice."""
    _items[item.url_name] = item


def links_for(request: HttpRequest, user: Any) -> list[NavLink]:
    """The menu of this person, in order, with at most one entry marked as current."""
    shown = []
    for item in sorted(_items.values(), key=lambda item: (item.order, item.text)):
        if item.shows(user):
            try:
                shown.append((item, reverse(item.url_name)))
            except NoReverseMatch:
                # A url configuration without this app (an error handler, a test's own) has a shorter menu.
                continue
    current = _current(request, shown)
    return [
        NavLink(text=_text(item, request), url=url, is_current=item is current, key=item.url_name.replace(":", "-"))
        for item, url in shown
    ]


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

"""Lists that are searched by somebody's name. A name never stands in an address, where servers, proxies and histories
write it down: the words stay with the session, and the address has a random key to them."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

SESSION_NAME = "searched_words"
KEY = "found"
SEARCHES_KEPT = 10
MOST_WORDS = 80


def keep_words(request: HttpRequest, words: Mapping[str, str]) -> str:
    """The key to these words, by field, of somebody's last searches; "" where none of them says anything."""
    said = {name: clean for name, value in words.items() if (clean := value.replace("\0", "").strip()[:MOST_WORDS])}
    if not said:
        return ""
    kept = dict(request.session.get(SESSION_NAME, {}))
    key = next((key for key, before in kept.items() if before == said), "") or secrets.token_urlsafe(6)
    kept.pop(key, None)
    request.session[SESSION_NAME] = dict([*kept.items(), (key, said)][-SEARCHES_KEPT:])
    return key


def kept_words(request: HttpRequest) -> dict[str, str]:
    """The words, by field, that this address has the key to."""
    found: dict[str, str] = request.session.get(SESSION_NAME, {}).get(request.GET.get(KEY, ""), {})
    return found


def is_forgotten(request: HttpRequest) -> bool:
    """The address has a key to words that are kept no more, so that it would show everybody."""
    return KEY in request.GET and not kept_words(request)


class NamesKeptMixin:
    """A page about a list that was searched by name."""

    name_fields: tuple[str, ...] = ("q",)
    request: HttpRequest

    @cached_property
    def asked(self) -> QueryDict:
        """What the address says, and the words that it has the key to. A name in the address is not read."""
        asked = self.request.GET.copy()
        words = kept_words(self.request)
        for name in self.name_fields:
            asked.pop(name, None)
            if name in words:
                asked[name] = words[name]
        return asked


class SearchByNameMixin(NamesKeptMixin):
    """A list whose form is posted. Its names are kept, what else it says stands in the address as in any filter."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_forgotten(request):
            messages.warning(request, _("What you searched for is not kept any more. Search again."))
            return redirect(_address(request, KEY))
        response: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A search: what it says takes the place of what the address said."""
        said = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
        key = keep_words(request, {name: str(said.get(name, "")) for name in self.name_fields})
        more = {name: str(value) for name, value in said.items() if name not in self.name_fields}
        return redirect(_address(request, "page", *self.name_fields, **more, **{KEY: key}))


def _address(request: HttpRequest, *without: str, **said: str) -> str:
    """This address without some of what it says, and with something else."""
    query = request.GET.copy()
    for name in (*without, *said):
        query.pop(name, None)
    for name, value in said.items():
        if value:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path

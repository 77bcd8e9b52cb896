"""Named places on a lower floor's page that a higher floor fills.

The page says ``{% slot "course-run-actions" run %}``; the higher floor registers a template and a function
that gives its context. A page with an empty slot is complete without it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

Filler = Callable[[Any, Any], dict[str, Any] | None]


class Fill(NamedTuple):
    template: str
    context: Filler  # (request, thing) -> context, or None to show nothing


_fills: dict[str, list[Fill]] = {}


def register(name: str, *, template: str, context: Filler) -> None:
    """From now on the slot also shows ``template``. Called from AppConfig.ready(), once."""
    fill = Fill(template, context)
    if fill not in _fills.setdefault(name, []):
        _fills[name].append(fill)


def fills(name: str) -> list[Fill]:
    """What has been registered for this slot, in order of the floors."""
    return _fills.get(name, [])

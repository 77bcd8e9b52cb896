"""Where people land after they sign in, and who is told of a learner's first steps. Higher floors register in
AppConfig.ready()."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Home(NamedTuple):
    """The page ``url_name`` is home for people ``is_for`` says yes to."""

    url_name: str
    is_for: Callable[[Any], bool]
    order: int


HOMES: dict[str, Home] = {}
FOR_ANYBODY: set[str] = set()
Told = Callable[[Any], None]  # (learner)
_unlocked: list[Told] = []


def register_home(url_name: str, *, is_for: Callable[[Any], bool], order: int = 50) -> None:
    """From now on these people land on ``url_name``; of several pages the one with the lowest ``order`` wins."""
    HOMES[url_name] = Home(url_name, is_for, order)


def register_for_anybody(namespace: str) -> None:
    """From now on nobody's session is looked at for the addresses of this namespace: they are the same for all."""
    FOR_ANYBODY.add(namespace)


def register_unlocked(tell: Told) -> None:
    """From now on ``tell(learner)`` is part of a learner's unlocking, and of each yes to the advice service, in the
    same transaction and with the learner locked. It may be told twice. Called once, from AppConfig.ready()."""
    if tell not in _unlocked:
        _unlocked.append(tell)


def unlocked(learner: Any) -> None:
    """The higher floors know that this learner has an account, and how they answered."""
    for tell in _unlocked:
        tell(learner)

"""Reference tables that come with the portal. A floor above the command that loads them registers its own."""

from collections.abc import Callable

LOADERS: dict[str, Callable[[], int]] = {}


def register_reference(name: str, load: Callable[[], int]) -> None:
    """From now on ``load_reference`` also calls ``load()``, which may run often and answers how many rows it has."""
    LOADERS[name] = load

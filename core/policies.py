"""Who may do what: each verb has one named rule."""

from collections.abc import Callable, Mapping
from typing import Any

from core.errors import NotAllowed

Rule = Callable[[Any, Any], bool]


def the_service(user: Any, thing: Any) -> bool:
    """Nobody: only scheduled work, which acts with ``by=None``."""
    return False


def either(*rules: Rule) -> Rule:
    """True when any of the rules is. Named after its parts, so that a failing test reads well."""

    def rule(user: Any, thing: Any) -> bool:
        return any(one(user, thing) for one in rules)

    rule.__name__ = "_or_".join(one.__name__ for one in rules)
    return rule


class Policy:
    """Who may do each verb to one kind of thing. An unknown verb is a mistake in the code: KeyError."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self.rules = dict(rules)

    def can(self, user: Any, verb: str, thing: Any) -> bool:
        """Whether ``user`` may do ``verb``. ``None`` is the service itself."""
        rule = self.rules[verb]
        if user is None:
            return rule is the_service
        return bool(user.is_authenticated and rule(user, thing))

    def require(self, user: Any, verb: str, thing: Any) -> None:
        """Raises: NotAllowed when ``user`` may not."""
        if not self.can(user, verb, thing):
            raise NotAllowed(f"{verb} on {thing._meta.label_lower}:{thing.pk}")

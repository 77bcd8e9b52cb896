"""What people are today."""

from typing import Any

from providers.models import StaffRole


def role_kinds(user: Any) -> frozenset[str]:
    """The kinds of role ``user`` holds today, asked of the database once per request (kept on the user object)."""
    if not user.is_authenticated:
        return frozenset()
    if not hasattr(user, "role_kinds_today"):
        user.role_kinds_today = frozenset(StaffRole.objects.of(user).values_list("kind", flat=True))
    return user.role_kinds_today


def may_upload(user: Any) -> bool:
    """Whether the menu shows uploads. What exactly may be handed over is asked of each kind."""
    return bool(role_kinds(user) & {"coordinator", "editor", "manager"})

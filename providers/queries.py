"""Reads that span several tables of this floor."""

from typing import Any

from providers.models import StaffRole


def role_kinds(user: Any) -> frozenset[str]:
    """The kinds of role ``user`` holds today, asked of the database once per request (kept on the user object)."""
    if not user.is_authenticated:
        return frozenset()
    if not hasattr(user, "_role_kinds"):
        user._role_kinds = frozenset(StaffRole.objects.of(user).values_list("kind", flat=True))
    return user._role_kinds

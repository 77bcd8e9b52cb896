"""Accounts that nobody signs in with: a college's own system acts by one."""

from accounts.models import User

SYSTEM_NAMES = "system-"  # how the user name of such an account begins


def make_system_account(*, name: str, reference: str) -> User:
    """An account that can hold a role and stand in history, and that no password, passkey or link ever opens."""
    user = User(username=f"{SYSTEM_NAMES}{reference.lower()}", name=name, is_active=False)
    user.set_unusable_password()
    user.save()
    return user

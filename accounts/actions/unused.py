"""Staff who never sign in are warned, and their roles end; their sign-ins with them."""

from django.db import transaction

from accounts.models import Session
from providers.actions import lapse_role, warn_unused
from providers.models import StaffRole


def end_unused_roles() -> int:
    """Warnings that are due are given, and roles that nobody used in spite of two of them have ended. Returns how
    many. Safe to run twice, at once, and after having been killed: each role is a transaction of its own."""
    warn_unused()
    number = 0
    for role in StaffRole.objects.to_lapse().select_related("organisation").order_by("pk"):
        with transaction.atomic():
            if lapse_role(role=role) is not None:
                Session.objects.filter(user=role.user_id).delete()
                number += 1
    return number

from typing import Any

from django.db import models
from django.utils import timezone


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SessionQuerySet":
        """One's own, as long as they last."""
        if not user.is_authenticated:
            return self.none()
        # The session machinery runs by the machine's clock, also where a demonstration has moved the portal's.
        return self.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at", "session_key")

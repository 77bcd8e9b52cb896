"""Where somebody is signed in: Django's own session rows, with whose they are."""

from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac

from accounts.querysets import SessionQuerySet


class Session(AbstractBaseSession):
    """One browser. Its key is what the browser's cookie holds, so it is never shown; ``reference`` is."""

    # A session is nothing that anybody decided: it goes with its person.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )
    device = models.CharField(max_length=60, blank=True, help_text="Browser and system in words, as it said of itself.")
    started_at = models.DateTimeField(null=True, blank=True, help_text="When the person signed in there.")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="Last request, to a minute or so.")

    objects = SessionQuerySet.as_manager()

    @property
    def reference(self) -> str:
        return salted_hmac("accounts.session", self.session_key, algorithm="sha256").hexdigest()[:24]

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.sessions import SessionStore

        return SessionStore

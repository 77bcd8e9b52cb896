from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

BOUNCED = "The address from which e-mails came back. While it is still the address, none are sent there."


class User(AbstractUser):
    """Somebody who signs in: a learner or a member of staff. What they may do comes from their record or roles."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=120, blank=True, help_text="How the portal addresses them.")
    display = models.JSONField(default=dict, blank=True, help_text="How they like pages to look; empty until they say.")
    language = models.CharField(
        max_length=10, blank=True, help_text="Of pages and e-mails, as in settings; empty until they choose."
    )
    is_supporter = models.BooleanField(
        default=False, db_default=False, help_text="A learner has let them in at some time. What they may see is asked."
    )
    has_messages = models.BooleanField(
        default=False,
        db_default=False,
        help_text="They are part of a conversation, so pages ask how many messages are new.",
    )

    bounced_email = models.EmailField(blank=True, db_default="", help_text=BOUNCED)

    objects = UserManager()

    REQUIRED_FIELDS: list[str] = []

    class Meta(AbstractUser.Meta):
        indexes = [models.Index(Lower("bounced_email"), name="user_bounced", condition=~Q(bounced_email=""))]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_bouncing(self) -> bool:
        """E-mails to this address come back."""
        return bool(self.email) and self.email.lower() == self.bounced_email.lower()

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

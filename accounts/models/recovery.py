"""How somebody who cannot sign in gets back in: with help from staff, or by e-mail."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learner import Learner
from accounts.models.unlocking import UnlockCode
from accounts.querysets import RecoveryQuerySet, SignInLinkQuerySet
from core import clock
from core.references import ReferenceField


class IdentityCheck(models.Model):
    """A way in which staff make sure that somebody is who they say. A list that can grow without a release."""

    code = models.SlugField(max_length=20, primary_key=True)
    words = models.CharField(max_length=120, help_text="What the member of staff says they did.")
    place = models.PositiveSmallIntegerField(default=0, help_text="Order in the list.")
    is_used = models.BooleanField(default=True, help_text="Offered for new recoveries.")

    class Meta:
        ordering = ["place", "code"]

    def __str__(self) -> str:
        return self.words


class RecoveryRule(models.Model):
    """How many learners one member of staff of an area may help in a day before a second person has to agree."""

    DAILY_LIMIT = 10  # where the area has no row

    area = models.OneToOneField(
        "providers.Area", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )  # its rule
    daily_limit = models.PositiveSmallIntegerField(default=DAILY_LIMIT)

    def __str__(self) -> str:
        return f"{self.daily_limit} a day in {self.area}"


class Recovery(models.Model):
    """A member of staff helps a learner who cannot sign in: who, how they made sure, and what came of it.

    For a learner with an account it holds the hash of a code that lets them choose a new password. For one who has
    never unlocked, it led to an unlock code. Whichever it was, it is used when the code is.
    """

    GOOD_FOR = dt.timedelta(hours=48)

    reference = ReferenceField()
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="recoveries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    identity_check = models.ForeignKey(IdentityCheck, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    needs_second = models.BooleanField(default=False, help_text="Above the day's limit: a second person must agree.")
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Who agreed."
    )
    code_hash = models.CharField(
        max_length=64, null=True, blank=True, unique=True, help_text="HMAC, as of unlock codes."
    )
    unlock_code = models.OneToOneField(UnlockCode, null=True, on_delete=models.PROTECT, related_name="recovery")
    issued_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="Replaced by a newer one.")
    told_at = models.DateTimeField(null=True, help_text="When the learner saw, signed in, that it was made.")

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name_plural = "recoveries"
        constraints = [
            models.UniqueConstraint(
                name="one_open_recovery", fields=["learner"], condition=Q(used_at=None, ended_at=None)
            ),
            models.CheckConstraint(name="second_is_somebody_else", condition=Q(second=None) | ~Q(second=F("by"))),
            models.CheckConstraint(
                name="second_agreed_before_the_code",
                condition=Q(issued_at=None) | Q(needs_second=False) | Q(second__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["by", "asked_at"])]

    def __str__(self) -> str:
        return f"recovery {self.reference}"

    @property
    def is_open(self) -> bool:
        """Its code works now."""
        is_issued = self.expires_at is not None and self.expires_at > clock.now()
        return is_issued and self.used_at is None and self.ended_at is None

    @property
    def is_waiting(self) -> bool:
        """A second person has to agree first."""
        return self.needs_second and self.second_id is None and self.ended_at is None


class LearnerSearch(models.Model):
    """The help desk looked for one learner by name, date of birth and school. The search itself is not kept."""

    OPEN_FOR = dt.timedelta(minutes=30)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("providers.Area", on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(
        Learner, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: nobody was found."
    )
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name_plural = "learner searches"
        indexes = [models.Index(fields=["by", "at"])]

    def __str__(self) -> str:
        return f"search {self.pk}"


class SignInLinkKind(models.TextChoices):
    CONFIRM = "confirm", _("Confirm an address")
    RECOVER = "recover", _("Choose a new password")


class SignInLink(models.Model):
    """A link that was sent by e-mail and works once. Only the hash of its token is kept."""

    GOOD_FOR = {SignInLinkKind.CONFIRM: dt.timedelta(days=2), SignInLinkKind.RECOVER: dt.timedelta(hours=1)}

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_links")  # theirs
    kind = models.CharField(max_length=10, choices=SignInLinkKind)
    email = models.EmailField(blank=True, help_text="Where it was sent. Emptied when it is over.")
    token_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256, hex. Empty until the e-mail is sent.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SignInLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_sign_in_link_per_token", fields=["token_hash"], condition=~Q(token_hash="")
            ),
            models.CheckConstraint(name="sign_in_link_kind_known", condition=Q(kind__in=SignInLinkKind.values)),
        ]
        indexes = [models.Index(fields=["user", "created_at"])]

    def __str__(self) -> str:
        return f"{self.kind} link {self.pk}"


class RecoveryAsk(models.Model):
    """Somebody asked for a link by e-mail. The address is kept until the answer is sent, whoever has it or nobody."""

    email = models.EmailField(blank=True)
    email_hash = models.CharField(max_length=64, help_text="HMAC, to count with.")
    address_hash = models.CharField(max_length=64, help_text="HMAC of the network address.")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["email_hash", "at"]), models.Index(fields=["address_hash", "at"])]

    def __str__(self) -> str:
        return f"asked at {self.at:%H:%M}"

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.learner import Learner
from accounts.querysets import LetterRunQuerySet, UnlockCodeQuerySet
from core import clock
from core.references import ReferenceField


class LetterRun(models.Model):
    """One printing of unlock letters for a school. The codes exist only in the PDF, which can be fetched once."""

    KEPT_FOR = dt.timedelta(days=7)

    reference = ReferenceField()
    school = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="letter_runs")
    year_group = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: every year.")
    tutor_group = models.CharField(max_length=20, blank=True, help_text="Empty: every tutor group.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("activity.Job", null=True, on_delete=models.PROTECT, related_name="+")
    letter_count = models.PositiveIntegerField(null=True)
    pdf = models.BinaryField(null=True, help_text="Removed once fetched, or when it expires.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)

    objects = LetterRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"letters {self.reference}"


class UnlockCode(models.Model):
    """A one-time code that lets a learner claim their record. Only its HMAC is kept."""

    GOOD_FOR = dt.timedelta(days=120)

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="unlock_codes")
    letter_run = models.ForeignKey(LetterRun, null=True, on_delete=models.PROTECT, related_name="unlock_codes")
    code_hash = models.CharField(max_length=64, unique=True, help_text="HMAC-SHA256 with the server's unlock key, hex.")
    issued_at = models.DateTimeField(default=clock.now, editable=False)
    expires_on = models.DateField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="Re-issued or withdrawn before use.")

    objects = UnlockCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_unlock_code", fields=["learner"], condition=Q(used_at=None, ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"unlock code of learner {self.learner_id}"


class UnlockFailure(models.Model):
    """Somebody tried to unlock and failed. Counted per code, per school and per address; removed after a day."""

    unlock_code = models.ForeignKey(UnlockCode, null=True, on_delete=models.CASCADE, related_name="failures")  # its log
    address_hash = models.CharField(max_length=64, help_text="HMAC of the network address; the address is not kept.")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["address_hash", "at"]), models.Index(fields=["unlock_code", "at"])]

    def __str__(self) -> str:
        return f"failure at {self.at:%H:%M}"

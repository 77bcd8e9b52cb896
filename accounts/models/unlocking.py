import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learner import Learner
from accounts.querysets import LetterRunQuerySet, UnlockCodeQuerySet
from core import clock
from core.references import ReferenceField


class LetterForm(models.TextChoices):
    HAND_OUT = "hand_out", _("Letters to hand out")
    HOME = "home", _("Letters to post home")
    CARD = "card", _("Cards for a wallet")


class ParentsLanguage(models.TextChoices):
    ENGLISH = "en", _("English")
    POLISH = "pl", _("Polish")


class LetterRun(models.Model):
    """One printing of unlock letters for a school. The codes exist only in the PDF, which can be fetched once."""

    KEPT_FOR = dt.timedelta(days=7)

    reference = ReferenceField()
    school = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="letter_runs")
    year_group = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: every year.")
    tutor_group = models.CharField(max_length=20, blank=True, help_text="Empty: every tutor group.")
    learner = models.ForeignKey(
        Learner, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Only this one."
    )
    form = models.CharField(
        max_length=10, choices=LetterForm, default=LetterForm.HAND_OUT, db_default=LetterForm.HAND_OUT.value
    )
    only_missing = models.BooleanField(
        default=False, db_default=False, help_text="Only those without a letter that was fetched and still works."
    )
    has_covers = models.BooleanField(default=False, db_default=False, help_text="A page of names for each tutor group.")
    parents_languages = ArrayField(
        models.CharField(max_length=2, choices=ParentsLanguage),
        default=list,
        db_default=[],
        blank=True,
        help_text="Languages of the sheet for parents and carers; empty for none.",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField("activity.Job", null=True, on_delete=models.PROTECT, related_name="+")
    letter_count = models.PositiveIntegerField(null=True)
    left_out_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Learners named on the first page because the roll has no address of theirs."
    )
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
    recovery = models.ForeignKey(
        "accounts.Recovery", null=True, on_delete=models.CASCADE, related_name="failures"
    )  # too
    address_hash = models.CharField(max_length=64, help_text="HMAC of the network address; the address is not kept.")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["address_hash", "at"]), models.Index(fields=["unlock_code", "at"])]

    def __str__(self) -> str:
        return f"failure at {self.at:%H:%M}"

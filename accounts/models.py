import datetime as dt

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q

from accounts.querysets import (
    CaseloadSchoolQuerySet,
    ConsentQuerySet,
    LearnerContactQuerySet,
    LearnerQuerySet,
    LetterRunQuerySet,
    RollEntryQuerySet,
    UnlockCodeQuerySet,
)
from core import clock
from core.references import ReferenceField


class User(AbstractUser):
    """Somebody who signs in: a learner or a member of staff. What they may do comes from their record or roles."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=120, blank=True, help_text="How the portal addresses them.")

    objects = UserManager()

    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class Learner(models.Model):
    """A young person on a school's roll, whether or not they have unlocked their account yet."""

    reference = ReferenceField()
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="learner"
    )
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    preferred_name = models.CharField(
        max_length=100, blank=True, help_text="What they are called, when not the given name."
    )
    birth_on = models.DateField(help_text="Date of birth.")
    upn = models.CharField(max_length=13, null=True, blank=True, unique=True, verbose_name="UPN")
    uln = models.CharField(max_length=10, blank=True, verbose_name="ULN")
    area = models.ForeignKey("providers.Area", on_delete=models.PROTECT, related_name="learners")
    residence_authority = models.ForeignKey(
        "providers.LocalAuthority", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "pk"]

    def __str__(self) -> str:
        return f"{self.known_as} {self.family_name}"

    @property
    def known_as(self) -> str:
        return self.preferred_name or self.given_name


class LearnerContact(models.Model):
    """How to reach a learner. A table of its own, because fewer people may see it than may see the name."""

    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="contact")  # part of the learner
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=400, blank=True)
    postcode = models.CharField(max_length=8, blank=True)

    objects = LearnerContactQuerySet.as_manager()

    def __str__(self) -> str:
        return f"contact of learner {self.learner_id}"


class RollEntry(models.Model):
    """A learner is on a school's roll, in a year group and tutor group, from one date until another."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="roll_entries")
    school = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="roll_entries")
    year_group = models.PositiveSmallIntegerField(help_text="National curriculum year, 7 to 14.")
    tutor_group = models.CharField(max_length=20, blank=True)
    local_id = models.CharField(max_length=40, blank=True, help_text="The school system's own number for the learner.")
    started_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True, help_text="First day no longer on the roll in this group.")

    objects = RollEntryQuerySet.as_manager()

    class Meta:
        ordering = ["year_group", "tutor_group", "pk"]
        verbose_name_plural = "roll entries"
        constraints = [
            models.UniqueConstraint(name="one_open_roll_entry", fields=["learner"], condition=Q(ended_on=None)),
            models.CheckConstraint(name="roll_year_group_known", condition=Q(year_group__range=(7, 14))),
            models.CheckConstraint(
                name="roll_dates_in_order", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
        ]
        indexes = [models.Index(fields=["school", "year_group", "tutor_group"])]

    def __str__(self) -> str:
        return f"learner {self.learner_id} at {self.school_id}"


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


class ConsentKind(models.TextChoices):
    ADVICE_SERVICE = "advice_service", "Share my plan and applications with the advice service"


class Consent(models.Model):
    """What a learner answered when asked for consent, with the words that were shown. The newest answer holds."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    is_given = models.BooleanField()
    words = models.TextField(help_text="The question as it was shown.")
    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["learner", "kind", "-at"])]

    def __str__(self) -> str:
        return f"{self.kind}: {'yes' if self.is_given else 'no'}"


class CaseloadSchool(models.Model):
    """A personal adviser answers for the learners of a school, between two dates."""

    adviser = models.ForeignKey("providers.StaffRole", on_delete=models.PROTECT, related_name="caseload_schools")
    school = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="caseload_schools")
    started_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True)

    objects = CaseloadSchoolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_caseload_school", fields=["adviser", "school"], condition=Q(ended_on=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.adviser_id} at {self.school_id}"

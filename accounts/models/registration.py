import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learner import Learner
from accounts.querysets import RegistrationQuerySet
from core import clock
from core.references import ReferenceField


class Attends(models.TextChoices):
    """Where somebody who registers learns today."""

    SCHOOL = "school", _("At a school or college in the list below")
    ELSEWHERE = "elsewhere", _("At a school or college that is not in the list")
    HOME = "home", _("I learn at home")
    NOWHERE = "nowhere", _("I am not at school or college")


class Registration(models.Model):
    """A learner made their own record, without a roll. Once a person has found the record a school has of them, the two
    are one; what was typed here is kept as long as that can be undone."""

    UNDO_DAYS = 30

    reference = ReferenceField()
    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="registration")  # part of it
    attends = models.CharField(max_length=20, choices=Attends)
    school = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    elsewhere = models.CharField(max_length=120, blank=True, help_text="A school that is not here, in their words.")
    given_name = models.CharField(max_length=100, blank=True, help_text="As typed. Emptied when it cannot be undone.")
    family_name = models.CharField(max_length=100, blank=True)
    birth_on = models.DateField(null=True)
    postcode = models.CharField(max_length=8, blank=True)
    address_hash = models.CharField(max_length=64, blank=True, help_text="HMAC of the network address, for a day.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    joined_at = models.DateTimeField(null=True, help_text="When it became one with the record of a school.")
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="attends_known", condition=Q(attends__in=Attends.values)),
            models.CheckConstraint(
                name="school_where_attended", condition=Q(attends="school") ^ Q(school__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["address_hash", "created_at"])]

    def __str__(self) -> str:
        return f"registration {self.reference}"

    @property
    def undo_until(self) -> dt.datetime | None:
        """Until when the joining can be taken back."""
        return self.joined_at + dt.timedelta(days=self.UNDO_DAYS) if self.joined_at else None

    @property
    def can_be_undone(self) -> bool:
        return self.undo_until is not None and clock.now() < self.undo_until

    @property
    def attends_words(self) -> str:
        if self.school_id:
            return str(self.school)
        return self.elsewhere or str(self.get_attends_display())

"""Who of an advice service answers for whom: schools, single learners, and who stands in for whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.learner import Learner
from accounts.querysets import (
    AbsenceQuerySet,
    CaseloadLearnerQuerySet,
    CaseloadSchoolQuerySet,
    DutyQuerySet,
)
from core import clock
from core.references import ReferenceField

ME = settings.AUTH_USER_MODEL


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


class CaseloadLearner(models.Model):
    """One learner is this adviser's, whoever answers for their school, between two dates."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="caseload_learners")
    adviser = models.ForeignKey("providers.StaffRole", on_delete=models.PROTECT, related_name="caseload_learners")
    started_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True, help_text="Last day.")
    by = models.ForeignKey(ME, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = CaseloadLearnerQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_open_caseload_learner", fields=["learner"], condition=Q(ended_on=None))
        ]

    def __str__(self) -> str:
        return f"learner {self.learner_id} with {self.adviser_id}"

    @property
    def is_of_one_day(self) -> bool:
        """They began and ended on the same day: the last day is the one before the first."""
        return self.ended_on is not None and self.ended_on <= self.started_on


class Absence(models.Model):
    """An adviser is away from one day to another, both with, and somebody of the same service stands in, or nobody."""

    reference = ReferenceField()
    adviser = models.ForeignKey("providers.StaffRole", on_delete=models.PROTECT, related_name="absences")
    cover = models.ForeignKey(
        "providers.StaffRole",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="covers",
        help_text="Empty: nobody yet.",
    )
    started_on = models.DateField(help_text="First day away.")
    ended_on = models.DateField(help_text="Last day away.")
    called_off_at = models.DateTimeField(null=True)
    by = models.ForeignKey(ME, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["started_on", "pk"]
        constraints = [
            models.CheckConstraint(name="absence_dates_in_order", condition=Q(ended_on__gte=F("started_on"))),
            models.CheckConstraint(name="nobody_covers_themselves", condition=Q(cover=None) | ~Q(cover=F("adviser"))),
        ]
        indexes = [models.Index(fields=["cover", "started_on"]), models.Index(fields=["adviser", "started_on"])]

    def __str__(self) -> str:
        return f"absence {self.reference}"


class Duty(models.Model):
    """The adviser of a service who looks after whoever has nobody, from one day to another, both with: in summer, and
    when somebody is away and nobody stands in."""

    reference = ReferenceField()
    adviser = models.ForeignKey("providers.StaffRole", on_delete=models.PROTECT, related_name="duties")
    started_on = models.DateField(help_text="First day.")
    ended_on = models.DateField(help_text="Last day.")
    called_off_at = models.DateTimeField(null=True)
    by = models.ForeignKey(ME, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["started_on", "pk"]
        verbose_name_plural = "duties"
        constraints = [models.CheckConstraint(name="duty_dates_in_order", condition=Q(ended_on__gte=F("started_on")))]
        indexes = [models.Index(fields=["adviser", "started_on"])]

    def __str__(self) -> str:
        return f"duty {self.reference}"

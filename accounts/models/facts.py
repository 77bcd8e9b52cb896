"""What a learner's school says about them, beside who they are: grades, attendance, characteristics.

Tables of their own, because fewer people may see them than may see the name (SPEC 9, visibility by column).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learner import Learner
from accounts.querysets.facts import AttendanceQuerySet, CharacteristicsQuerySet, SchoolGradeQuerySet
from core import clock

ETHNICITIES = {
    "WBRI": "White British", "WIRI": "White Irish", "WIRT": "Traveller of Irish heritage", "WROM": "Gypsy or Roma",
    "WOTH": "Any other White background", "MWBC": "White and Black Caribbean", "MWBA": "White and Black African",
    "MWAS": "White and Asian", "MOTH": "Any other mixed background", "AIND": "Indian", "APKN": "Pakistani",
    "ABAN": "Bangladeshi", "CHNE": "Chinese", "AOTH": "Any other Asian background", "BCRB": "Black Caribbean",
    "BAFR": "Black African", "BOTH": "Any other Black background", "OARA": "Arab", "OOTH": "Any other ethnic group",
    "REFU": "Refused", "NOBT": "Information not obtained",
}  # fmt: skip


class GradeKind(models.TextChoices):
    PRIOR = "prior", _("Result")
    PREDICTED = "predicted", _("Predicted")


class SchoolGrade(models.Model):
    """A result the learner has, or a grade the school predicts, as the school wrote it."""

    # Part of the record. Here and below the constraint begins with the key: every roll would pay for an index more.
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="school_grades", db_index=False)
    kind = models.CharField(max_length=10, choices=GradeKind)
    stage = models.CharField(max_length=10, blank=True, help_text="Key stage, like KS2. Empty: not said.")
    subject = models.CharField(max_length=80)
    value = models.CharField(max_length=20, help_text="The grade, mark or level, in the school's words.")
    school = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", help_text="Whose word it is."
    )
    said_on = models.DateField(default=clock.today)

    objects = SchoolGradeQuerySet.as_manager()

    class Meta:
        ordering = ["learner", "kind", "stage", "subject"]
        constraints = [
            models.UniqueConstraint(
                name="one_grade_per_subject", fields=["learner", "school", "kind", "stage", "subject"]
            ),
            models.CheckConstraint(name="grade_kind_known", condition=Q(kind__in=GradeKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} grade of learner {self.learner_id}"


class Attendance(models.Model):
    """How often a learner was at school in a school year, in half-day sessions."""

    # Part of the record.
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="attendance", db_index=False)
    school_year = models.PositiveSmallIntegerField(help_text="The year it began: 2026 from September 2026.")
    possible = models.PositiveSmallIntegerField(help_text="Sessions there were.")
    attended = models.PositiveSmallIntegerField(help_text="Sessions the learner was there for.")
    school = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", help_text="Whose word it is."
    )
    said_on = models.DateField(default=clock.today)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["learner", "-school_year"]
        constraints = [
            models.UniqueConstraint(name="one_attendance_per_year", fields=["learner", "school", "school_year"]),
            models.CheckConstraint(
                name="attendance_within_possible", condition=Q(attended__lte=F("possible"), possible__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"attendance of learner {self.learner_id} in {self.school_year}"

    @property
    def percent(self) -> float:
        """Percent of the possible sessions, to one decimal."""
        return round(100 * self.attended / self.possible, 1)

    @property
    def year_words(self) -> str:
        return f"{self.school_year} to {self.school_year + 1}"


class SenProvision(models.TextChoices):
    """Support for special educational needs. Source: common basic data set; A, P and S were used until 2014-15."""

    NONE = "N", _("No special educational need")
    SUPPORT = "K", _("SEN support")
    PLAN = "E", _("Education, health and care plan")
    ACTION = "A", _("School Action")
    ACTION_PLUS = "P", _("School Action Plus")
    STATEMENT = "S", _("Statement")


class Characteristics(models.Model):
    """Facts about a learner that figures and the statutory return need, and nobody who teaches them here."""

    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="characteristics")  # part of it
    sex = models.CharField(max_length=1, blank=True, help_text="F, M, or as the school writes it; empty: not said.")
    ethnicity = models.CharField(max_length=4, blank=True, help_text="Code of the common basic data set.")
    sen_provision = models.CharField(max_length=1, blank=True, choices=SenProvision)
    sen_needs = ArrayField(models.CharField(max_length=4), default=list, help_text="Kinds of need, the main one first.")
    has_free_meals = models.BooleanField(null=True, help_text="Eligible for free school meals. Empty: not said.")
    is_looked_after = models.BooleanField(null=True, help_text="In the care of an authority. Empty: not said.")
    said_on = models.DateField(default=clock.today)

    objects = CharacteristicsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "characteristics"
        constraints = [
            models.CheckConstraint(
                name="sen_provision_known", condition=Q(sen_provision__in=["", *SenProvision.values])
            )
        ]

    def __str__(self) -> str:
        return f"characteristics of learner {self.learner_id}"

    @property
    def ethnicity_words(self) -> str:
        return ETHNICITIES.get(self.ethnicity, self.ethnicity)

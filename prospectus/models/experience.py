"""What somebody can try before they choose, and what a course asks its applicants to have tried."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.labels import called
from prospectus.models.course import Course


class ExperienceKind(models.TextChoices):
    """What sort of thing one tries or visits."""

    TASTER = "taster", _("Taster")
    OPEN_DAY = "open_day", _("Open day or evening")
    WORK_EXPERIENCE = "work_experience", _("Work experience")
    MENTORING = "mentoring", _("Mentoring")
    ACTIVITY = "activity", _("Activity")


class ExperienceScope(models.TextChoices):
    """Which of them count."""

    COURSE = "course", _("One of this course")
    PROVIDER = "provider", _("Any with the provider of this course")
    SUBJECT = "subject", _("Any in the subject of this course, wherever it is")


class ExperienceRequirement(models.Model):
    """What a learner has to have tried before applying for a course.

    It names no date: those come and go, and the requirement stays. A table beside the entry requirements, because an
    upload writes those anew and knows nothing of this.
    """

    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="experience_requirement")  # part of it
    kind = models.CharField(max_length=20, choices=ExperienceKind, blank=True, help_text="Empty: any kind.")
    scope = models.CharField(max_length=10, choices=ExperienceScope, default=ExperienceScope.COURSE)
    must_be_validated = models.BooleanField(
        default=False, help_text="The learner has also written about it, and an adult has validated that."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="required_experience_kind_known", condition=Q(kind__in=["", *ExperienceKind.values])
            ),
            models.CheckConstraint(
                name="required_experience_scope_known", condition=Q(scope__in=ExperienceScope.values)
            ),
        ]

    def __str__(self) -> str:
        return f"experience for course {self.course_id}"

    get_kind_display = called("kind", ExperienceKind)
    get_scope_display = called("scope", ExperienceScope)

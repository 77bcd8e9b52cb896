"""Results of exams as schools hand them over: rows of their own, with who said so and which file it was in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from applications.querysets import ExamResultQuerySet
from core import clock
from core.references import ReferenceField


class ExamResult(models.Model):
    """A grade a learner has got. A corrected grade is a new row; the one it replaces stays, ended."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="exam_results")
    school = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", help_text="Whose word it is."
    )
    qualification = models.CharField(max_length=60, blank=True, help_text="Like GCSE. Empty: the file does not say.")
    subject = models.CharField(max_length=80)
    grade = models.CharField(max_length=20, help_text="As the school wrote it, without spaces around it.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    upload = models.ForeignKey(
        "providers.Upload", null=True, on_delete=models.PROTECT, related_name="+", help_text="The file it came in."
    )
    said_at = models.DateTimeField(default=clock.now, help_text="When the file was published.")
    ended_at = models.DateTimeField(null=True, help_text="When a corrected grade took its place.")
    replaces = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by", help_text="The grade before."
    )

    objects = ExamResultQuerySet.as_manager()

    class Meta:
        ordering = ["subject", "qualification", "pk"]
        constraints = [
            models.UniqueConstraint(
                "learner",
                "school",
                Lower("qualification"),
                Lower("subject"),
                name="one_standing_result_per_subject",
                condition=Q(ended_at=None),
            )
        ]
        indexes = [models.Index(fields=["upload"], name="exam_result_upload")]

    def __str__(self) -> str:
        return f"result {self.reference}"

    @property
    def key(self) -> tuple[int, str, str]:
        """What there is one standing result of, for one learner."""
        return self.school_id, self.qualification.lower(), self.subject.lower()

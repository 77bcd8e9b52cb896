"""What the area's editors have made of the descriptions in the prospectus."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from prospectus.models.course import Course
from prospectus.querysets import ReviewQuerySet
from prospectus.workflow import ReviewState


class CourseReview(models.Model):
    """The description of one course: it waits to be read, was returned with a comment, or is in order.

    The course is seen by everybody all the while: nothing waits for this.
    """

    course = models.OneToOneField(  # said about it
        Course, on_delete=models.CASCADE, primary_key=True, related_name="review"
    )
    provider = models.ForeignKey("providers.Organisation", on_delete=models.CASCADE, related_name="+")  # the same
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.WAITING)
    words_hash = models.CharField(max_length=32, help_text="Of the words that wait or were read, as its health has it.")
    waits_since = models.DateTimeField(default=clock.now, help_text="When words nobody has read first came.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Who read it last. Empty: nobody.",
    )  # fmt: skip
    decided_at = models.DateTimeField(null=True, help_text="When it was last read.")
    comment = models.CharField(max_length=1000, blank=True, help_text="To the provider: what to change.")
    read_words = models.JSONField(default=dict, help_text="The texts as they were last read, by field.")
    told_at = models.DateTimeField(null=True, help_text="When the provider was last told that it was returned.")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="review_state_known", condition=Q(state__in=ReviewState.values)),
            models.CheckConstraint(
                name="review_returned_with_a_comment", condition=~Q(state="returned") | ~Q(comment="")
            ),
            models.CheckConstraint(
                name="review_read_by_somebody",
                condition=Q(state="waiting") | Q(by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "waits_since"], name="review_queue")]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: course {self.course_id}"

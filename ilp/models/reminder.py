from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from ilp.models.experience import Booking
from ilp.models.review import Review
from ilp.models.target import AgreedAction


class ReviewReminder(models.Model):
    """Somebody has been reminded of a review that comes, of something they agreed to do, or of a booking, on that day.

    Another day is another occasion. A sweep that runs twice reminds nobody twice.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="review_reminders")
    review = models.ForeignKey(Review, null=True, on_delete=models.CASCADE, related_name="reminders")  # of this
    agreed_action = models.ForeignKey(AgreedAction, null=True, on_delete=models.CASCADE, related_name="reminders")
    booking = models.ForeignKey(Booking, null=True, on_delete=models.CASCADE, related_name="reminders")
    is_late = models.BooleanField(default=False, help_text="It was due before.")
    for_on = models.DateField(help_text="The day of the review or the booking, or the day it is due.")
    sent_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reminder_is_not_of_two_things",
                condition=Q(review=None, agreed_action=None)
                | Q(review=None, booking=None)
                | Q(agreed_action=None, booking=None),
            ),
            models.UniqueConstraint(
                name="reminded_once_of_a_review",
                fields=["user", "review", "is_late", "for_on"],
                condition=Q(review__isnull=False),
            ),
            models.UniqueConstraint(
                name="reminded_once_of_an_action",
                fields=["user", "agreed_action", "is_late", "for_on"],
                condition=Q(agreed_action__isnull=False),
            ),
            models.UniqueConstraint(
                name="reminded_once_of_a_booking",
                fields=["user", "booking", "for_on"],
                condition=Q(booking__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["sent_at"])]

    def __str__(self) -> str:
        return f"reminder {self.pk}"

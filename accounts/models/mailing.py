"""When somebody wants to hear of what, and what waits for their e-mail of the day."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from activity.kinds import When
from core import clock


class MailChoice(models.Model):
    """What somebody has chosen for one topic of e-mails. No row: at once. What was chosen before is in the history."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_choices")  # theirs
    topic = models.CharField(max_length=40, help_text="As activity.kinds has it.")
    when = models.CharField(max_length=10, choices=When)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["topic"]
        constraints = [
            models.UniqueConstraint(name="one_mail_choice_per_topic", fields=["user", "topic"]),
            models.CheckConstraint(name="mail_choice_when_known", condition=Q(when__in=When.values)),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.when}"


class DailyMail(models.Model):
    """The e-mail of one day to one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="daily_mails")  # theirs
    on = models.DateField()
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_daily_mail_a_day", fields=["user", "on"])]

    def __str__(self) -> str:
        return f"e-mail of {self.on} to {self.user_id}"


class DailyItem(models.Model):
    """Something of which somebody hears in their e-mail of the day: a kind and a key, nothing personal."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="daily_items")  # theirs
    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=80, help_text="The thing it is about: two words of one thing count once.")
    at = models.DateTimeField(default=clock.now)
    mail = models.ForeignKey(
        DailyMail, null=True, on_delete=models.CASCADE, related_name="items", help_text="Empty: it waits."
    )  # part of it

    class Meta:
        indexes = [models.Index(fields=["user", "at"], condition=Q(mail=None), name="daily_item_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

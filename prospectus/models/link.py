"""Addresses outside that courses lead to, and whether somebody is still there."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

DEAD_FAILURES = 3  # nights in a row on which nothing was there
DEAD_AFTER = dt.timedelta(days=2)  # between the first of them and the last


class LinkAnswer(models.TextChoices):
    """What became of the last question."""

    THERE = "there", _("Something is there")
    MISSING = "missing", _("The page is not there")
    BROKEN = "broken", _("The site says that it is broken")
    SILENT = "silent", _("The site does not answer")


class WebLink(models.Model):
    """One address of published courses or their dates. Asked at night; it never keeps anything from being published."""

    address = models.CharField(max_length=500, unique=True)
    host = models.CharField(max_length=255, help_text="Asked about a few addresses a night.")
    asked_at = models.DateTimeField(null=True, help_text="When it was last asked. Empty: not yet.")
    answer = models.CharField(max_length=10, choices=LinkAnswer, blank=True, help_text="The last one.")
    status = models.PositiveSmallIntegerField(null=True, help_text="Of HTTP. Empty: there was no answer.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="Nights in a row without anything there.")
    failing_since = models.DateField(null=True, help_text="The first of these nights.")
    is_dead = models.BooleanField(default=False, help_text="Three such nights, or more, over three days.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="link_answer_known", condition=Q(answer="") | Q(answer__in=LinkAnswer.values)),
            models.CheckConstraint(
                name="link_failing_since_a_day", condition=Q(failures=0) ^ Q(failing_since__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["address"], name="link_dead", condition=Q(is_dead=True))]

    def __str__(self) -> str:
        return self.address

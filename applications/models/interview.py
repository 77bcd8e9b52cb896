"""A provider asks a learner to come and talk: sessions with places, and who comes when."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from applications.models.choice import Choice
from applications.querysets import InterviewSessionQuerySet, InterviewSlotQuerySet
from core import clock
from core.references import ReferenceField


class InterviewSession(models.Model):
    """A time on one day on which a provider talks with learners, in slots of one length with so many places each.

    Its row is the lock of its places; who has them is counted, never kept.
    """

    reference = ReferenceField()
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="interview_sessions")
    courses = models.ManyToManyField(
        "prospectus.Course", blank=True, related_name="+", help_text="For applicants to these. None: to any course."
    )
    site = models.ForeignKey(
        "providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: online."
    )
    room = models.CharField(max_length=120, help_text="Where at the site, or how to join online.")
    interviewers = models.CharField(max_length=120, blank=True, help_text="Who talks with the learners.")
    note = models.TextField(blank=True, help_text="For learners: what to bring, whom to ask for.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    slot_minutes = models.PositiveSmallIntegerField(help_text="How long each talk is.")
    places = models.PositiveSmallIntegerField(help_text="In each slot.")
    change_hours = models.PositiveSmallIntegerField(
        default=24, help_text="Hours before a slot until which learners book, change and give back by themselves."
    )
    ended_at = models.DateTimeField(null=True, help_text="Called off.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = InterviewSessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(name="interview_session_ends_later", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="interview_session_has_places", condition=Q(places__gte=1)),
            models.CheckConstraint(name="interview_session_has_minutes", condition=Q(slot_minutes__gte=5)),
        ]
        indexes = [models.Index(fields=["provider", "starts_at"])]

    def __str__(self) -> str:
        return f"interview session {self.reference}"

    @property
    def where(self) -> str:
        """The place as a learner reads it."""
        if self.site is None:
            return gettext("Online: %(how)s") % {"how": self.room}
        return ", ".join(part for part in (self.room, self.site.name, self.site.postcode) if part)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()


class InterviewSlot(models.Model):
    """One time of a session."""

    reference = ReferenceField()
    session = models.ForeignKey(InterviewSession, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()

    objects = InterviewSlotQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [models.UniqueConstraint(name="one_slot_at_a_time", fields=["session", "starts_at"])]
        indexes = [models.Index(fields=["starts_at"])]

    def __str__(self) -> str:
        return f"interview slot {self.reference}"

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.session.slot_minutes)

    @property
    def change_until(self) -> dt.datetime:
        """Until then learners book it and give it back by themselves."""
        return self.starts_at - dt.timedelta(hours=self.session.change_hours)


class InterviewState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CANCELLED = "cancelled", _("Cancelled")
    MOVED = "moved", _("Rearranged")
    DONE = "done", _("Held")
    MISSED = "missed", _("Missed")


class Interview(models.Model):
    """A provider asks a learner to come and talk. Without a time the learner has still to choose one."""

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="interviews")
    slot = models.ForeignKey(
        InterviewSlot,
        null=True,
        on_delete=models.PROTECT,
        related_name="interviews",
        help_text="Empty: at a time of its own, or none chosen yet.",
    )
    starts_at = models.DateTimeField(null=True, help_text="Empty: the learner has still to choose.")
    place = models.CharField(max_length=400, blank=True)
    note = models.TextField(blank=True, help_text="What to bring, whom to ask for.")
    state = models.CharField(max_length=10, choices=InterviewState, default=InterviewState.PLANNED)
    came = models.BooleanField(null=True, help_text="Whether the learner came, as the provider says.")
    learner_words = models.TextField(blank=True, db_default="", help_text="Why the learner gave the time back.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(
        "providers.Organisation",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who asks, where it is a partner the choice is placed with. Empty: the provider it was sent to.",
    )
    asked_at = models.DateTimeField(default=clock.now, db_default=Now(), editable=False)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(name="interview_state_known", condition=Q(state__in=InterviewState.values)),
            models.UniqueConstraint(name="one_planned_interview", fields=["choice"], condition=Q(state="planned")),
            models.CheckConstraint(name="interview_slot_has_time", condition=Q(slot=None) | Q(starts_at__isnull=False)),
            models.CheckConstraint(
                name="interview_came_to_a_time", condition=Q(came=None) | Q(starts_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["starts_at"])]

    def __str__(self) -> str:
        return f"interview for choice {self.choice_id}"

    @property
    def is_over(self) -> bool:
        """Its hour has come."""
        return self.starts_at is not None and self.starts_at <= clock.now()

    @property
    def can_learner_change(self) -> bool:
        """The learner may still choose another time or give this one back by themselves."""
        if self.starts_at is None or self.slot is None:
            return self.starts_at is None or not self.is_over
        return clock.now() < self.slot.change_until

    @property
    def came_words(self) -> str:
        return {True: CAME, False: DID_NOT_COME, None: ""}[self.came]  # type: ignore[return-value]


CAME = pgettext_lazy("to an interview", "Came")
DID_NOT_COME = pgettext_lazy("to an interview", "Did not come")


class ChooseReminder(models.Model):
    """The learner was reminded that an interview still has no time. Chosen and given back, it is another interview."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="choose_reminders")  # of this
    number = models.PositiveSmallIntegerField(help_text="From 1.")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_choose_reminder_a_number", fields=["interview", "number"])]

    def __str__(self) -> str:
        return f"reminder {self.number} to choose a time for interview {self.interview_id}"


class InterviewReminder(models.Model):
    """The learner was reminded of an interview at this time. Another time is another occasion."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="reminders")  # of this
    for_at = models.DateTimeField()
    sent_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="reminded_once_of_an_interview", fields=["interview", "for_at"])]

    def __str__(self) -> str:
        return f"reminder of interview {self.interview_id}"

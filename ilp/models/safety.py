"""What keeps conversations safe: quiet hours, words that worry, flags, and who is told."""

import datetime as dt
from typing import Any, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from core import clock
from core.references import ReferenceField
from ilp.models.conversation import Message
from ilp.querysets import ConcernPhraseQuerySet, FlagQuerySet, SafeguardingContactQuerySet
from ilp.workflow import FlagState
from providers.models import Organisation

DANGER_WORDS = (
    "If you or somebody else is in danger now, ring 999. "
    "If you need to talk to somebody now, ring Childline on 0800 1111. It is free, day and night."
)
SCHOOL_WELCOME = (
    "Hello, and well done for unlocking your record. "
    "If you have a question about what to do next, write to us here. The staff who look after you will answer."
)
SERVICE_WELCOME = (
    "Hello from your careers advice service. We help you find out what you could do next, and get there. "
    "What would you like to know? Write to us here, whenever you like."
)
EVENING, MORNING = dt.time(20), dt.time(7)
SATURDAY = 5  # of date.weekday()


def quiet_end(moment: dt.datetime, *, starts: dt.time, ends: dt.time, are_weekends_quiet: bool) -> dt.datetime:
    """The first moment from ``moment`` on that is in no quiet hour: ``moment`` itself outside of them.

    ``starts`` and ``ends`` are times in London; the same time twice means that no night is quiet.
    """
    local = timezone.localtime(moment)
    at = (local.date(), local.time())
    while True:
        day, time = at
        if are_weekends_quiet and day.weekday() >= SATURDAY:
            at = (day + dt.timedelta(days=7 - day.weekday()), dt.time(0))
        elif starts > ends and time >= starts:
            at = (day + dt.timedelta(days=1), ends)
        elif (starts > ends and time < ends) or starts <= time < ends:
            at = (day, ends)
        else:
            break
    if at == (local.date(), local.time()):
        return moment
    return timezone.make_aware(dt.datetime.combine(*at)).astimezone(dt.UTC)


class ConversationRules(models.Model):
    """An area's quiet hours, and its own words around messages. An area without a row has these defaults."""

    area = models.OneToOneField("providers.Area", on_delete=models.PROTECT, related_name="conversation_rules")
    quiet_from = models.TimeField(default=EVENING, help_text="In the evening, London time.")
    quiet_until = models.TimeField(default=MORNING, help_text="In the morning, London time.")
    are_weekends_quiet = models.BooleanField(default=True)
    danger_words = models.TextField(default=DANGER_WORDS, help_text="Whom a learner rings who cannot wait.")
    school_welcome = models.TextField(default=SCHOOL_WELCOME, help_text="A school's first message to a learner.")
    service_welcome = models.TextField(default=SERVICE_WELCOME, help_text="The advice service's first message.")
    changed_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"conversation rules of {self.area_id}"

    def open_from(self, moment: dt.datetime) -> dt.datetime:
        """When whatever happens at ``moment`` reaches people: then, or when quiet hours are over."""
        return quiet_end(
            moment, starts=self.quiet_from, ends=self.quiet_until, are_weekends_quiet=self.are_weekends_quiet
        )


class ConcernPhrase(models.Model):
    """Words that call a person when a learner writes them. Switched off instead of deleted."""

    reference = ReferenceField()
    words = models.CharField(max_length=60, help_text="A star at the end stands for any ending: suicid*")
    plain = models.CharField(max_length=80, unique=True, help_text="The same as it is compared.")
    is_active = models.BooleanField(default=True)
    is_starting = models.BooleanField(default=False, help_text="Of the list that came with the portal.")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the portal."
    )
    added_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, help_text="Switched on or off. Tells copies that are kept.")

    objects = ConcernPhraseQuerySet.as_manager()

    class Meta:
        ordering = ["plain"]
        constraints = [models.CheckConstraint(name="concern_phrase_says_something", condition=~Q(plain=""))]

    def __str__(self) -> str:
        return self.words


class SafeguardingContact(models.Model):
    """Who of an organisation is called first, from one moment until another."""

    organisation = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="safeguarding_contacts"
    )
    role = models.ForeignKey("providers.StaffRole", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    objects = SafeguardingContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_safeguarding_contact", fields=["organisation"], condition=Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"safeguarding contact of {self.organisation_id}"


class FlagKind(models.TextChoices):
    CONCERN = "concern", _("Words that worry")
    REPORT = "report", _("The learner says something is wrong")


class FlagPlace(models.TextChoices):
    """Where else than in a message it was written."""

    HELP = "help", _("Asked for help")
    REVIEW = "review", _("In a review")
    PLAN = "plan", _("In the plan")
    DOCUMENT = "document", _("In a statement or CV")
    BOOKING = "booking", _("With a booking")
    BESIDE = "beside", _("Beside the plan, by somebody the learner asked")
    FORM = "form", _("In an application")
    ELSEWHERE = "elsewhere", _("Told of an offer made elsewhere")


class MessageFlag(models.Model):
    """Somebody must look at these words now: a message, or what else was written for adults to read. The learner's
    pages never say that there is one.

    A message is known with its learner and its service. Of everything else the flag keeps both, and the words as they
    were written: most of it can be changed afterwards.
    """

    reference = ReferenceField()
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="flags")
    learner = models.ForeignKey("accounts.Learner", null=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(
        "providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Whose people are called. Empty without a message: nobody's but the help desk of the area.",
    )  # fmt: skip
    place = models.CharField(max_length=10, choices=FlagPlace, blank=True)
    thing = models.CharField(max_length=40, blank=True, help_text="What it stands in: the name of a table and a key.")
    section = models.CharField(max_length=20, blank=True, help_text="What of the learner is read with it.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    said = models.TextField(blank=True, help_text="The words as they were written.")
    kind = models.CharField(max_length=10, choices=FlagKind)
    state = models.CharField(max_length=10, choices=FlagState, default=FlagState.NEW)
    phrase = models.ForeignKey(ConcernPhrase, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True, help_text="What the learner said is wrong.")
    raised_at = models.DateTimeField(default=clock.now, editable=False)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done = models.TextField(blank=True, help_text="What was done, in the words of who closed it.")

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_flag_of_a_kind", fields=["message", "kind"]),
            models.CheckConstraint(
                name="flag_is_about_one_thing",
                condition=Q(message__isnull=False, learner=None, service=None, place="", thing="")
                | (Q(message=None, learner__isnull=False, place__in=FlagPlace.values) & ~Q(thing="")),
            ),
            models.CheckConstraint(name="flag_kind_known", condition=Q(kind__in=FlagKind.values)),
            models.CheckConstraint(name="flag_state_known", condition=Q(state__in=FlagState.values)),
            models.CheckConstraint(
                name="closed_flag_says_who",
                condition=~Q(state="closed") | Q(closed_by__isnull=False, closed_at__gte=F("raised_at")),
            ),
        ]
        indexes = [models.Index(fields=["state", "-raised_at"]), models.Index(fields=["thing"])]

    def __str__(self) -> str:
        return f"flag {self.reference}"

    @property
    def whose(self) -> Learner:
        """The learner it is about."""
        return cast("Learner", self.message.conversation.learner if self.message else self.learner)

    @property
    def where(self) -> Organisation | None:
        """Whose people are called; None: the help desk of the learner's area."""
        return self.message.conversation.service if self.message else self.service

    @property
    def written_by(self) -> Any:
        """None: the service itself, or nobody knows any more."""
        return self.message.by if self.message else self.by

    @property
    def is_from_learner(self) -> bool:
        return self.message.is_from_learner if self.message else self.by_id == self.whose.user_id

    @property
    def text(self) -> str:
        return self.message.text if self.message else self.said

    @property
    def colour(self) -> str:
        return {FlagState.NEW: "red", FlagState.TAKEN: "orange", FlagState.CLOSED: "grey"}[FlagState(self.state)]

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Concat, Lower
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.querysets import ChoiceQuerySet
from applications.workflow import ENDED_BY_LEAVING, FIRM, PROPERTIES, ChoiceState
from core import clock
from core.references import ReferenceField

if TYPE_CHECKING:
    from applications.models.offer import Offer


class RefusalReason(models.TextChoices):
    ENTRY_REQUIREMENTS = "entry_requirements", _("Entry requirements not met")
    FULL = "full", _("The course is full")
    NOT_RUNNING = "not_running", _("The course will not run")
    OTHER_COURSE = "other_course", _("Another course would suit better")
    AGE = "age", _("The age or school year")
    INTERVIEW = "interview", _("The interview or audition")
    PORTFOLIO = "portfolio", _("The portfolio or the work shown")
    REFERENCE = "reference", _("The reference")
    NO_ANSWER = "no_answer", _("No answer to our messages")
    DOUBLE = "double", _("The same application twice")
    OTHER = "other", _("Something else")


class WithdrawalReason(models.TextChoices):
    CHANGED_MIND = "changed_mind", _("I changed my mind")
    OTHER_PLACE = "other_place", _("I have a place somewhere else")
    TRAVEL = "travel", _("It is too hard to get there")
    CIRCUMSTANCES = "circumstances", _("Things changed for me")
    OTHER = "other", _("Something else")


class LeftHow(models.TextChoices):
    """How it is known that somebody left early."""

    SAID = "said", _("The learner said so")
    STOPPED = "stopped", _("They stopped coming")


class Choice(models.Model):
    """One ranked programme in an application: one or more course runs at one provider, applied for together."""

    reference = ReferenceField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="choices")
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="choices")
    placed_with = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="placed_choices",
        help_text="The partner of the consortium that the lead has placed the learner with.",
    )  # fmt: skip
    runs = models.ManyToManyField("prospectus.CourseRun", through="ChoiceRun", related_name="choices")
    rank = models.PositiveSmallIntegerField(help_text="1 is the learner's favourite.")
    companion_group = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Choices with one number belong together and do not release each other."
    )
    status = models.CharField(max_length=20, choices=ChoiceState, default=ChoiceState.DRAFT, editable=False)
    status_at = models.DateTimeField(default=clock.now, help_text="When the status was last written.")
    sent_at = models.DateTimeField(null=True, help_text="First seen by the provider; empty until then.")
    answer_due_on = models.DateField(null=True, help_text="Last day of the provider's time to answer, set on arrival.")
    with_school_at = models.DateTimeField(null=True)
    endorse_due_on = models.DateField(null=True, help_text="Last day of the school's time, set on arrival.")
    is_endorsed = models.BooleanField(null=True, help_text="Empty where the area does not ask.")
    endorsement_note = models.CharField(max_length=300, blank=True)
    refusal_reason = models.CharField(max_length=30, choices=RefusalReason, blank=True)
    withdrawal_reason = models.CharField(max_length=30, choices=WithdrawalReason, blank=True)
    reason_words = models.TextField(blank=True, help_text="Words the other side may read.")
    left_on = models.DateField(
        null=True, blank=True, help_text="Started and left early, on this day: the learner may take another place."
    )
    left_how = models.CharField(max_length=10, choices=LeftHow, blank=True)
    is_closed_by_service = models.BooleanField(default=False, help_text="Ended because the cycle did.")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who sent it for the learner.",
    )
    entered_how = models.CharField(max_length=10, blank=True, help_text="With the learner present, or from paper.")
    paper_signed_on = models.DateField(null=True, help_text="The date on the paper form it was entered from.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_in = models.BigIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="Number of the transaction that last changed it or what hangs on it. The database writes it.",
    )

    objects = ChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.CheckConstraint(name="choice_status_known", condition=Q(status__in=ChoiceState.values)),
            # Several only within one group of companions; a choice of no group is a group of its own.
            ExclusionConstraint(
                name="one_firm_choice_per_application",
                expressions=[
                    ("application", "="),
                    (Coalesce(Cast("companion_group", models.BigIntegerField()), -F("id")), "<>"),
                ],
                condition=Q(status__in=sorted(FIRM), left_on=None),
            ),
            models.CheckConstraint(
                name="choice_sent_or_not",
                condition=Q(status__in=["draft", "with_school", "withdrawn", "not_sent"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_what_was_started_is_left",
                condition=Q(left_on=None, left_how="") | Q(left_on__isnull=False, status="enrolled"),
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "status", "status_at"]),
            models.Index(fields=["placed_with"], condition=Q(placed_with__isnull=False), name="choice_placed_with"),
            models.Index(fields=["provider", "changed_in", "id"], name="choice_changes"),
        ]

    def __str__(self) -> str:
        return f"choice {self.reference}"

    def has(self, name: str) -> bool:
        """Whether this is true of it, as the queryset's ``that``."""
        is_ended = name in ENDED_BY_LEAVING and self.left_on is not None
        return self.status in PROPERTIES[name] and not is_ended

    @property
    def is_waiting_too_long(self) -> bool:
        """The provider's time to answer is over: the choice no longer counts against the learner's limit."""
        is_with_provider = self.status in PROPERTIES["is_with_provider"]
        return is_with_provider and self.answer_due_on is not None and self.answer_due_on < clock.today()

    @property
    def standing_offer(self) -> "Offer | None":
        """The offer that stands, as ``for_list()`` fetched it."""
        return next(iter(self.standing_offers), None)  # type: ignore[attr-defined]

    @property
    def desk_ids(self) -> list[int]:
        """Who may answer it: the provider it was sent to, and the partner it is placed with."""
        return [key for key in (self.provider_id, self.placed_with_id) if key is not None]

    @property
    def programme(self) -> str:
        """The titles of its courses in one line, as ``for_list()`` fetched them."""
        return " with ".join(choice_run.run.course.title for choice_run in self.choice_runs.all())


class ChoiceRun(models.Model):
    """A course run is part of a choice."""

    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="choice_runs")  # part of the choice
    run = models.ForeignKey("prospectus.CourseRun", on_delete=models.PROTECT, related_name="choice_runs")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(name="a_run_once_in_a_choice", fields=["choice", "run"])]

    def __str__(self) -> str:
        return f"run {self.run_id} of choice {self.choice_id}"


def _said(part: str, name: str) -> Any:
    """Words of the content; none after erasure."""
    said = KeyTextTransform(name, KeyTransform(part, F("content")))
    return Coalesce(said, Value(""), output_field=models.TextField())


def _name_and(more: Any, name: str) -> Any:
    return Concat(more, Value(" "), _said("learner", name), output_field=models.TextField())


class Snapshot(models.Model):
    """What was sent to the provider, as it was then. Never changed; erasure empties the content and keeps the hash."""

    choice = models.OneToOneField(Choice, on_delete=models.PROTECT, related_name="snapshot")
    content = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    # What the desk looks for, out of the content by the database itself: erasure empties them with it.
    search_name = models.GeneratedField(
        expression=Lower(_name_and(_name_and(_said("learner", "given_name"), "family_name"), "preferred_name")),
        output_field=models.TextField(),
        db_persist=True,
    )
    school_name = models.GeneratedField(
        expression=_said("school", "name"), output_field=models.TextField(), db_persist=True
    )

    def __str__(self) -> str:
        return f"snapshot of choice {self.choice_id}"

    @property
    def birth_on(self) -> dt.date | None:
        return dt.date.fromisoformat(self.content["learner"]["birth_on"]) if self.content else None

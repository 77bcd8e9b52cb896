import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.querysets import ApplicationQuerySet, ChoiceQuerySet, OutsideOfferQuerySet
from applications.workflow import FIRM, PROPERTIES, ChoiceState
from core import clock
from core.references import ReferenceField


class StateProperty(models.Model):
    """What is true of each state of a choice, for SQL to join. Made from the flow after every migration."""

    state = models.CharField(primary_key=True, max_length=20, choices=ChoiceState)
    is_live = models.BooleanField(help_text="Counts against the learner's limit.")
    is_with_provider = models.BooleanField(help_text="The provider has to answer.")
    has_offer_in_hand = models.BooleanField(help_text="Counts for the September Guarantee.")
    is_place_taken = models.BooleanField(help_text="A place of each run is taken by it.")
    is_firm = models.BooleanField(help_text="The learner has said yes.")
    is_over = models.BooleanField(help_text="Nothing more is expected of anybody.")

    class Meta:
        verbose_name_plural = "state properties"

    def __str__(self) -> str:
        return self.get_state_display()


class Application(models.Model):
    """A learner's one application in one cycle. Its row is the lock for everything that happens to its choices."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="applications")
    cycle = models.ForeignKey("providers.Cycle", on_delete=models.PROTECT, related_name="applications")
    statement = models.TextField(blank=True, help_text="Why I am applying, in the learner's words.")
    predicted_grades = models.TextField(blank=True, help_text="One subject and grade a line.")
    needs = models.TextField(blank=True, help_text="Support the learner would like at an interview or on the course.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_application_per_cycle", fields=["learner", "cycle"])]

    def __str__(self) -> str:
        return f"application {self.reference}"


class RefusalReason(models.TextChoices):
    ENTRY_REQUIREMENTS = "entry_requirements", _("Entry requirements not met")
    FULL = "full", _("The course is full")
    NOT_RUNNING = "not_running", _("The course will not run")
    INTERVIEW = "interview", _("The interview or audition")
    NO_ANSWER = "no_answer", _("No answer to our messages")
    OTHER = "other", _("Something else")


class WithdrawalReason(models.TextChoices):
    CHANGED_MIND = "changed_mind", _("I changed my mind")
    OTHER_PLACE = "other_place", _("I have a place somewhere else")
    TRAVEL = "travel", _("It is too hard to get there")
    CIRCUMSTANCES = "circumstances", _("Things changed for me")
    OTHER = "other", _("Something else")


class Choice(models.Model):
    """One ranked programme in an application: one or more course runs at one provider, applied for together."""

    reference = ReferenceField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="choices")
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="choices")
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
    is_closed_by_service = models.BooleanField(default=False, help_text="Ended because the cycle did.")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who sent it for the learner.",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.CheckConstraint(name="choice_status_known", condition=Q(status__in=ChoiceState.values)),
            models.UniqueConstraint(
                name="one_firm_choice_per_application",
                fields=["application"],
                condition=Q(status__in=sorted(FIRM), companion_group=None),
            ),
            models.CheckConstraint(
                name="choice_sent_or_not",
                condition=Q(status__in=["draft", "with_school", "withdrawn", "not_sent"]) | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["provider", "status", "status_at"])]

    def __str__(self) -> str:
        return f"choice {self.reference}"

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


class Snapshot(models.Model):
    """What was sent to the provider, as it was then. Never changed; erasure empties the content and keeps the hash."""

    choice = models.OneToOneField(Choice, on_delete=models.PROTECT, related_name="snapshot")
    content = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"snapshot of choice {self.choice_id}"

    @property
    def birth_on(self) -> dt.date | None:
        return dt.date.fromisoformat(self.content["learner"]["birth_on"]) if self.content else None


class Offer(models.Model):
    """The provider's answer. A changed offer is a new row; the old one is ended."""

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="offers")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer_by_on = models.DateField(help_text="Last day to answer, London.")
    message = models.TextField(blank=True, help_text="Words to the learner.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="one_standing_offer_per_choice", fields=["choice"], condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"offer on choice {self.choice_id}"


class AnswerReminder(models.Model):
    """The learner was reminded to answer an offer. A row, so that nobody is reminded twice of the same thing."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="reminders")
    number = models.PositiveSmallIntegerField(help_text="1 or 2.")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_reminder_of_a_number", fields=["offer", "number"])]

    def __str__(self) -> str:
        return f"reminder {self.number} of offer {self.offer_id}"


class ConditionState(models.TextChoices):
    OPEN = "open", _("Not yet known")
    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")


class ConditionKind(models.TextChoices):
    RESULTS = "results", _("Results")
    INTERVIEW = "interview", _("Interview")
    REFERENCE = "reference", _("Reference")
    OTHER = "other", _("Something else")


class OfferCondition(models.Model):
    """Something that must still be true before the place is certain."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="conditions")  # part of the offer
    kind = models.CharField(max_length=10, choices=ConditionKind)
    text = models.CharField(max_length=200, help_text="For the learner: 'Grade 4 or above in English'.")
    state = models.CharField(max_length=10, choices=ConditionState, default=ConditionState.OPEN)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="condition_state_known", condition=Q(state__in=ConditionState.values))
        ]

    def __str__(self) -> str:
        return self.text


class InterviewState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CANCELLED = "cancelled", _("Cancelled")
    DONE = "done", _("Held")
    MISSED = "missed", _("Missed")


class Interview(models.Model):
    """A provider asks a learner to come and talk."""

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="interviews")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    note = models.TextField(blank=True, help_text="What to bring, whom to ask for.")
    state = models.CharField(max_length=10, choices=InterviewState, default=InterviewState.PLANNED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(name="interview_state_known", condition=Q(state__in=InterviewState.values)),
            models.UniqueConstraint(name="one_planned_interview", fields=["choice"], condition=Q(state="planned")),
        ]

    def __str__(self) -> str:
        return f"interview for choice {self.choice_id}"


class ReferralState(models.TextChoices):
    OPEN = "open", _("Waiting for the learner")
    TAKEN = "taken", _("Taken")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("No longer open")


class Referral(models.Model):
    """A provider proposes other runs of its own for a choice; the learner says yes or no."""

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="referrals")
    runs = models.ManyToManyField("prospectus.CourseRun", related_name="+")
    message = models.TextField(blank=True, help_text="Why, in words for the learner.")
    state = models.CharField(max_length=10, choices=ReferralState, default=ReferralState.OPEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_open_referral", fields=["choice"], condition=Q(state="open")),
            models.CheckConstraint(name="referral_state_known", condition=Q(state__in=ReferralState.values)),
        ]

    def __str__(self) -> str:
        return f"referral on choice {self.choice_id}"


class OutsideOffer(models.Model):
    """An offer made outside this service and recorded by an adult, so that the September Guarantee counts it."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="outside_offers")
    cycle = models.ForeignKey("providers.Cycle", on_delete=models.PROTECT, related_name="outside_offers")
    provider_name = models.CharField(max_length=160)
    course_name = models.CharField(max_length=160, blank=True)
    offered_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True, help_text="No longer stands.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = OutsideOfferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_on", "-pk"]

    def __str__(self) -> str:
        return f"outside offer {self.reference}"

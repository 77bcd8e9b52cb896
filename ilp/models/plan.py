from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from ilp.querysets import DraftQuerySet, EntryQuerySet, PlanQuerySet, RevisionQuerySet
from ilp.querysets.plan import SENSITIVE
from ilp.workflow import EntryState


class EntryKind(models.TextChoices):
    ABOUT = "about", _("About me")
    INTEREST = "interest", _("What I am interested in")
    SKILL = "skill", _("What I am good at")
    AMBITION = "ambition", _("What I want to do")
    ACHIEVEMENT = "achievement", _("What I have achieved")
    EXPERIENCE = "experience", _("What I have tried")
    GOAL = "goal", _("My goals")
    COURSE = "course", _("Courses I am interested in")
    SECTION = "section", _("What I am asked")
    TRANSITION = "transition", _("My transition plan")
    ASSESSMENT = "assessment", _("My learning-difficulty assessment")


# Entries that are an answered section of a template; they are written on the page of the section only.
ANSWERED_KINDS = frozenset({EntryKind.SECTION, EntryKind.TRANSITION, EntryKind.ASSESSMENT})


class PlanRule(models.Model):
    """Who may have a plan in an area. An area without a row has the defaults."""

    area = models.OneToOneField("providers.Area", on_delete=models.CASCADE, related_name="plan_rule")  # part of it
    first_year_group = models.PositiveSmallIntegerField(default=7, help_text="The youngest year group with a plan.")
    last_age = models.PositiveSmallIntegerField(default=19, help_text="In years; until the birthday after it.")
    last_age_with_assessment = models.PositiveSmallIntegerField(
        default=25, help_text="In years, of learners with a learning-difficulty assessment or EHC plan."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="plan_ages_in_order",
                condition=Q(last_age_with_assessment__gte=F("last_age")) & Q(last_age__gte=16),
            )
        ]

    def __str__(self) -> str:
        return f"who has a plan in {self.area}"


class Plan(models.Model):
    """A learner's own plan. The learner is the lock for everything inside it."""

    reference = ReferenceField()
    learner = models.OneToOneField("accounts.Learner", on_delete=models.PROTECT, related_name="plan")
    started_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, help_text="When the learner last wrote something in it.")

    objects = PlanQuerySet.as_manager()

    def __str__(self) -> str:
        return f"plan {self.reference}"


class Entry(models.Model):
    """One thing in a plan. What it says stands in its revisions."""

    reference = ReferenceField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=EntryKind)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.AWAITING, editable=False)
    course = models.ForeignKey(
        "prospectus.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="plan_entries"
    )
    revision = models.ForeignKey(
        "ilp.Revision", null=True, on_delete=models.PROTECT, related_name="+", help_text="The newest."
    )
    section_key = models.SlugField(
        max_length=12, blank=True, default="", help_text="Of a section that was answered: which."
    )
    made_from = models.CharField(
        max_length=12,
        blank=True,
        editable=False,
        help_text="The form it was written in, so that sending it twice adds one.",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    asked_at = models.DateTimeField(default=clock.now, help_text="Since when it waits to be read.")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="entry_kind_known", condition=Q(kind__in=EntryKind.values)),
            models.CheckConstraint(name="entry_state_known", condition=Q(state__in=EntryState.values)),
            models.CheckConstraint(
                name="entry_course_if_kind", condition=Q(kind="course", course__isnull=False) | ~Q(kind="course")
            ),
            models.CheckConstraint(
                name="entry_section_if_kind",
                condition=Q(kind__in=["section", "transition", "assessment"], section_key__gt="")
                | ~Q(kind__in=["section", "transition", "assessment"]) & Q(section_key=""),
            ),
            models.UniqueConstraint(
                name="section_once_in_plan",
                fields=["plan", "section_key"],
                condition=~Q(section_key="") & ~Q(state="taken_out"),
            ),
            models.UniqueConstraint(name="one_entry_of_a_form", fields=["made_from"], condition=~Q(made_from="")),
            models.UniqueConstraint(
                name="one_about_me", fields=["plan"], condition=Q(kind="about") & ~Q(state="taken_out")
            ),
            models.UniqueConstraint(
                name="course_once_in_plan",
                fields=["plan", "course"],
                condition=Q(kind="course") & ~Q(state="taken_out"),
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"]), models.Index(fields=["plan", "kind"])]

    def __str__(self) -> str:
        return f"entry {self.reference}"

    @property
    def shown_as(self) -> str:
        """What of a learner it is part of, in sharing and in the list of who looked."""
        if self.kind in SENSITIVE:
            return str(self.kind)
        return "experiences" if self.kind == EntryKind.EXPERIENCE else "plan"

    @property
    def name(self) -> str:
        """What people call it: its title, the course's, or what kind of thing it is."""
        title = self.revision.title if self.revision is not None else ""
        return title or (self.course.title if self.course is not None else self.get_kind_display())


class Revision(models.Model):
    """How an entry read from a moment on, in the learner's words. Never changed, never deleted but by erasure."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(help_text="From 1.")
    title = models.CharField(max_length=120, blank=True)
    words = models.TextField(blank=True)
    place = models.CharField(max_length=120, blank=True)
    from_on = models.DateField(null=True, blank=True, help_text="When it was, or began.")
    until_on = models.DateField(null=True, blank=True, help_text="When it ended; of a goal, when it is to be reached.")
    is_reached = models.BooleanField(default=False, help_text="Of a goal.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["entry", "number"]
        constraints = [
            models.UniqueConstraint(name="one_revision_of_a_number", fields=["entry", "number"]),
            models.CheckConstraint(
                name="revision_dates_in_order",
                condition=Q(from_on=None) | Q(until_on=None) | Q(until_on__gte=F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of entry {self.entry_id}"


class RemarkKind(models.TextChoices):
    VALIDATED = "validated", _("Validated")
    TALK = "talk", _("Let’s talk")
    REPLY = "reply", _("Answer")
    TAKEN_BACK = "taken_back", _("Validation taken back")


class Remark(models.Model):
    """What somebody said about a revision, in which role. Never changed."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=10, choices=RemarkKind)
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(
        "providers.StaffRole", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="In which role. Empty: the learner, or somebody they let in.",
    )  # fmt: skip
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(name="remark_kind_known", condition=Q(kind__in=RemarkKind.values))]

    def __str__(self) -> str:
        return f"{self.kind} on revision {self.revision_id}"


class Draft(models.Model):
    """What a learner is writing and has not put into the plan yet: of a new entry, or of a change to one.

    Each open form has its own, so two devices never write over each other.
    """

    reference = ReferenceField()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="drafts")  # part of it
    kind = models.CharField(max_length=12, choices=EntryKind)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="drafts")  # of this
    seen = models.PositiveSmallIntegerField(default=0, help_text="The revision that was being changed; 0: none.")
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=clock.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-pk"]
        indexes = [models.Index(fields=["plan", "-saved_at"])]

    def __str__(self) -> str:
        return f"draft {self.reference}"

import datetime as dt
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.labels import called
from core.references import ReferenceField
from prospectus.models.consortium import Consortium
from prospectus.models.reference import Level, QualificationType, Subject
from prospectus.querysets import CourseQuerySet, CourseRunQuerySet
from prospectus.workflow import CourseState, RunState


def in_pounds(pence: int) -> str:
    """120000 is £1,200 and 150 is £1.50."""
    pounds, rest = divmod(pence, 100)
    return f"£{pounds:,}" + (f".{rest:02}" if rest else "")


def price_words(pence: int) -> str:
    """What a learner pays, for people."""
    return in_pounds(pence) if pence else "Free"


def level_name(code: str) -> str:
    """The name of a level by its code, without asking the table."""
    return "Entry level" if code == "E" else f"Level {code}"


# Where the government's service is, and the page that leads to it.
APPRENTICESHIP_HOSTS = ("findapprenticeship.service.gov.uk", "apprenticeships.education.gov.uk")
APPRENTICESHIP_PAGE = "/apply-apprenticeship"


def is_apprenticeship_service(url: str) -> bool:
    """Whether an address is one of the government's Find an apprenticeship service."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    is_its_own = any(host == one or host.endswith(f".{one}") for one in APPRENTICESHIP_HOSTS)
    return is_its_own or (host == "www.gov.uk" and parts.path.rstrip("/") == APPRENTICESHIP_PAGE)


class ProvisionKind(models.TextChoices):
    """What sort of thing it is, for somebody who does not know the names of qualifications."""

    COURSE = "course", _("Course")
    APPRENTICESHIP = "apprenticeship", _("Apprenticeship")
    RE_ENGAGEMENT = "re_engagement", _("A way back into learning")
    TASTER = "taster", _("Taster or open day")
    ACTIVITY = "activity", _("Activity outside lessons")


class Stage(models.TextChoices):
    """Where in school its learners are."""

    POST_16 = "post_16", _("After Year 11")
    KEY_STAGE_4 = "key_stage_4", _("In Years 10 and 11")


class StudyMode(models.TextChoices):
    FULL_TIME = "full_time", _("Full time")
    PART_TIME = "part_time", _("Part time")
    PART_OF_PROGRAMME = "part_of_programme", _("Part of a full-time programme")
    FLEXIBLE = "flexible", _("Flexible")
    UNKNOWN = "unknown", _("Ask the provider")


class Delivery(models.TextChoices):
    CLASSROOM = "classroom", _("In a classroom")
    WORKPLACE = "workplace", _("At work")
    ONLINE = "online", _("Online or at home")
    BLENDED = "blended", _("Partly online")
    OUTREACH = "outreach", _("Out and about")
    UNKNOWN = "unknown", _("Ask the provider")


class Pattern(models.TextChoices):
    DAYTIME = "daytime", _("Daytime")
    EVENING = "evening", _("Evening")
    WEEKEND = "weekend", _("Weekend")
    BLOCK_RELEASE = "block_release", _("Day or block release")
    FLEXIBLE = "flexible", _("Whenever suits you")
    UNKNOWN = "unknown", _("Ask the provider")


class StartTime(models.TextChoices):
    """When in a year a run starts: what somebody about to leave another course needs to know."""

    AUTUMN = "autumn", _("August to October")
    PART_YEAR = "part_year", _("Part-way through the year")
    ANY_TIME = "any_time", _("Any time")


class Course(models.Model):
    """Something a provider teaches. When and where it can be started are its course runs."""

    reference = ReferenceField()
    provider = models.ForeignKey(  # found by its natural key
        "providers.Organisation", on_delete=models.PROTECT, related_name="courses", db_index=False
    )
    provider_reference = models.CharField(
        max_length=255, help_text="The provider's own code: with the provider, its natural key."
    )
    kind = models.CharField(
        max_length=20, choices=ProvisionKind, default=ProvisionKind.COURSE, db_default=ProvisionKind.COURSE.value
    )
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.POST_16, db_default=Stage.POST_16.value)
    consortium = models.ForeignKey(
        Consortium, null=True, blank=True, on_delete=models.PROTECT, related_name="courses",
        help_text="The providers who teach it together; its provider leads them.",
    )  # fmt: skip
    title = models.CharField(max_length=255)
    summary = models.TextField(blank=True, help_text="One or two plain sentences, no mark-up.")
    what_you_do = models.TextField(blank=True, help_text="Cleaned HTML.")
    who_it_is_for = models.TextField(blank=True, help_text="Cleaned HTML.")
    entry_requirements = models.TextField(blank=True, help_text="Cleaned HTML.")
    how_assessed = models.TextField(blank=True, help_text="Cleaned HTML.")
    leads_to = models.TextField(blank=True, help_text="Cleaned HTML.")
    costs_and_help = models.TextField(blank=True, help_text="Cleaned HTML.")
    other_texts = models.JSONField(
        default=list, help_text="[[heading, cleaned HTML]] for texts of a feed with no place above."
    )
    qualification_title = models.CharField(max_length=255, blank=True)
    qualification_type = models.ForeignKey(
        QualificationType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    awarding_organisation = models.CharField(max_length=160, blank=True)
    levels = ArrayField(
        models.CharField(max_length=1), default=list, blank=True, help_text="Codes of Level; a course may span several."
    )
    level_text = models.CharField(max_length=120, blank=True, help_text="The provider's own words for the level.")
    subject = models.ForeignKey(Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="courses")
    subject_words = ArrayField(
        models.CharField(max_length=160), default=list, blank=True, help_text="The provider's own subject words."
    )
    search_words = models.TextField(blank=True, help_text="Further words to be found by: keywords, careers.")
    website = models.URLField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=CourseState, default=CourseState.DRAFT)
    checked_on = models.DateField(null=True, blank=True, help_text="When the provider last said it is right.")
    upload = models.ForeignKey("providers.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it first came into the prospectus."
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_course_per_provider_reference", fields=["provider", "provider_reference"]
            ),
            models.CheckConstraint(name="course_state_known", condition=Q(state__in=CourseState.values)),
            models.CheckConstraint(name="course_kind_known", condition=Q(kind__in=ProvisionKind.values)),
            models.CheckConstraint(name="course_stage_known", condition=Q(stage__in=Stage.values)),
        ]
        indexes = [
            models.Index(fields=["provider", "state"]),
            # Whoever fetches all courses by the API goes on where the last page ended.
            models.Index(
                name="course_by_change", fields=["changed_at", "id"], condition=Q(state=CourseState.PUBLISHED)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    get_kind_display = called("kind", ProvisionKind)
    get_stage_display = called("stage", Stage)

    def get_absolute_url(self) -> str:
        return reverse("prospectus:course", args=[self.reference, slugify(self.title)[:60].strip("-") or "course"])

    @property
    def level_names(self) -> list[str]:
        return [level_name(code) for code in self.levels]


class EntryRequirement(models.Model):
    """One thing a learner needs to get in, so that grades can be held against it; the text beside it says the rest.

    "5 GCSEs at grade 4, with English and maths" is three of these: five of any subject, and one of each.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="requirements")  # part of the course
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    how_many = models.PositiveSmallIntegerField(default=1, help_text="How many such qualifications.")
    qualification_type = models.ForeignKey(
        QualificationType, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: any."
    )
    level = models.ForeignKey(
        Level, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="At least this level."
    )
    grade = models.CharField(max_length=20, blank=True, help_text="At least this grade. Empty: a pass.")
    subject_words = models.CharField(max_length=80, blank=True, help_text="In this subject. Empty: in any.")
    is_essential = models.BooleanField(default=True, help_text="Otherwise it helps, and is not asked of everybody.")

    class Meta:
        ordering = ["course", "position"]
        constraints = [
            models.UniqueConstraint(name="one_requirement_per_position", fields=["course", "position"]),
            models.CheckConstraint(
                name="requirement_says_something",
                condition=~Q(qualification_type=None, level=None, grade="", subject_words=""),
            ),
            models.CheckConstraint(name="requirement_asks_for_some", condition=Q(how_many__gte=1)),
        ]

    def __str__(self) -> str:
        what = self.qualification_type.name if self.qualification_type else "qualification"
        if self.level and not self.qualification_type:
            what = f"{self.level} {what}"
        if self.subject_words:
            what = f"{what} in {self.subject_words}" if self.how_many > 1 else f"{what} {self.subject_words}"
        if self.how_many > 1:
            what = f"{self.how_many} {what}s"
        return f"{what} at grade {self.grade} or above" if self.grade else what


class CourseRun(models.Model):
    """What one applies to: a course at a site from a date, or from any day."""

    reference = ReferenceField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="runs", db_index=False)  # as above
    provider_reference = models.CharField(
        max_length=255, help_text="The provider's own code: with the course, its natural key."
    )
    site = models.ForeignKey("providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    starts_on = models.DateField(null=True, blank=True)
    start_text = models.CharField(max_length=500, blank=True, help_text="The provider's own words for the start.")
    ends_on = models.DateField(null=True, blank=True)
    is_flexible_start = models.BooleanField(default=False, help_text="Can be started on any day.")
    duration_text = models.CharField(max_length=255, blank=True)
    study_mode = models.CharField(max_length=20, choices=StudyMode, default=StudyMode.UNKNOWN)
    delivery = models.CharField(max_length=20, choices=Delivery, default=Delivery.UNKNOWN)
    pattern = models.CharField(max_length=20, choices=Pattern, default=Pattern.UNKNOWN)
    mode_text = models.CharField(
        max_length=255, blank=True, help_text="The provider's own words for how it is studied."
    )
    cost_pence = models.PositiveIntegerField(null=True, blank=True, help_text="Pence. Empty: not known.")
    cost_text = models.TextField(blank=True)
    extra_cost_pence = models.PositiveIntegerField(
        null=True, blank=True, help_text="Pence, for kit, books and trips. Empty: not known."
    )
    option_block = models.CharField(max_length=20, blank=True, help_text="Two runs of a provider in one block clash.")
    places = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: not known.")
    places_taken = models.PositiveIntegerField(
        default=0, help_text="Kept by the applications floor through a prospectus action."
    )
    apply_from_on = models.DateField(null=True, blank=True)
    apply_until_on = models.DateField(null=True, blank=True)
    apply_url = models.URLField(max_length=500, blank=True, help_text="The provider's own way to apply.")
    opening_set_on = models.DateField(
        null=True,
        blank=True,
        help_text="Somebody said here how and when one applies: no feed changes it.",
    )
    takes_applications = models.BooleanField(default=False, help_text="Learners may apply for it here.")
    state = models.CharField(
        max_length=12, choices=RunState, default=RunState.PUBLISHED, db_default=RunState.PUBLISHED.value
    )
    rolled_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="rolled_into",
        help_text="Last year's run, which this one was copied from.",
    )  # fmt: skip
    ended_on = models.DateField(
        null=True, blank=True, help_text="Taken out of the prospectus; kept for those who applied."
    )
    upload = models.ForeignKey("providers.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)

    objects = CourseRunQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_run_per_provider_reference", fields=["course", "provider_reference"]),
            models.CheckConstraint(name="run_state_known", condition=Q(state__in=RunState.values)),
            models.CheckConstraint(
                name="run_dates_in_order",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} ({self.provider_reference})"

    get_study_mode_display = called("study_mode", StudyMode)
    get_delivery_display = called("delivery", Delivery)
    get_pattern_display = called("pattern", Pattern)

    @property
    def has_started(self) -> bool:
        """Its only start has passed."""
        return not self.is_flexible_start and self.starts_on is not None and self.starts_on < clock.today()

    @property
    def is_in_time(self) -> bool:
        """Today is a day to apply for it, as ``open_for_applications`` asks of many runs at once."""
        today = clock.today()
        has_begun = self.apply_from_on is None or self.apply_from_on <= today
        return has_begun and (self.apply_until_on is None or self.apply_until_on >= today)

    @property
    def opens_later(self) -> bool:
        """The first day to apply is still to come."""
        return self.apply_from_on is not None and self.apply_from_on > clock.today()

    @property
    def is_too_late(self) -> bool:
        """The last day to apply is over."""
        return self.apply_until_on is not None and self.apply_until_on < clock.today()

    @property
    def opens_here_on(self) -> dt.date | None:
        """The day to come from which one applies for it here: its own, its provider's or the area's, the latest."""
        days = [self.apply_from_on if self.opens_later else None, self.course.provider.opens_on]
        return max((day for day in days if day), default=None)

    @property
    def is_on_apprenticeship_service(self) -> bool:
        """One applies for it on the government's service."""
        return bool(self.apply_url) and is_apprenticeship_service(self.apply_url)

    @property
    def start_words(self) -> str:
        """When it starts or started, for people."""
        if self.is_flexible_start:
            return gettext("Start any time")
        if self.starts_on is None:
            return self.start_text or gettext("Ask the provider when it starts")
        words = gettext("Started %(day)s") if self.has_started else gettext("Starts %(day)s")
        return words % {"day": date_format(self.starts_on, "j F Y")}

    @property
    def mode_adds(self) -> bool:
        """Whether the provider's own words for how it is studied say more than our own, which stand beside them."""
        ours = [self.get_study_mode_display(), self.get_pattern_display(), self.get_delivery_display()]
        said = {word.strip().casefold() for word in self.mode_text.split(",") if word.strip()}
        return not said <= {word.casefold() for word in ours}

    @property
    def cost_words(self) -> str:
        """What it costs, for people; the provider's own words are said beside it."""
        if self.cost_pence is None:
            return "" if self.cost_text else gettext("Ask the provider")
        return price_words(self.cost_pence)

    @property
    def extra_cost_words(self) -> str:
        """What kit, books and trips cost, for people; empty where it is not known or nothing."""
        return in_pounds(self.extra_cost_pence) if self.extra_cost_pence else ""

    @property
    def places_left(self) -> int | None:
        """Places not taken; None where the number of places is not known."""
        return None if self.places is None else max(self.places - self.places_taken, 0)

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import slugify

from core import clock
from core.references import ReferenceField
from prospectus.querysets import CourseQuerySet, CourseRunQuerySet


class Subject(models.Model):
    """A sector subject area: 15 broad ones (tier 1) and the 50 inside them. Codes are text: 04.1 is not a number."""

    code = models.CharField(primary_key=True, max_length=4)
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    plain_name = models.CharField(max_length=60, blank=True, help_text="What a 15-year-old would call it.")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.plain_name or self.name


class Level(models.Model):
    """A qualification level from Entry to 8, in plain words."""

    code = models.CharField(primary_key=True, max_length=1)
    name = models.CharField(max_length=60)
    plain_words = models.CharField(max_length=200, help_text="What it is like, for a 15-year-old.")
    position = models.PositiveSmallIntegerField(unique=True, help_text="Entry is 0.")

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class QualificationType(models.Model):
    """A kind of qualification, from GCSE to supported internship."""

    code = models.CharField(primary_key=True, max_length=30)
    name = models.CharField(max_length=100)
    family = models.CharField(max_length=30)
    is_current = models.BooleanField(default=True, help_text="Still offered today.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CourseState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class StudyMode(models.TextChoices):
    FULL_TIME = "full_time", "Full time"
    PART_TIME = "part_time", "Part time"
    PART_OF_PROGRAMME = "part_of_programme", "Part of a full-time programme"
    FLEXIBLE = "flexible", "Flexible"
    UNKNOWN = "unknown", "Ask the provider"


class Delivery(models.TextChoices):
    CLASSROOM = "classroom", "In a classroom"
    WORKPLACE = "workplace", "At work"
    ONLINE = "online", "Online or at home"
    BLENDED = "blended", "Partly online"
    OUTREACH = "outreach", "Out and about"
    UNKNOWN = "unknown", "Ask the provider"


class Pattern(models.TextChoices):
    DAYTIME = "daytime", "Daytime"
    EVENING = "evening", "Evening"
    WEEKEND = "weekend", "Weekend"
    BLOCK_RELEASE = "block_release", "Day or block release"
    FLEXIBLE = "flexible", "Whenever suits you"
    UNKNOWN = "unknown", "Ask the provider"


class StartTime(models.TextChoices):
    """When in a year a run starts: what somebody about to leave another course needs to know."""

    AUTUMN = "autumn", "August to October"
    PART_YEAR = "part_year", "Part-way through the year"
    ANY_TIME = "any_time", "Any time"


class Course(models.Model):
    """Something a provider teaches. When and where it can be started are its course runs."""

    reference = ReferenceField()
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="courses")
    provider_reference = models.CharField(
        max_length=255, help_text="The provider's own code: with the provider, its natural key."
    )
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

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_course_per_provider_reference", fields=["provider", "provider_reference"]
            ),
            models.CheckConstraint(name="course_state_known", condition=Q(state__in=CourseState.values)),
        ]
        indexes = [models.Index(fields=["provider", "state"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("prospectus:course", args=[self.reference, slugify(self.title)[:60].strip("-") or "course"])

    @property
    def level_names(self) -> list[str]:
        return ["Entry level" if code == "E" else f"Level {code}" for code in self.levels]


class CourseRun(models.Model):
    """What one applies to: a course at a site from a date, or from any day."""

    reference = ReferenceField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="runs")
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
    option_block = models.CharField(max_length=20, blank=True, help_text="Two runs of a provider in one block clash.")
    places = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: not known.")
    places_taken = models.PositiveIntegerField(
        default=0, help_text="Kept by the applications floor through a prospectus action."
    )
    apply_from_on = models.DateField(null=True, blank=True)
    apply_until_on = models.DateField(null=True, blank=True)
    apply_url = models.URLField(max_length=500, blank=True, help_text="The provider's own way to apply.")
    takes_applications = models.BooleanField(default=False, help_text="Learners may apply for it here.")
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
            models.CheckConstraint(
                name="run_dates_in_order",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} ({self.provider_reference})"

    @property
    def has_started(self) -> bool:
        """Its only start has passed."""
        return not self.is_flexible_start and self.starts_on is not None and self.starts_on < clock.today()

    @property
    def start_words(self) -> str:
        """When it starts or started, for people."""
        if self.is_flexible_start:
            return "Start any time"
        if self.starts_on is None:
            return self.start_text or "Ask the provider when it starts"
        return f"{'Started' if self.has_started else 'Starts'} {date_format(self.starts_on, 'j F Y')}"

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
            return "" if self.cost_text else "Ask the provider"
        pounds, pence = divmod(self.cost_pence, 100)
        return f"£{pounds:,}" + (f".{pence:02}" if pence else "") if self.cost_pence else "Free"

    @property
    def places_left(self) -> int | None:
        """Places not taken; None where the number of places is not known."""
        return None if self.places is None else max(self.places - self.places_taken, 0)


class CourseSearch(models.Model):
    """The narrow table that search reads: one row per published course run, and one for a course without runs.

    Rewritten inside the transaction that publishes (prospectus.actions.search). Nothing here is a source of truth.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")  # an index entry
    run = models.OneToOneField(CourseRun, null=True, on_delete=models.CASCADE, related_name="+")  # an index entry
    area = models.ForeignKey(
        "providers.Area", on_delete=models.CASCADE, related_name="+", db_index=False
    )  # an index entry
    provider = models.ForeignKey("providers.Organisation", on_delete=models.CASCADE, related_name="+")  # an index entry
    site = models.ForeignKey("providers.Site", null=True, on_delete=models.CASCADE, related_name="+")  # an index entry
    levels = ArrayField(models.CharField(max_length=1), default=list)
    subject_code = models.CharField(max_length=4, blank=True, help_text="Tier 2 where known.")
    sector_code = models.CharField(max_length=2, blank=True, help_text="Tier 1.")
    type_code = models.CharField(max_length=30, blank=True)
    study_mode = models.CharField(max_length=20)
    delivery = models.CharField(max_length=20)
    pattern = models.CharField(max_length=20)
    starts_on = models.DateField(null=True)
    start = models.CharField(max_length=10, choices=StartTime, blank=True, help_text="Empty: not known.")
    is_flexible_start = models.BooleanField(default=False)
    takes_applications = models.BooleanField(default=False)
    is_lead = models.BooleanField(default=True, help_text="The one row of its course that stands for all of them.")
    repeated_course = models.BigIntegerField(
        default=0, help_text="Its course, where that has several rows: together they count once. 0 where it has one."
    )
    title = models.CharField(max_length=255)
    words = SearchVectorField(
        help_text="Title A, subject and type B, provider, towns and career words C; the same in all rows of a course."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_search_row_without_run", fields=["course"], condition=Q(run=None)),
        ]
        indexes = [
            GinIndex(name="course_search_area_words", fields=["area", "words"]),
            models.Index(name="course_search_area_title", fields=["area", "title", "id"]),
            models.Index(name="course_search_title", fields=["title", "id"]),
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """The vocabulary of the prospectus: what a misspelt word may have meant."""

    word = models.CharField(primary_key=True, max_length=60)
    lexeme = models.CharField(max_length=60, db_index=True, help_text="What the index keeps of it: plumbing is plumb.")
    uses = models.PositiveIntegerField(help_text="Search rows that have it; 0 for a word only of the synonyms.")

    class Meta:
        indexes = [GinIndex(name="search_word_trigrams", fields=["word"], opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word


class Synonym(models.Model):
    """What learners say, and what courses say. Staff keep these rows."""

    said = models.CharField(max_length=60, help_text="What somebody types, in small letters.")
    meant = models.CharField(max_length=120, help_text="What courses call it.")

    class Meta:
        ordering = ["said", "meant"]
        constraints = [models.UniqueConstraint(name="one_synonym", fields=["said", "meant"])]

    def __str__(self) -> str:
        return f"{self.said}: {self.meant}"


class CareerWord(models.Model):
    """A job or wish that courses in a subject lead to: "zoo keeper" finds animal care."""

    subject = models.ForeignKey(
        Subject, on_delete=models.CASCADE, related_name="career_words"
    )  # says something about it
    words = models.CharField(max_length=80)

    class Meta:
        ordering = ["subject", "words"]
        constraints = [models.UniqueConstraint(name="one_career_word_per_subject", fields=["subject", "words"])]

    def __str__(self) -> str:
        return f"{self.words}: {self.subject_id}"


class PhraseRule(models.Model):
    """A phrase that is a filter, not a word to look for: "level 3", "evening"."""

    phrase = models.CharField(max_length=60, unique=True)
    filter_name = models.CharField(max_length=20, help_text="level, mode, pattern, delivery, type or start.")
    filter_value = models.CharField(max_length=30)

    class Meta:
        ordering = ["phrase"]

    def __str__(self) -> str:
        return f"{self.phrase}: {self.filter_name}={self.filter_value}"

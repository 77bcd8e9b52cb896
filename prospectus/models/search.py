from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prospectus.models.course import Course, CourseRun, ProvisionKind, Stage, StartTime
from prospectus.models.reference import Subject
from prospectus.querysets import SearchRuleQuerySet


class PlacesLeft(models.TextChoices):
    LEFT = "left", _("Places left")
    FULL = "full", _("Full")


class FacetSet(models.Model):
    """One combination of what filters ask for, as some course run has it; rows are added and never changed.

    Runs that are alike for every filter share a row, so a search counts a few hundred numbers instead of many words.
    The key is a hash of the rest: whoever has read a row may keep it for ever.
    """

    id = models.BigIntegerField(primary_key=True)
    subject_code = models.CharField(max_length=4, blank=True, help_text="Tier 2 where known; its sector is in front.")
    levels = ArrayField(models.CharField(max_length=1), default=list)
    type_code = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    study_mode = models.CharField(max_length=20)
    delivery = models.CharField(max_length=20)
    pattern = models.CharField(max_length=20)
    start = models.CharField(max_length=10, blank=True)
    start_month = models.CharField(max_length=7, blank=True)
    takes_applications = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.subject_code} {self.type_code} {self.study_mode}"


class SearchChange(models.Model):
    """Search has changed: a row with each change, in its transaction. Their sum is the version of what is found.

    A row each, because one row with a number would make every publisher wait for the one before.
    """

    changes = models.PositiveBigIntegerField(default=1, db_default=1)

    def __str__(self) -> str:
        return str(self.changes)


class CountCache(models.Model):
    """What a search with many hits counted, for whoever asks the same next. As many rows as slots, never more."""

    slot = models.IntegerField(primary_key=True)
    key = models.CharField(max_length=64, help_text="A hash of the question as it was understood.")
    version = models.BigIntegerField(help_text="Of what is found; with another one it says nothing.")
    counted = models.JSONField()

    def __str__(self) -> str:
        return self.key


class CourseSearch(models.Model):
    """The narrow table that search reads: one row per published course run, and one for a course without runs.

    Rewritten inside the transaction that publishes (prospectus.actions.search). Nothing here is a source of truth, and
    every key is copied from the row it names in the statement that writes it, so the database does not look each of
    them up again: that was a tenth of publishing (decision 0029). The courses' own keys are checked as ever.
    """

    # Columns stand in this order in the table. Counting and ranking read a row from its start: what they need is first,
    # and what has the same width in every row before what has not.
    course = models.ForeignKey(
        Course, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )  # an index entry
    area = models.ForeignKey(
        "providers.Area", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )  # an index entry
    provider = models.ForeignKey(
        "providers.Organisation", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )  # an index entry
    facets = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Key of its FacetSet: all that filters ask, without the places, which change.",
    )
    repeated_course = models.BigIntegerField(
        default=0, help_text="Its course, where that has several rows: together they count once. 0 where it has one."
    )
    worth = models.FloatField(
        default=1, db_default=1.0, help_text="What its rank is multiplied by: less for a taster than for a course."
    )
    is_lead = models.BooleanField(default=True, help_text="The one row of its course that stands for all of them.")
    takes_applications = models.BooleanField(default=False)
    is_flexible_start = models.BooleanField(default=False)
    run = models.OneToOneField(
        CourseRun, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )  # an index entry
    site = models.ForeignKey(
        "providers.Site", null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )  # an index entry
    starts_on = models.DateField(null=True)
    places = models.CharField(
        max_length=4, choices=PlacesLeft, blank=True, db_default="",
        help_text="Empty: not known. Kept up to date as places are taken and given back.",
    )  # fmt: skip
    title = models.CharField(max_length=255)
    words = SearchVectorField(
        help_text="Title A, subject and type B, provider, towns and career words C; the same in all rows of a course."
    )
    levels = ArrayField(models.CharField(max_length=1), default=list)
    subject_code = models.CharField(max_length=4, blank=True, help_text="Tier 2 where known.")
    sector_code = models.CharField(max_length=2, blank=True, help_text="Tier 1.")
    type_code = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=20, db_default=ProvisionKind.COURSE.value)
    stage = models.CharField(max_length=20, db_default=Stage.POST_16.value)
    study_mode = models.CharField(max_length=20)
    delivery = models.CharField(max_length=20)
    pattern = models.CharField(max_length=20)
    start = models.CharField(max_length=10, choices=StartTime, blank=True, help_text="Empty: not known.")
    start_month = models.CharField(max_length=7, blank=True, db_default="", help_text="2027-09; empty: not known.")
    partners = ArrayField(
        models.BigIntegerField(), default=list, db_default=[], help_text="Further providers who teach it with its own."
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
    """What learners say, and what courses say. Staff keep these rows: what they take out is ended, not deleted, so
    that loading our own words again does not bring it back."""

    said = models.CharField(max_length=60, help_text="What somebody types, in small letters.")
    meant = models.CharField(max_length=120, help_text="What courses call it.")
    is_ours = models.BooleanField(default=False, help_text="As the portal came with it; no staff have decided on it.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Taken out of use by staff.")

    objects = SearchRuleQuerySet.as_manager()

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
    """A phrase that is a filter, not a word to look for: "level 3", "evening". Kept by staff like synonyms."""

    phrase = models.CharField(max_length=60, unique=True)
    filter_name = models.CharField(max_length=20, help_text="One of prospectus.queries.words.RULE_FILTERS.")
    filter_value = models.CharField(max_length=30)
    is_ours = models.BooleanField(default=False, help_text="As the portal came with it; no staff have decided on it.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Taken out of use by staff.")

    objects = SearchRuleQuerySet.as_manager()

    class Meta:
        ordering = ["phrase"]

    def __str__(self) -> str:
        return f"{self.phrase}: {self.filter_name}={self.filter_value}"

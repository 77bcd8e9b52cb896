"""What people look for, keep and wish for. Counts hold nobody; only a shortlist and saved searches have an owner."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField
from prospectus.models.course import Course
from prospectus.models.reference import Level, Subject
from prospectus.querysets import SavedSearchQuerySet, ShortlistQuerySet


class InterestKind(models.TextChoices):
    VIEW = "view", _("Course page looked at")
    SHORTLIST = "shortlist", _("Put on a shortlist")
    APPLY_CLICK = "apply_click", _("Way to apply followed")
    APPLICATION = "application", _("Applied for here")
    OFFER = "offer", _("Offered here")


class CourseInterest(models.Model):
    """How often something happened to a course on one day. Nobody's name, address or cookie is behind it."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="interest")  # a count about it
    day = models.DateField()
    kind = models.CharField(max_length=12, choices=InterestKind)
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_count_per_course_day_and_kind", fields=["course", "day", "kind"]),
            models.CheckConstraint(name="interest_kind_known", condition=Q(kind__in=InterestKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.day} {self.kind}: {self.times}"


class ShortlistItem(models.Model):
    """A course that somebody signed in keeps in mind. Without an account it is kept in a cookie instead."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shortlist")  # theirs
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True, help_text="Only its owner sees it.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ShortlistQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [models.UniqueConstraint(name="one_shortlist_item_per_course", fields=["user", "course"])]

    def __str__(self) -> str:
        return f"{self.course}"


class SavedSearch(models.Model):
    """A search its owner wants to hear about: the address of a search, and what was told last."""

    reference = ReferenceField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches"
    )  # theirs
    name = models.CharField(max_length=100)
    address = models.CharField(
        max_length=2000, help_text="The search's own query string, in one order, without a page."
    )
    is_mailed = models.BooleanField(default=True, help_text="A weekly e-mail when something is new.")
    seen_at = models.DateTimeField(default=clock.now, help_text="Courses published since then are new.")
    told_at = models.DateTimeField(default=clock.now, help_text="The last e-mail, or the start.")
    new_courses = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Published since it was last looked at, as counted last night."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "saved searches"
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(name="one_saved_search_per_address", fields=["user", "address"])]

    def __str__(self) -> str:
        return self.name


class SearchMiss(models.Model):
    """Words that found nothing, counted by day and area. Staff see them only above a threshold."""

    day = models.DateField()
    area = models.ForeignKey(
        "providers.Area", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )  # a count about it
    words = models.CharField(max_length=100, help_text="As search reads them: small letters, no postcode.")
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_miss_per_day_area_and_words", fields=["day", "area", "words"], nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.words}: {self.times}"


class Wish(models.Model):
    """What somebody wanted to learn and did not find. Nobody's name is asked for or kept."""

    words = models.CharField(max_length=120, blank=True)
    subject = models.ForeignKey(Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(Level, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcode = models.CharField(max_length=4, blank=True, help_text="The first half of a postcode.")
    area = models.ForeignKey("providers.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField(default=clock.today)

    class Meta:
        verbose_name_plural = "wishes"
        constraints = [
            models.CheckConstraint(name="wish_says_something", condition=~Q(words="", subject=None)),
        ]

    def __str__(self) -> str:
        return self.words or str(self.subject)

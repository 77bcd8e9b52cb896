"""Where catalogues are fetched from by a timetable, each fetch, and what each provider in it came to."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.labels import called
from core.references import ReferenceField
from prospectus.querysets import FeedFetchQuerySet, FeedQuerySet
from prospectus.workflow import FeedState

FEED_COLOURS = {
    FeedState.PAUSED: "grey",
    FeedState.ON: "green",
    FeedState.FAILING: "red",
    FeedState.ENDED: "grey",
}


class FeedSource(models.TextChoices):
    ADDRESS = "address", _("A web address")
    FOLDER = "folder", _("A folder that a file is put into")


class FeedRhythm(models.TextChoices):
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")


class Feed(models.Model):
    """The catalogue of a provider, or of all providers of a neighbouring area, comes from here by itself."""

    reference = ReferenceField()
    provider = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="feeds"
    )
    area = models.ForeignKey(
        "providers.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="feeds",
        help_text="Whose providers' catalogues are all in it; instead of one provider.",
    )  # fmt: skip
    source = models.CharField(max_length=10, choices=FeedSource)
    address = models.CharField(max_length=2000, blank=True)
    rhythm = models.CharField(max_length=10, choices=FeedRhythm, default=FeedRhythm.DAILY)
    weekday = models.PositiveSmallIntegerField(default=0, help_text="0 is Monday. Of weekly feeds.")
    hour = models.PositiveSmallIntegerField(default=3, help_text="In London.")
    state = models.CharField(max_length=10, choices=FeedState, default=FeedState.PAUSED)
    next_at = models.DateTimeField(null=True, blank=True, help_text="When it is fetched next. Empty: not at all.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row, the latest fetches.")
    spells = models.PositiveIntegerField(default=0, help_text="How often it has begun to be failing.")
    etag = models.CharField(max_length=300, blank=True, help_text="Of the file that was used last, as it was sent.")
    last_modified = models.CharField(max_length=100, blank=True, help_text="The same, as it was sent.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file that was used last.")
    used_at = models.DateTimeField(null=True, blank=True, help_text="When a file was last used whole.")
    succeeded_at = models.DateTimeField(
        null=True, blank=True, help_text="When the other side last said how its courses stand."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="feed_state_known", condition=Q(state__in=FeedState.values)),
            models.CheckConstraint(name="feed_source_known", condition=Q(source__in=FeedSource.values)),
            models.CheckConstraint(name="feed_rhythm_known", condition=Q(rhythm__in=FeedRhythm.values)),
            models.CheckConstraint(
                name="feed_of_a_provider_or_an_area",
                condition=Q(provider=None, area__isnull=False) | Q(provider__isnull=False, area=None),
            ),
            models.CheckConstraint(
                name="feed_address_or_folder", condition=Q(source="address") & ~Q(address="") | Q(source="folder")
            ),
            models.CheckConstraint(name="feed_hour_of_a_day", condition=Q(hour__lte=23, weekday__lte=6)),
            models.UniqueConstraint(
                name="one_feed_per_provider", fields=["provider"], condition=~Q(state=FeedState.ENDED)
            ),
            models.UniqueConstraint(name="one_feed_per_area", fields=["area"], condition=~Q(state=FeedState.ENDED)),
        ]
        indexes = [models.Index(fields=["next_at"], name="feed_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"feed {self.reference}"

    get_state_display = called("state", FeedState)

    @property
    def whose(self) -> Any:
        """The provider or the area."""
        return self.provider or self.area

    @property
    def colour(self) -> str:
        return FEED_COLOURS[FeedState(self.state)]

    @property
    def timetable(self) -> str:
        """ "every Monday about 3:00", to follow "It is fetched"."""
        hours = {"from": self.hour, "until": (self.hour + 1) % 24}
        if self.rhythm == FeedRhythm.WEEKLY:
            hours["day"] = WEEKDAYS[self.weekday]
            return gettext("every %(day)s between %(from)s:00 and %(until)s:00") % hours
        return gettext("every day between %(from)s:00 and %(until)s:00") % hours


class FetchOutcome(models.TextChoices):
    USED = "used", _("Used")
    UNCHANGED = "unchanged", _("Nothing new")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")
    TRIED = "tried", _("Tried")


FETCH_COLOURS = {
    FetchOutcome.USED: "green",
    FetchOutcome.UNCHANGED: "green",
    FetchOutcome.FAILED: "red",
    FetchOutcome.TRIED: "blue",
}


class FeedFetch(models.Model):
    """One fetch of a feed and what came of it; a trial publishes nothing."""

    reference = ReferenceField()
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="fetches")
    is_trial = models.BooleanField(default=False)
    job = models.OneToOneField("activity.Job", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=FetchOutcome, blank=True, help_text="Empty while it runs.")
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="What the other side answered (HTTP).")
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="Bytes, unpacked.")
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sentence = models.CharField(max_length=300, blank=True, help_text="What came of it, for people.")

    objects = FeedFetchQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="fetch_outcome_known", condition=Q(outcome__in=["", *FetchOutcome.values])),
            models.CheckConstraint(
                name="fetch_ends_with_an_outcome",
                condition=Q(outcome="", ended_at=None) | ~Q(outcome="") & Q(ended_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_running_fetch_per_feed", fields=["feed", "is_trial"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"fetch {self.reference}"

    get_outcome_display = called("outcome", FetchOutcome)

    @property
    def words(self) -> str:
        """How far it is, for people who watch; asks the database."""
        if self.job is not None and not self.job.is_over:
            return str(self.job.words)
        parts = list(self.parts.values_list("ended_at", flat=True))
        done = sum(ended is not None for ended in parts)
        return gettext("%(done)s of %(all)s providers are done") % {"done": done, "all": len(parts)}

    @property
    def colour(self) -> str:
        return FETCH_COLOURS.get(FetchOutcome(self.outcome), "grey") if self.outcome else "blue"


class PartOutcome(models.TextChoices):
    PUBLISHED = "published", _("Published")
    UNCHANGED = "unchanged", _("Nothing new")
    HELD = "held", _("Waits for somebody")
    REFUSED = "refused", _("Not used")
    UNKNOWN = "unknown", _("Not known here")
    LEFT_OUT = "left_out", _("Left out")
    SOUND = "sound", _("Would be used")


PART_COLOURS = {
    PartOutcome.PUBLISHED: "green",
    PartOutcome.UNCHANGED: "green",
    PartOutcome.SOUND: "green",
    PartOutcome.HELD: "orange",
    PartOutcome.REFUSED: "red",
    PartOutcome.UNKNOWN: "yellow",
}


class FeedPart(models.Model):
    """What one provider in a fetched file came to."""

    fetch = models.ForeignKey(FeedFetch, on_delete=models.CASCADE, related_name="parts")  # part of its fetch
    position = models.PositiveIntegerField(help_text="From 1, in the order of the file.")
    name = models.CharField(max_length=160, blank=True, help_text="As the file names the provider.")
    ukprn = models.CharField(max_length=8, blank=True, help_text="As in the file.")
    provider = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="feed_parts"
    )
    file = models.FileField(upload_to="feeds/%Y/%m/", blank=True, help_text="Until it has been used.")
    file_name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    job = models.OneToOneField("activity.Job", null=True, on_delete=models.PROTECT, related_name="+")
    upload = models.OneToOneField(
        "providers.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="feed_part"
    )
    outcome = models.CharField(max_length=10, choices=PartOutcome, blank=True, help_text="Empty until it is known.")
    sentence = models.CharField(max_length=400, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["fetch", "position"]
        constraints = [
            models.UniqueConstraint(name="one_part_per_position", fields=["fetch", "position"]),
            models.CheckConstraint(name="part_outcome_known", condition=Q(outcome__in=["", *PartOutcome.values])),
        ]

    def __str__(self) -> str:
        return f"part {self.position} of {self.fetch}"

    get_outcome_display = called("outcome", PartOutcome)

    @property
    def colour(self) -> str:
        return PART_COLOURS.get(PartOutcome(self.outcome), "grey") if self.outcome else "blue"

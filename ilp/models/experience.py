"""What learners can try or visit, with places; who comes; and that they were there."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.labels import called
from core.references import ReferenceField
from ilp.querysets import BookingQuerySet, ExperienceQuerySet
from ilp.workflow import OPEN_BOOKINGS, BookingState, ExperienceState
from prospectus.models import ExperienceKind


class Experience(models.Model):
    """A taster, an open day, work experience: something with a day, a place and a number of places.

    Its row is the lock of its bookings.
    """

    reference = ReferenceField()
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="experiences")
    kind = models.CharField(max_length=20, choices=ExperienceKind)
    title = models.CharField(max_length=120)
    what = models.TextField(help_text="What one does there. Plain text.")
    subject = models.ForeignKey(
        "prospectus.Subject", null=True, blank=True, on_delete=models.PROTECT, related_name="experiences"
    )
    course = models.ForeignKey(
        "prospectus.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="experiences",
        help_text="The course it is a taste of.",
    )  # fmt: skip
    first_year_group = models.PositiveSmallIntegerField(default=7)
    last_year_group = models.PositiveSmallIntegerField(default=13)
    is_own_only = models.BooleanField(
        default=False, help_text="Only for learners of this school, or those this advice service answers for."
    )
    site = models.ForeignKey("providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=200, blank=True, help_text="Where, in words, if it is at no site.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_in_school_time = models.BooleanField(default=False, help_text="The learner’s school has to say yes.")
    places = models.PositiveSmallIntegerField()
    closes_on = models.DateField(null=True, blank=True, help_text="Last day to book. Empty: until it begins.")
    bring = models.CharField(max_length=300, blank=True, help_text="What to bring and to wear.")
    access = models.CharField(max_length=300, blank=True, help_text="For example steps, toilets, signing.")
    contact = models.CharField(max_length=200, blank=True, help_text="Whom to ask, and how. Everybody reads it.")
    state = models.CharField(max_length=10, choices=ExperienceState, default=ExperienceState.DRAFT, editable=False)
    why_cancelled = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ExperienceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(name="experience_kind_known", condition=Q(kind__in=ExperienceKind.values)),
            models.CheckConstraint(name="experience_state_known", condition=Q(state__in=ExperienceState.values)),
            models.CheckConstraint(name="experience_times_in_order", condition=Q(ends_at__gte=F("starts_at"))),
            models.CheckConstraint(name="experience_has_places", condition=Q(places__gte=1)),
            models.CheckConstraint(
                name="experience_years_in_order", condition=Q(last_year_group__gte=F("first_year_group"))
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_at"]), models.Index(fields=["organisation", "starts_at"])]

    def __str__(self) -> str:
        return self.title

    get_kind_display = called("kind", ExperienceKind)
    get_state_display = called("state", ExperienceState)

    @property
    def where(self) -> str:
        """The place in words: the site with its town, or what was written."""
        if self.site is None:
            return self.place
        return ", ".join(
            part for part in (self.site.name, self.site.address, self.site.town, self.site.postcode) if part
        )

    @property
    def when(self) -> str:
        """Day and times, for people."""
        begins, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        if begins.date() == ends.date():
            return gettext("%(day)s, %(begins)s to %(ends)s") % {
                "day": date_format(begins, "l j F Y"),
                "begins": date_format(begins, "H:i"),
                "ends": date_format(ends, "H:i"),
            }
        return gettext("%(begins)s to %(ends)s") % {
            "begins": date_format(begins, "l j F Y, H:i"),
            "ends": date_format(ends, "l j F Y, H:i"),
        }

    @property
    def on(self) -> dt.date:
        """The day it begins, in London."""
        return timezone.localdate(self.starts_at)

    @property
    def who(self) -> str:
        """Which year groups it is for, for people."""
        if self.first_year_group == self.last_year_group:
            return gettext("Year %(year)s") % {"year": self.first_year_group}
        return gettext("Years %(first)s to %(last)s") % {"first": self.first_year_group, "last": self.last_year_group}

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def day_has_come(self) -> bool:
        """Whoever is at the door can say who came."""
        return self.on <= clock.today()

    @property
    def is_bookable(self) -> bool:
        """Today is in time to book, and there is something to book."""
        in_time = self.closes_on is None or clock.today() <= self.closes_on
        return self.state == ExperienceState.PUBLISHED and not self.has_begun and in_time

    @property
    def places_words(self) -> str:
        """What is left, of one that was read with ``with_taken``."""
        left = self.places - self.taken  # type: ignore[attr-defined]
        if left > 0:
            return ngettext("%(left)s place left", "%(left)s places left", left) % {"left": left}
        queued = self.queued  # type: ignore[attr-defined]
        return gettext("Full. %(queued)s waiting") % {"queued": queued} if queued else gettext("Full")


class AccessNeed(models.TextChoices):
    STEP_FREE = "step_free", _("A way in without steps")
    QUIET = "quiet", _("A quiet place to go to")
    SIGNING = "signing", _("A sign language interpreter")
    LARGE_PRINT = "large_print", _("Things to read in large print")
    HELPER = "helper", _("Somebody comes with me to help")


NO_NEEDS: Mapping[str, Any] = {"access_needs": [], "needs_words": ""}  # a booking that says nothing of needs


class Booking(models.Model):
    """A learner asks for a place, gets it, comes or does not."""

    reference = ReferenceField()
    experience = models.ForeignKey(Experience, on_delete=models.PROTECT, related_name="bookings")
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=10, choices=BookingState, default=BookingState.WAITING, editable=False)
    asked_at = models.DateTimeField(default=clock.now, editable=False, help_text="Its turn on the waiting list.")
    access_needs = ArrayField(
        models.CharField(max_length=12, choices=AccessNeed), default=list, help_text="What the learner ticked."
    )
    needs_words = models.CharField(max_length=200, blank=True)
    agreed_at = models.DateTimeField(null=True, help_text="When the school said yes.")
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(null=True, help_text="When it was said whether they came.")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(
        "ilp.Entry", null=True, on_delete=models.PROTECT, related_name="booking",
        help_text="What the learner wrote about it.",
    )  # fmt: skip

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(name="booking_state_known", condition=Q(state__in=BookingState.values)),
            models.CheckConstraint(
                name="booking_needs_known", condition=Q(access_needs__contained_by=AccessNeed.values)
            ),
            models.UniqueConstraint(
                name="one_open_booking", fields=["experience", "learner"], condition=Q(state__in=sorted(OPEN_BOOKINGS))
            ),
        ]
        indexes = [models.Index(fields=["learner", "state"]), models.Index(fields=["experience", "state"])]

    def __str__(self) -> str:
        return f"booking {self.reference}"

    @property
    def need_words(self) -> list[str]:
        """What the learner wants them to know, for people."""
        known = [str(AccessNeed(need).label) for need in AccessNeed.values if need in self.access_needs]
        return known + ([self.needs_words] if self.needs_words else [])

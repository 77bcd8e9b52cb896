"""Reviews: a learner and an adult talk, each writes in their own words, and both keep them."""

from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from core import clock
from core.references import ReferenceField
from ilp.querysets import ReviewDraftQuerySet, ReviewQuerySet
from ilp.querysets.review import REVIEWS, TRANSITION
from ilp.workflow import ReviewState


class ReviewKind(models.TextChoices):
    TERMLY = "termly", _("Termly review")
    ANNUAL = "annual", _("Annual review")
    CAREERS = "careers", _("Careers talk")
    TRANSITION = "transition", _("Transition review")
    OTHER = "other", _("Another review")


class ReviewPrompt(NamedTuple):
    """What one kind of review asks the learner, and the adult, to write about."""

    learner: object
    adult: object


PROMPTS = {
    ReviewKind.TERMLY: ReviewPrompt(
        _("What has gone well? What was hard? What would you like to talk about?"),
        _("What was talked about: how this term has gone, and what comes next."),
    ),
    ReviewKind.ANNUAL: ReviewPrompt(
        _("How was your year? What are you proud of? What should be different next year?"),
        _("What was talked about: the year, the targets, and what next year needs."),
    ),
    ReviewKind.CAREERS: ReviewPrompt(
        _("What do you think of doing after school? What do you want to find out?"),
        _("What was talked about: ideas, what was found out, and what to find out next."),
    ),
    ReviewKind.TRANSITION: ReviewPrompt(
        _("What is important to you? What helps you? What would you like to happen next?"),
        _("What was talked about: what matters to the learner, what helps, and who does what before the change."),
    ),
    ReviewKind.OTHER: ReviewPrompt(
        _("What would you like to talk about?"),
        _("What was talked about."),
    ),
}


class Review(models.Model):
    """A dated talk between a learner and an adult of their school or advice service. Once finished it is fixed."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=12, choices=ReviewKind)
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.PLANNED, editable=False)
    on = models.DateField(help_text="The day of the talk, first as planned, then as it was.")
    at_time = models.TimeField(null=True, blank=True, help_text="London time. Empty: any time that day.")
    place = models.CharField(max_length=120, blank=True)
    who_else = models.CharField(max_length=200, blank=True, help_text="Who was there beside the learner and the lead.")
    lead = models.ForeignKey(
        "providers.StaffRole", on_delete=models.PROTECT, related_name="+", help_text="Who leads it, in which role."
    )
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=clock.now, editable=False)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was called off.")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(name="learner_review_kind_known", condition=Q(kind__in=ReviewKind.values)),
            models.CheckConstraint(name="learner_review_state_known", condition=Q(state__in=ReviewState.values)),
            models.CheckConstraint(
                name="finished_review_says_who",
                condition=~Q(state="finished") | Q(finished_by__isnull=False, finished_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_review_planned_for_a_day", fields=["learner", "kind", "on"], condition=Q(state="planned")
            ),
        ]
        indexes = [models.Index(fields=["learner", "state", "-on"]), models.Index(fields=["state", "on"])]

    def __str__(self) -> str:
        return f"review {self.reference}"

    @property
    def is_open(self) -> bool:
        """People can write in it."""
        return self.state == ReviewState.PLANNED

    @property
    def is_late(self) -> bool:
        return self.is_open and self.on < clock.today()

    @property
    def is_about_needs(self) -> bool:
        """Of staff only coordinators read and lead it."""
        return self.kind == ReviewKind.TRANSITION

    @property
    def shown_as(self) -> str:
        """What of a learner it is part of, in sharing and in the list of who looked."""
        return TRANSITION if self.is_about_needs else REVIEWS


class ReviewWordsKind(models.TextChoices):
    SAID = "said", _("What they say")
    ADDED = "added", _("Added later")
    AGREED = "agreed", _("Agrees")
    DIFFERENT = "different", _("Sees it differently")


class ReviewWords(models.Model):
    """What one person says in a review, signed. Nobody else changes it; what is said once it is finished never is."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="words")
    kind = models.CharField(max_length=10, choices=ReviewWordsKind)
    text = models.TextField(blank=True)
    number = models.PositiveSmallIntegerField(default=1, help_text="How often it was saved; what a device has seen.")
    is_from_learner = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(
        "providers.StaffRole", null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the learner."
    )
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name_plural = "review words"
        constraints = [
            models.CheckConstraint(name="review_words_kind_known", condition=Q(kind__in=ReviewWordsKind.values)),
            models.CheckConstraint(
                name="only_a_learner_answers_a_review",
                condition=Q(kind__in=["said", "added"]) | Q(is_from_learner=True),
            ),
            models.CheckConstraint(
                name="review_words_signed_in_a_role", condition=Q(is_from_learner=True) | Q(role__isnull=False)
            ),
            models.UniqueConstraint(
                name="a_learner_says_it_once", fields=["review"], condition=Q(kind="said", is_from_learner=True)
            ),
            models.UniqueConstraint(
                name="an_adult_says_it_once", fields=["review", "by"], condition=Q(kind="said", is_from_learner=False)
            ),
        ]

    def __str__(self) -> str:
        return f"words of review {self.review_id}"


class ReviewDraft(models.Model):
    """What somebody is writing for a review and has not shown yet. Each open form has its own."""

    reference = ReferenceField()
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="drafts")  # part of it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_from_learner = models.BooleanField()
    seen = models.PositiveSmallIntegerField(default=0, help_text="Which saving was being changed; 0: none.")
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField(default=clock.now)

    objects = ReviewDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-pk"]

    def __str__(self) -> str:
        return f"draft of review {self.review_id}"

    @property
    def learner(self) -> Learner:
        return self.review.learner

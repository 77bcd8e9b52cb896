"""The states of a course, of a course run and of a feed, and the moves between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import STAYS, Flow


class CourseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RunState(models.TextChoices):
    """A run that is no longer offered also has the day it ended on; what it was stays as it is.

    A draft that was copied from last year's run says so in ``rolled_from``.
    """

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


C = CourseState
COURSE_FLOW = Flow(CourseState, start=C.DRAFT, moves={
    # verb         from                       to
    "edit":       ({C.DRAFT, C.PUBLISHED},    STAYS),
    "publish":    ({C.DRAFT},                 C.PUBLISHED),
    "withdraw":   ({C.DRAFT, C.PUBLISHED},    C.WITHDRAWN),
    "bring_back": ({C.WITHDRAWN},             C.DRAFT),
})  # fmt: skip

R = RunState
RUN_FLOW = Flow(RunState, start=R.DRAFT, moves={
    # verb      from             to
    "edit":    (set(RunState),   STAYS),
    "publish": ({R.DRAFT},       R.PUBLISHED),
    "end":     (set(RunState),   STAYS),
})  # fmt: skip


class FeedState(models.TextChoices):
    PAUSED = "paused", _("Switched off")
    ON = "on", _("Switched on")
    FAILING = "failing", _("Failing")
    ENDED = "ended", _("Ended")


F = FeedState
FETCHED = {F.ON, F.FAILING}  # by the timetable
FEED_FLOW = Flow(FeedState, start=F.PAUSED, moves={
    # verb      from                   to
    "try":     ({F.PAUSED, *FETCHED},  STAYS),
    "edit":    ({F.PAUSED, *FETCHED},  STAYS),
    "resume":  ({F.PAUSED},            F.ON),
    "pause":   (FETCHED,               F.PAUSED),
    "fetch":   (FETCHED,               STAYS),
    "fail":    ({F.ON},                F.FAILING),
    "recover": ({F.FAILING},           F.ON),
    "end":     ({F.PAUSED, *FETCHED},  F.ENDED),
})  # fmt: skip


class ReviewState(models.TextChoices):
    """Of a description that everybody sees already."""

    WAITING = "waiting", _("Waits to be read")
    RETURNED = "returned", _("Returned with a comment")
    CHECKED = "checked", _("In order")


V = ReviewState
REVIEW_FLOW = Flow(ReviewState, start=V.WAITING, moves={
    # verb      from                       to
    "change":  (set(ReviewState),          V.WAITING),
    "check":   ({V.WAITING, V.RETURNED},   V.CHECKED),
    "return":  ({V.WAITING},               V.RETURNED),
})  # fmt: skip

"""What the area's editors have to read, and what has changed since they last read it."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Count, Min, QuerySet

from core import clock
from prospectus.models import Course, CourseReview
from prospectus.queries.mends import TEXTS
from prospectus.workflow import ReviewState

# What ``text_hash`` is made of: whoever changes one changes both, and a test holds them together.
READ_TEXTS = tuple(TEXTS)


class Asked(NamedTuple):
    """Which descriptions to list. Empty is any; without a state those that wait."""

    state: str = ReviewState.WAITING
    area: str = ""
    provider: str = ""


def listed(user: Any, asked: Asked) -> QuerySet:
    """What this person may read of it: what waits longest first, else what was decided last."""
    reviews = CourseReview.objects.visible_to(user).for_list().filter(state=asked.state)
    if asked.area:
        reviews = reviews.filter(course__provider__area__slug=asked.area)
    if asked.provider:
        reviews = reviews.filter(course__provider__reference=asked.provider)
    if asked.state == ReviewState.WAITING:
        return reviews.order_by("waits_since", "course__provider__name", "course__title", "pk")
    return reviews.order_by("-decided_at", "pk")


class Queue(NamedTuple):
    """How many descriptions wait to be read, and since when the oldest does."""

    waiting: int
    oldest: dt.datetime | None

    @property
    def days(self) -> int:
        """Since the oldest came."""
        return (clock.now() - self.oldest).days if self.oldest else 0


def queue_of(user: Any) -> Queue:
    waiting = CourseReview.objects.visible_to(user).filter(state=ReviewState.WAITING)
    found = waiting.aggregate(number=Count("pk"), oldest=Min("waits_since"))
    return Queue(found["number"], found["oldest"])


def next_waiting(user: Any, *, after: CourseReview) -> CourseReview | None:
    """The next to read: of the same provider, else what waits longest."""
    waiting = listed(user, Asked()).exclude(pk=after.pk)
    return waiting.filter(provider=after.provider_id).first() or waiting.first()


class ReadText(NamedTuple):
    """One text as it is; ``before`` is as it was last read, where it was another one, and None where it is the same."""

    heading: str
    text: str  # clean HTML, or plain where the field holds plain words
    before: str | None
    is_plain: bool


def texts_of(review: CourseReview) -> list[ReadText]:
    """The texts of the course that are there, or were when somebody last read it."""
    course: Course = review.course
    found = []
    for name, heading in TEXTS.items():
        now, before = getattr(course, name), review.read_words.get(name, "")
        if now or before:
            is_known = not review.read_words or now == before
            found.append(ReadText(heading, now, None if is_known else before, name == "summary"))
    return found

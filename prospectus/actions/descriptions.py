"""The editors' queue: new and changed descriptions wait to be read, are returned with a comment, or are in order."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from activity.actions import post, record
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.actions.notices import is_time_to_write
from prospectus.models import CourseReview, CourseState
from prospectus.policies import REVIEW_POLICY
from prospectus.queries.descriptions import READ_TEXTS
from prospectus.queries.notices import paused_today, who_is_told
from prospectus.workflow import REVIEW_FLOW, ReviewState
from providers.models import Organisation
from providers.queries import is_working_day

KIND = "descriptions-returned"
MOST_AT_ONCE = 200  # descriptions marked in one go
# Rows whose words are as they were are not even locked: a publish that changes nothing costs one comparison.
QUEUE = """
INSERT INTO prospectus_coursereview AS held
    (course_id, provider_id, state, words_hash, waits_since, comment, read_words)
SELECT h.course_id, h.provider_id, 'waiting', h.text_hash, %(now)s, '', '{}'
FROM prospectus_coursehealth h LEFT JOIN prospectus_coursereview known ON known.course_id = h.course_id
WHERE (%(provider)s::bigint IS NULL OR h.provider_id = %(provider)s)
  AND CASE WHEN known.course_id IS NULL THEN h.text_hash <> '' ELSE known.words_hash <> h.text_hash END
ORDER BY h.course_id
ON CONFLICT (course_id) DO UPDATE SET
    state = excluded.state, words_hash = excluded.words_hash, comment = '',
    waits_since = CASE WHEN held.state = 'waiting' THEN held.waits_since ELSE excluded.waits_since END
"""


def queue_descriptions(*, provider: Organisation | None = None) -> int:
    """Each published description of this provider (None: of all) that nobody has read as it is now, waits.

    Called with ``refresh_search``, inside the transaction that publishes. Returns how many have come or changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, {"provider": provider.pk if provider else None, "now": clock.now()})
        return cursor.rowcount


def check_description(*, review: CourseReview, words_hash: str, by: Any) -> CourseReview:
    """The description is in order, as ``by`` read it.

    Raises: NotAllowed, StaleState (checked by somebody else, changed since, or not in the prospectus any more).
    """
    with _reading(review, "check", words_hash=words_hash, by=by) as read:
        read.comment = ""
    return read


def return_description(*, review: CourseReview, words_hash: str, comment: str, by: Any) -> CourseReview:
    """The provider is asked to change the description; everybody goes on seeing it. Told by ``tell_of_returned``.

    Raises: NotAllowed, StaleState as above, RuleBroken ``comment_missing``.
    """
    if not comment.strip():
        raise RuleBroken(_("Say what the provider should change."), code="comment_missing")
    with _reading(review, "return", words_hash=words_hash, by=by) as read:
        read.comment = comment.strip()
    return read


@transaction.atomic
def check_descriptions(*, seen: Mapping[str, str], by: Any) -> int:
    """Those of these descriptions that still are as ``by`` saw them (hash by reference of the course) are in order.

    Returns how many. Raises: NotAllowed, RuleBroken ``too_many``.
    """
    if len(seen) > MOST_AT_ONCE:
        raise RuleBroken(
            _("Choose at most %(most_at_once)s at a time.") % {"most_at_once": MOST_AT_ONCE}, code="too_many"
        )
    checked = 0
    for review in CourseReview.objects.filter(course__reference__in=list(seen)).select_related("course").order_by("pk"):
        try:
            check_description(review=review, words_hash=seen[review.course.reference], by=by)
        except StaleState:
            continue
        checked += 1
    return checked


@contextmanager
def _reading(review: CourseReview, verb: str, *, words_hash: str, by: Any) -> Iterator[CourseReview]:
    """Lock, ask who and whether, run the body, write state, what was read, and history."""
    with transaction.atomic():
        reviews = CourseReview.objects.select_for_update(of=("self",)).select_related("course")
        review = reviews.get(pk=review.pk)
        REVIEW_POLICY.require(by, verb, review)
        target = REVIEW_FLOW.target(review.state, verb)
        if review.words_hash != words_hash or review.course.state != CourseState.PUBLISHED:
            raise StaleState("The words were changed after this person had opened them")
        yield review
        review.state, review.by, review.decided_at = target, by, clock.now()
        review.read_words = {name: getattr(review.course, name) for name in READ_TEXTS}
        review.save()
        record(f"description.{verb}", subject=review.course, by=by, provider=review.provider_id)


def tell_of_returned() -> int:
    """Providers with descriptions returned since they were last told are told; each at most once a day, as with other
    e-mails about its courses: in working hours, on working days, not while paused. Returns how many are told now.

    Tells: ``descriptions-returned``.
    """
    if not is_time_to_write():
        return 0
    today = clock.today()
    waiting = Organisation.objects.filter(pk__in=_untold().values("provider"), ended_on=None)
    providers = waiting.exclude(pk__in=paused_today().values("provider")).select_related("area").order_by("pk")
    return sum(_tell(provider.pk, today=today) for provider in providers if is_working_day(today, area=provider.area))


def _untold() -> Any:
    returned = CourseReview.objects.filter(state=ReviewState.RETURNED, course__state=CourseState.PUBLISHED)
    return returned.filter(Q(told_at=None) | Q(told_at__lt=F("decided_at")))


@transaction.atomic
def _tell(provider_id: int, *, today: dt.date) -> bool:
    provider = Organisation.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=provider_id).first()
    if provider is None or CourseReview.objects.filter(provider=provider, told_at__date=today).exists():
        return False
    if not CourseReview.objects.filter(pk__in=_untold().filter(provider=provider).values("pk")).update(
        told_at=clock.now()
    ):
        return False
    for person in who_is_told(provider):
        key = f"{KIND}:{provider.pk}:{today.isoformat()}:{person.pk}"
        post(KIND, key=key, provider_id=provider.pk, user_id=person.pk)
    return True


def returned_receiver(provider: Organisation, user_id: int) -> tuple[User | None, int]:
    """Whom to write to now, and of how many descriptions. Nobody where there are none any more, or not this person."""
    reviews = CourseReview.objects.filter(provider=provider, state=ReviewState.RETURNED)
    number = reviews.filter(course__state=CourseState.PUBLISHED).count()
    return (who_is_told(provider).filter(pk=user_id).first() if number else None), number

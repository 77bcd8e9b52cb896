"""Keeping courses in mind, with an account. Without one they are in a cookie (prospectus.middleware)."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import RuleBroken
from prospectus.models import Course, ShortlistItem

MOST_KEPT = 30  # without an account: what fits into a cookie, and onto one page
MOST_KEPT_SIGNED_IN = 100


def full(most: int) -> RuleBroken:
    return RuleBroken(
        _("You are keeping %(most)s courses, which is as many as fit. Take one off your shortlist first.")
        % {"most": most},
        code="shortlist_is_full",
    )


@transaction.atomic
def keep_course(*, course: Course, by: User, note: str = "") -> bool:
    """The course is on this person's shortlist. Returns whether it is new there; twice is once.

    Raises: RuleBroken ``shortlist_is_full``.
    """
    # The person is the lock: two tabs that keep the last two courses queue up.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    kept = ShortlistItem.objects.filter(user=by)
    if kept.filter(course=course).exists():
        return False
    if kept.count() >= MOST_KEPT_SIGNED_IN:
        raise full(MOST_KEPT_SIGNED_IN)
    ShortlistItem.objects.create(user=by, course=course, note=note)
    return True


def stop_keeping(*, course: Course, by: User) -> str | None:
    """The course is off this person's shortlist. Returns the note it had; None when it was not there."""
    kept = ShortlistItem.objects.filter(user=by, course=course)
    with transaction.atomic():
        item = kept.select_for_update().first()
        if item is None:
            return None
        item.delete()
    return item.note


def note_course(*, item: ShortlistItem, note: str, by: User) -> None:
    """The owner's own words stand beside the course."""
    ShortlistItem.objects.filter(pk=item.pk, user=by).update(note=note)


@transaction.atomic
def take_over_shortlist(*, references: Sequence[str], by: User) -> int:
    """What was kept on this device before signing in is this person's too. Nothing is lost, so no limit is asked.

    Returns how many courses are on the shortlist now.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    courses = Course.objects.filter(reference__in=references).in_bulk(field_name="reference")
    items = [ShortlistItem(user=by, course=courses[reference]) for reference in references if reference in courses]
    ShortlistItem.objects.bulk_create(items, ignore_conflicts=True)
    return ShortlistItem.objects.filter(user=by).count()

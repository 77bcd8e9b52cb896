"""Keeping many courses right at once: "everything is still correct", and one thing set for all that were ticked."""

from typing import Any

from django.db import transaction

from activity.actions import record
from core import clock
from prospectus.actions.changing import lock_provider
from prospectus.models import Course, CourseState
from prospectus.policies import PROVIDER_POLICY
from providers.models import Organisation


@transaction.atomic
def confirm_courses(*, provider: Organisation, by: Any) -> int:
    """Everything this provider has in the prospectus is still right, as of today; returns how many courses say so now.

    A second time on the same day changes nothing. Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "confirm_courses", provider)
    provider = lock_provider(provider.pk)
    courses = Course.objects.filter(provider=provider, state=CourseState.PUBLISHED)
    confirmed = courses.exclude(checked_on=clock.today()).update(checked_on=clock.today())
    if confirmed:
        record("provider.confirm_courses", subject=provider, by=by, courses=confirmed)
    return confirmed

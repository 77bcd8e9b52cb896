"""Which course runs learners may apply for here."""

from typing import Any

from django.db import transaction

from activity.actions import record
from core import clock
from prospectus.actions.search import refresh_search
from prospectus.models import CourseRun
from prospectus.policies import PROVIDER_POLICY
from providers.models import Organisation


@transaction.atomic
def open_for_applications(*, provider: Organisation, by: Any) -> int:
    """Every run of the provider that can still be started takes applications here; returns how many are new.

    Runs that come later are not opened by themselves: somebody says so again.
    Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "open_for_applications", provider)
    runs = CourseRun.objects.on_offer().to_come().filter(course__provider=provider, takes_applications=False)
    opened = runs.update(takes_applications=True, changed_at=clock.now())
    Organisation.objects.filter(pk=provider.pk).update(takes_applications=True)
    if opened:
        refresh_search(provider=provider)
        record("provider.open_for_applications", subject=provider, by=by, runs=opened)
    return opened


@transaction.atomic
def close_for_applications(*, provider: Organisation, by: Any) -> int:
    """No run of the provider takes new applications here; returns how many did. What was sent goes on.

    Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "close_for_applications", provider)
    runs = CourseRun.objects.filter(course__provider=provider, takes_applications=True)
    closed = runs.update(takes_applications=False, changed_at=clock.now())
    Organisation.objects.filter(pk=provider.pk).update(takes_applications=False)
    if closed:
        refresh_search(provider=provider)
        record("provider.close_for_applications", subject=provider, by=by, runs=closed)
    return closed

"""What opening a provider for applications means today."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from prospectus.models import CourseRun
from providers.models import Organisation


def opening(user: Any) -> QuerySet:
    """The providers whose courses ``user`` keeps, each with ``runs_open`` (learners may apply here today),
    ``runs_not_open`` (could still be started, not opened) and ``runs_past`` (the start has passed)."""
    on_offer = CourseRun.objects.on_offer()
    to_come = on_offer.to_come().values("pk")
    runs = "courses__runs"
    return (
        Organisation.objects.editing_through(user)
        .providers()
        .annotate(
            runs_open=Count(runs, Q(courses__runs__in=to_come, courses__runs__takes_applications=True)),
            runs_not_open=Count(runs, Q(courses__runs__in=to_come, courses__runs__takes_applications=False)),
            runs_past=Count(runs, Q(courses__runs__in=on_offer.values("pk")) & ~Q(courses__runs__in=to_come)),
        )
        .order_by("name")
    )

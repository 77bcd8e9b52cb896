"""How much interest there is in a provider's courses."""

import datetime as dt
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core import clock
from prospectus.models import Course, CourseInterest, CourseState, InterestKind
from providers.models import Organisation

PERIODS = (7, 30, 365)


def interest_in_courses(user: Any, *, days: int) -> QuerySet[Course]:
    """The courses this person keeps, each with ``views``, ``shortlists``, ``apply_clicks`` and ``applications`` of the
    last so many days, today among them; the most looked at first."""
    since = clock.today() - dt.timedelta(days=days - 1)

    def times(kind: InterestKind) -> Any:
        counted = CourseInterest.objects.filter(course=OuterRef("pk"), kind=kind, day__gte=since)
        total = counted.order_by().values("course").annotate(total=Sum("times")).values("total")
        return Coalesce(Subquery(total, output_field=IntegerField()), 0)

    return (
        Course.objects.filter(provider__in=Organisation.objects.editing_through(user))
        .exclude(state=CourseState.WITHDRAWN)
        .select_related("provider")
        .annotate(
            views=times(InterestKind.VIEW),
            shortlists=times(InterestKind.SHORTLIST),
            apply_clicks=times(InterestKind.APPLY_CLICK),
            applications=times(InterestKind.APPLICATION),
        )
        .order_by("-views", "title", "pk")
    )

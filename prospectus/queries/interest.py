"""How much interest there is in courses: a provider's own, and all of an area."""

import datetime as dt
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core import clock
from prospectus.models import Course, CourseInterest, InterestKind
from providers.models import Organisation

PERIODS = (30, 7, 365)
# What is counted, by its name in the lists. The first decides the order.
NUMBERS = {
    "views": InterestKind.VIEW,
    "shortlists": InterestKind.SHORTLIST,
    "apply_clicks": InterestKind.APPLY_CLICK,
    "applications": InterestKind.APPLICATION,
    "offers": InterestKind.OFFER,
}


def providers_counted_for(user: Any) -> QuerySet[Organisation]:
    """The providers with courses whose numbers this person reads, and those they keep that have no course yet."""
    kept = Organisation.objects.editing_through(user)
    with_courses = Organisation.objects.filter(pk__in=Course.objects.counted_for(user).values("provider"))
    return (kept | with_courses).order_by("name", "pk")


def interest_in_courses(user: Any, *, days: int, provider: Organisation | None = None) -> QuerySet[Course]:
    """The courses whose numbers this person reads, each with ``NUMBERS`` of the last so many days, today among them;
    the most looked at first."""
    courses = Course.objects.counted_for(user).select_related("provider")
    if provider:
        courses = courses.filter(provider=provider)
    since = _since(days)
    numbers = {
        name: _times(CourseInterest.objects.filter(course=OuterRef("pk"), kind=kind, day__gte=since), per="course")
        for name, kind in NUMBERS.items()
    }
    return courses.annotate(**numbers).order_by("-views", "title", "pk")


def interest_in_providers(user: Any, *, days: int) -> QuerySet[Organisation]:
    """The providers of these courses, each with ``courses_counted`` and the same numbers, added up."""
    courses = Course.objects.counted_for(user).order_by()
    of_one = courses.filter(provider=OuterRef("pk")).values("provider").annotate(total=Count("pk")).values("total")
    counted = CourseInterest.objects.filter(
        course__in=courses.values("pk"), course__provider=OuterRef("pk"), day__gte=_since(days)
    )
    numbers = {name: _times(counted.filter(kind=kind), per="course__provider") for name, kind in NUMBERS.items()}
    providers = Organisation.objects.filter(pk__in=courses.values("provider"))
    return providers.annotate(courses_counted=Subquery(of_one), **numbers).order_by("-views", "name", "pk")


def _since(days: int) -> dt.date:
    return clock.today() - dt.timedelta(days=days - 1)


def _times(counted: QuerySet[CourseInterest], *, per: str) -> Any:
    total = counted.order_by().values(per).annotate(total=Sum("times")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)

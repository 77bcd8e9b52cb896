"""Who takes applications in an area, by which way, since or from when."""

import datetime as dt
import re
from typing import NamedTuple

from django.db.models import Case, Count, Min, OuterRef, Q, Subquery, When
from django.db.models.functions import ExtractYear, JSONObject

from applications.queries.sending import NEW_YEAR_STARTS_IN, years_words
from core import clock
from prospectus.models import CourseRun
from prospectus.models.course import APPRENTICESHIP_HOSTS, APPRENTICESHIP_PAGE
from providers.models import Area, Cycle, Organisation

# The government's service, as ``is_apprenticeship_service`` asks of one address.
APPRENTICESHIP = (
    rf"^https?://(([^/]+\.)?({'|'.join(re.escape(host) for host in APPRENTICESHIP_HOSTS)})([:/?#]|$)"
    rf"|www\.gov\.uk{APPRENTICESHIP_PAGE}/?$)"
)


class ProviderOpening(NamedTuple):
    """The ways into one provider, in dates that can still be started."""

    provider: Organisation
    here: int  # may be applied for here today
    later: int  # here, from a day to come
    first_on: dt.date | None  # the first of those days
    elsewhere: int  # the provider's own way
    apprenticeships: int  # the government's service
    ask: int  # the learner asks


class AreaOpening(NamedTuple):
    """The area's switch, and its providers."""

    is_open: bool
    from_on: dt.date | None
    providers: list[ProviderOpening]

    @property
    def taking(self) -> int:
        return sum(1 for each in self.providers if each.here)


def open_runs_of(course_id: int, phase: str) -> dict[int, str]:
    """The runs of a course that learners may apply for here today, each with the school years its cycle in the
    provider's area is for, in words; empty for any. One question, as ``cycle_for`` answers it for one learner."""
    today = clock.today()
    cycles = Cycle.objects.filter(area=OuterRef("course__provider__area"), phase=phase, ends_on__gte=today)
    years = cycles.values(years=JSONObject(youngest="first_year_group", oldest="last_year_group"))
    dated = years.filter(entry_year__gte=OuterRef("starts_in")).order_by("entry_year")[:1]
    undated = years.filter(opens_on__lte=today).order_by("-entry_year")[:1]
    began_before = Case(When(starts_on__month__lt=min(NEW_YEAR_STARTS_IN), then=1), default=0)
    runs = CourseRun.objects.open_for_applications().filter(course=course_id)
    found = runs.annotate(
        starts_in=ExtractYear("starts_on") - began_before,
        years=Case(When(starts_on=None, then=Subquery(undated)), default=Subquery(dated)),
    ).values_list("pk", "years")
    return {
        pk: years_words(Cycle(first_year_group=years["youngest"], last_year_group=years["oldest"])) if years else ""
        for pk, years in found
    }


def area_opening(area: Area) -> AreaOpening:
    """Every provider of the area that is open, with the ways to apply for its dates: three questions."""
    today = clock.today()
    is_open = area.applying_from_on is None or area.applying_from_on <= today
    provider_takes = Q(takes_applications=True, course__provider__takes_applications=True)
    in_time = Q(apply_until_on=None) | Q(apply_until_on__gte=today)
    later = Q(apply_from_on__gt=today)
    service = Q(apply_url__iregex=APPRENTICESHIP)
    counted = {
        row["course__provider"]: row
        for row in CourseRun.objects.on_offer()
        .to_come()
        .filter(course__provider__area=area)
        .order_by()
        .values("course__provider")
        .annotate(
            here=Count("pk", filter=provider_takes & in_time & ~later),
            later=Count("pk", filter=provider_takes & in_time & later),
            first_on=Min("apply_from_on", filter=provider_takes & in_time & later),
            apprenticeships=Count("pk", filter=~provider_takes & service),
            elsewhere=Count("pk", filter=~provider_takes & ~Q(apply_url="") & ~service),
            ask=Count("pk", filter=~provider_takes & Q(apply_url="")),
        )
    }
    rows = []
    for provider in Organisation.objects.providers().filter(area=area, ended_on=None).order_by("name"):
        row = counted.get(provider.pk, {})
        here, later_number = row.get("here", 0), row.get("later", 0)
        first_on = row.get("first_on")
        provider.area = area  # the one that is there, and not one read for each
        if provider.opens_on and (here or later_number):
            first_on = max(provider.opens_on, first_on) if first_on and not here else provider.opens_on
            here, later_number = 0, here + later_number
        rows.append(
            ProviderOpening(
                provider,
                here,
                later_number,
                first_on,
                row.get("elsewhere", 0),
                row.get("apprenticeships", 0),
                row.get("ask", 0),
            )
        )
    return AreaOpening(is_open=is_open, from_on=area.applying_from_on, providers=rows)

"""Who takes applications in an area, by which way, since or from when."""

import datetime as dt
import re
from typing import NamedTuple

from django.db.models import Count, Min, Q

from applications.queries.sending import fitting, years_words
from core import clock
from core.errors import RuleBroken
from prospectus.models import CourseRun
from prospectus.models.course import APPRENTICESHIP_HOSTS, APPRENTICESHIP_PAGE
from providers.models import Area, Cycle, Organisation

# The government's service, as ``is_apprenticeship_service`` asks of one address.
APPRENTICESHIP = (
    rf"^https?://(([^/]+\.)?({'|'.join(re.escape(host) for host in APPRENTICESHIP_HOSTS)})([:/?#]|$)"
    rf"|www\.gov\.uk{APPRENTICESHIP_PAGE}/?$)"
)

# What a cycle has to tell to be chosen for a run; the first orders them.
CYCLE = ("entry_year", "phase", "opens_on", "ends_on", "first_year_group", "last_year_group")


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
    provider's area is for, in words; empty for any. One question."""
    runs = CourseRun.objects.open_for_applications().filter(course=course_id)
    of_cycle = [f"course__provider__area__cycles__{name}" for name in CYCLE]
    starts: dict[int, dt.date | None] = {}
    cycles: dict[int, list[Cycle]] = {}
    for pk, starts_on, *facts in runs.order_by(of_cycle[0]).values_list("pk", "starts_on", *of_cycle):
        starts[pk] = starts_on
        cycle = Cycle(**dict(zip(CYCLE, facts, strict=True)))
        if cycle.phase == phase and cycle.ends_on >= clock.today():
            cycles.setdefault(pk, []).append(cycle)
    return {pk: _years(starts_on, cycles.get(pk, [])) for pk, starts_on in starts.items()}


def _years(starts_on: dt.date | None, running: list[Cycle]) -> str:
    try:
        return years_words(fitting(starts_on, running))
    except RuleBroken:
        return ""


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

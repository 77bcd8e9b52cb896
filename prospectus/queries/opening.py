"""What opening a provider for applications means today, date by date."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from prospectus.models import CourseRun, Level, Stage, Subject
from providers.models import Cycle, Organisation, Phase, Site


class Route(models.TextChoices):
    """How a learner applies for a date."""

    HERE = "here", _("Here, with one application")
    OWN = "own", _("On our own site")
    APPRENTICESHIP = "apprenticeship", _("On the government’s Find an apprenticeship service")
    ASK = "ask", _("They ask us")
    FEED = "feed", _("As our feed says")


STATES = {
    "open": _("Open here now"),
    "later": _("Opens here later"),
    "over": _("Its last day is over"),
    "link": _("Applied for elsewhere"),
    "ask": _("Learners ask you"),
}


@dataclass(frozen=True, kw_only=True)
class OpeningQuery:
    """Which dates of a provider. Empty is any."""

    subject: str = ""
    level: str = ""
    site: str = ""
    state: str = ""


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


def openable_runs(provider: Organisation, asked: OpeningQuery | None = None) -> QuerySet[CourseRun]:
    """The provider's published dates that can still be started, as far as they are asked for."""
    runs = CourseRun.objects.on_offer().to_come().filter(course__provider=provider)
    if asked and asked.subject:
        runs = runs.filter(Q(course__subject=asked.subject) | Q(course__subject__parent=asked.subject))
    if asked and asked.level:
        runs = runs.filter(course__levels__contains=[asked.level])
    if asked and asked.site:
        runs = runs.filter(site__reference=asked.site)
    if asked and asked.state in STATES:
        runs = runs.filter(_state(asked.state, provider))
    return runs.select_related("course__subject", "site").order_by("course__title", "starts_on", "pk")


def _state(state: str, provider: Organisation) -> Q:
    today = clock.today()
    here = Q(takes_applications=True) if provider.takes_applications else Q(pk__in=[])
    is_later, is_over = Q(apply_from_on__gt=today), Q(apply_until_on__lt=today)
    if provider.opens_on:
        is_later = Q(pk__isnull=False)  # all of them
    return {
        "open": here & ~is_later & ~is_over,
        "later": here & is_later & ~is_over,
        "over": here & is_over,
        "link": ~here & ~Q(apply_url=""),
        "ask": ~here & Q(apply_url=""),
    }[state]


def state_of(run: CourseRun, provider: Organisation) -> str:
    """Which of ``STATES`` the date is in, as ``openable_runs`` asks of many at once."""
    if not (run.takes_applications and provider.takes_applications):
        return "link" if run.apply_url else "ask"
    today = clock.today()
    if run.apply_until_on is not None and run.apply_until_on < today:
        return "over"
    return "later" if run.opens_later or provider.opens_on else "open"


def route_of(run: CourseRun, provider: Organisation) -> Route:
    if run.takes_applications and provider.takes_applications:
        return Route.HERE
    if run.is_on_apprenticeship_service:
        return Route.APPRENTICESHIP
    return Route.OWN if run.apply_url else Route.ASK


def opening_choices(provider: Organisation) -> dict[str, list[tuple[str, str]]]:
    """What the dates can be narrowed by: only what some of them have."""
    runs = openable_runs(provider).order_by()
    subjects = Subject.objects.filter(code__in=runs.values("course__subject")).order_by("code")
    held = {level for levels in runs.values_list("course__levels", flat=True).distinct() for level in levels}
    sites = Site.objects.filter(pk__in=runs.values("site")).order_by("name")
    return {
        "subject": [(subject.code, str(subject)) for subject in subjects],
        "level": [(level.code, str(level)) for level in Level.objects.all() if level.code in held],
        "site": [(site.reference, site.name) for site in sites],
        "state": list(STATES.items()),
    }


def cycle_of(run: CourseRun, cycles: dict[tuple[int, str], Cycle]) -> Cycle | None:
    """The cycle somebody applies in for this date, of its area’s by entry year and phase. None for what is started
    on any day, or in a year that has no cycle yet."""
    if run.is_flexible_start or run.starts_on is None:
        return None
    year = run.starts_on.year if run.starts_on.month >= 8 else run.starts_on.year - 1
    return cycles.get((year, phase_of(run)))


def phase_of(run: CourseRun) -> Phase:
    """Whose cycle it is applied for in: that of Years 10 and 11, or that of those who have left them."""
    return Phase.PRE_16 if run.course.stage == Stage.KEY_STAGE_4 else Phase.POST_16

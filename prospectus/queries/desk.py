"""What those who keep courses see of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core import clock
from prospectus.models import Consortium, ConsortiumPartner, Course, CourseRun, CourseState, RunState
from prospectus.policies import COURSE_POLICY
from prospectus.workflow import COURSE_FLOW, RUN_FLOW, ReviewState
from providers.models import Organisation, Site

NO_DATES = "none"  # no published date that can still be started
DRAFT_DATES = "draft"  # a draft date waits
FILTERS = ("search", "state", "provider", "dates")

RETURNED = Case(
    When(state=CourseState.PUBLISHED, review__state=ReviewState.RETURNED, then=Value(1)),
    default=Value(0),
    output_field=IntegerField(),
)


@dataclass(frozen=True, kw_only=True)
class DeskQuery:
    """Which of one's courses to list. Empty is any."""

    search: str = ""
    state: str = ""
    provider: str = ""
    dates: str = ""


def kept_courses(user: Any, asked: DeskQuery) -> QuerySet:
    """The courses this person keeps that fit, each with ``dates_to_come`` and ``draft_dates``; first those whose
    description was returned."""
    courses = Course.objects.kept_by(user)
    if asked.search:
        courses = courses.filter(
            Q(title__icontains=asked.search) | Q(provider_reference__icontains=asked.search) | Q(reference=asked.search)
        )
    if asked.state in CourseState.values:
        courses = courses.filter(state=asked.state)
    if asked.provider:
        courses = courses.filter(provider__reference=asked.provider)
    runs = CourseRun.objects.filter(course=OuterRef("pk"))
    if asked.dates == NO_DATES:
        courses = courses.exclude(Exists(runs.shown().to_come()))
    elif asked.dates == DRAFT_DATES:
        courses = courses.filter(Exists(runs.filter(state=RunState.DRAFT, ended_on=None)))
    return courses.annotate(
        dates_to_come=_number(runs.shown().to_come()),
        draft_dates=_number(runs.filter(state=RunState.DRAFT, ended_on=None)),
    ).order_by(RETURNED.desc(), "title", "pk")


def comment_on(course: Course) -> str:
    """Why its description was returned; empty where it was not. Asks nothing where the course came with its review."""
    review = getattr(course, "review", None)
    is_returned = course.state == CourseState.PUBLISHED and review is not None
    return review.comment if is_returned and review.state == ReviewState.RETURNED else ""


def _number(runs: QuerySet) -> Coalesce:
    counted = runs.order_by().values("course").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def state_counts(user: Any, asked: DeskQuery) -> dict[str, int]:
    """How many courses fit in each state, whatever state was chosen; every state is there."""
    every = DeskQuery(search=asked.search, provider=asked.provider, dates=asked.dates)
    counted = dict(
        Course.objects.filter(pk__in=kept_courses(user, every).values("pk"))
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    return {state: counted.get(state, 0) for state in CourseState.values}


def kept_providers(user: Any) -> list[Organisation]:
    """The organisations whose courses this person keeps, also those that have none yet."""
    return list(
        Organisation.objects.editing_through(user).filter(ended_on=None).select_related("area").order_by("name")
    )


def course_verbs(user: Any, course: Course) -> list[str]:
    """What this person may do to the course now, in the order of the table."""
    return [verb for verb in COURSE_FLOW.verbs_from(course.state) if COURSE_POLICY.can(user, verb, course)]


def run_verbs(run: CourseRun, *, of_course: list[str]) -> list[str]:
    """What who may edit the course may do to one of its runs now. ``of_course`` are the verbs of the course."""
    if "edit" not in of_course or run.ended_on is not None:
        return []
    # A draft course takes its dates with it when it is published.
    is_alone = run.course.state == CourseState.PUBLISHED
    return [verb for verb in RUN_FLOW.verbs_from(run.state) if verb != "publish" or is_alone]


def dates_of(course: Course) -> list[CourseRun]:
    """Every run, those to come first, drafts among them; then those whose start has passed; ended ones last."""
    runs = course.runs.select_related("site", "course")
    today = clock.today()

    def place(run: CourseRun) -> tuple[Any, ...]:
        return (run.ended_on is not None, run.has_started, run.starts_on or today, run.pk)

    return sorted(runs, key=place)


def has_other_dates(run: CourseRun) -> bool:
    """Whether the course has another published date that has not passed."""
    others = CourseRun.objects.shown().filter(course=run.course_id).exclude(pk=run.pk)
    return any(not other.has_started for other in others)


def sites_for(course: Course, *, held: CourseRun | None = None) -> list[Site]:
    """Where the course may be taught: open sites of its provider and of its partners, and the one the run has."""
    who = [course.provider_id]
    if course.consortium_id is not None:
        partners = course.consortium.partners.current()  # type: ignore[union-attr]
        who += partners.values_list("provider", flat=True)
    fits = Q(organisation__in=who, ended_on=None)
    if held is not None and held.site_id is not None:
        fits |= Q(pk=held.site_id)
    return list(Site.objects.filter(fits).order_by("name", "pk"))


def sites_of(providers: list[Organisation]) -> list[Site]:
    """Their open sites, by provider and name."""
    found = Site.objects.filter(organisation__in=providers, ended_on=None)
    return list(found.order_by("organisation__name", "name", "pk"))


def consortia_of(provider: Organisation) -> list[Consortium]:
    """The partners this provider may teach a course with, as their lead."""
    return list(Consortium.objects.current().filter(lead=provider).order_by("name"))


def consortia_for(user: Any) -> QuerySet:
    """Those led or joined by providers this person edits, the running ones first, each with ``courses_now``."""
    seen = Consortium.objects.visible_to(user).select_related("lead")
    courses = Course.objects.exclude(state=CourseState.WITHDRAWN).filter(consortium=OuterRef("pk"))
    counted = courses.order_by().values("consortium").annotate(number=Count("pk")).values("number")
    seen = seen.annotate(courses_now=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
    partners = ConsortiumPartner.objects.filter(ended_on=None).select_related("provider")
    open_now = Prefetch("partners", queryset=partners, to_attr="partners_now")
    return seen.prefetch_related(open_now).order_by(F("ended_on").desc(nulls_first=True), "name")


def is_only_asked(user: Any, consortium: Consortium) -> bool:
    """Whether none of the providers this person edits has said yes yet."""
    kept = Organisation.objects.editing_through(user)
    return not consortium.partners.filter(ended_on=None, provider__in=kept, joined_on__isnull=False).exists()


def possible_partners(leads: list[Organisation]) -> QuerySet:
    """Every provider that could be a partner; a lead is one's own partner only of somebody else."""
    others = Organisation.objects.filter(ended_on=None, is_provider=True).select_related("area")
    return (others.exclude(pk=leads[0].pk) if len(leads) == 1 else others).order_by("name")

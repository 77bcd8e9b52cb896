"""The plans of many learners in figures, each made of the same query as the list of names behind it."""

import datetime as dt
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower, Trim
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, RollEntry
from core import clock
from ilp.models import Entry, EntryKind, HelpTopic, Plan
from ilp.querysets.plan import SENSITIVE
from ilp.workflow import IN_PLAN, EntryState
from prospectus.models import Subject
from providers.models import Organisation, StaffRole

WEEKS = 12
TERM_ENDS = ((12, 31), (4, 15), (7, 31))  # month and day by which a term is over everywhere
MOST_TITLES = 12
OPEN_STATES = (EntryState.AWAITING, EntryState.TALK)

STAGES = {
    "none": _("Not begun"),
    "empty": _("Begun, nothing in it"),
    "waiting": _("Something waits"),
    "validated": _("Everything validated"),
}


def with_stage(learners: QuerySet) -> QuerySet:
    """Each learner with ``stage``: how far their plan is, one of ``STAGES``. What is about special needs does not
    count: it would tell whoever may not read it that there is something."""
    plans = Plan.objects.filter(learner=OuterRef("pk"))
    entries = Entry.objects.filter(plan__learner=OuterRef("pk")).exclude(kind__in=SENSITIVE)
    return learners.annotate(
        stage=Case(
            When(~Exists(plans), then=Value("none")),
            When(Exists(entries.filter(state__in=OPEN_STATES)), then=Value("waiting")),
            When(Exists(entries.filter(state=EntryState.VALIDATED)), then=Value("validated")),
            default=Value("empty"),
            output_field=CharField(),
        )
    )


def narrowed(
    learners: QuerySet, *, asked: QuerySet, stage: str = "", subject: str = "", interest: str = "", help_topic: str = ""
) -> QuerySet:
    """Of these learners those whose plan is so far, who have a course of that subject area or that interest in it, and
    who ask for help with that: of the requests ``asked``, which the reader may read. What is empty does not narrow."""
    if stage:
        learners = with_stage(learners).filter(stage=stage)
    if subject:
        learners = learners.filter(pk__in=_of_subject().filter(area=subject).values("plan__learner"))
    if interest:
        learners = learners.filter(pk__in=_titled().filter(said=interest).values("plan__learner"))
    if help_topic:
        learners = learners.filter(pk__in=asked.open().filter(topic=help_topic).values("learner"))
    return learners


def number_by_stage(learners: QuerySet) -> dict[str, int]:
    """How many of these learners are how far; each stage is there, also with nobody."""
    rows = with_stage(learners.order_by()).values_list("stage").annotate(number=Count("pk"))
    return dict.fromkeys(STAGES, 0) | dict(rows)


class Figure(NamedTuple):
    """How many learners, and the value that a filter takes for them."""

    value: str
    label: str
    number: int


def number_by_subject(learners: QuerySet) -> list[Figure]:
    """In how many plans there is a course of each broad subject area, the most first."""
    rows = _of_subject().filter(plan__learner__in=learners.order_by().values("pk")).order_by()
    found = dict(rows.exclude(area="").values_list("area").annotate(number=Count("plan", distinct=True)))
    names = Subject.objects.in_bulk(list(found))
    figures = [Figure(code, str(names[code]), number) for code, number in found.items()]
    return sorted(figures, key=lambda one: (-one.number, one.label))


def number_by_interest(learners: QuerySet) -> list[Figure]:
    """What several learners say they are interested in, in their own words, the most first."""
    rows = _titled().filter(plan__learner__in=learners.order_by().values("pk")).order_by().values_list("said")
    found = rows.annotate(number=Count("plan", distinct=True)).filter(number__gt=1).order_by("-number", "said")
    return [Figure(said, said, number) for said, number in found[:MOST_TITLES]]


def number_by_help(learners: QuerySet, *, asked: QuerySet) -> list[Figure]:
    """How many learners ask for help with what today, of the requests that the reader may read; the most first."""
    requests = asked.open().filter(learner__in=learners.order_by().values("pk")).order_by()
    found = dict(requests.values_list("topic").annotate(number=Count("pk")))
    figures = [Figure(topic, str(HelpTopic(topic).label), number) for topic, number in found.items()]
    return sorted(figures, key=lambda one: (-one.number, one.label))


def _of_subject() -> QuerySet:
    """Courses in plans, each with ``area``: its broad subject area, or ""."""
    entries = Entry.objects.in_plan().filter(kind=EntryKind.COURSE)
    return entries.annotate(area=Coalesce(F("course__subject__parent"), F("course__subject"), Value("")))


def _titled() -> QuerySet:
    """Interests in plans, each with ``said``: its title as it is compared."""
    entries = Entry.objects.filter(kind=EntryKind.INTEREST, state__in=sorted(IN_PLAN))
    return entries.annotate(said=Lower(Trim("revision__title"))).exclude(said="")


class Past(NamedTuple):
    """How many of those on the roll on a day had begun a plan by then, and a year before."""

    on: dt.date
    begun: int
    on_roll: int
    begun_before: int
    on_roll_before: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.begun / self.on_roll) if self.on_roll else None

    @property
    def percent_before(self) -> int | None:
        return round(100 * self.begun_before / self.on_roll_before) if self.on_roll_before else None


class Trend(NamedTuple):
    weeks: list[Past]
    terms: list[Past]


def trend_of(schools: QuerySet, *, year_group: str = "", tutor_group: str = "") -> Trend:
    """The last weeks, today's first, and the last terms, each against the same day 52 weeks before: of whoever was on
    these schools' roll on that day. One query."""
    today = clock.today()
    weeks = [today - dt.timedelta(weeks=back) for back in range(WEEKS)]
    ends = [dt.date(today.year - back, *end) for back in (0, 1) for end in TERM_ENDS]
    terms = sorted((end for end in ends if end < today), reverse=True)[:3]
    year = dt.timedelta(weeks=52)
    days = [*weeks, *terms]
    found = _begun_on([*days, *(one - year for one in days)], schools, year_group, tutor_group)
    none = (0, 0)

    def past(on: dt.date) -> Past:
        return Past(on, *found.get(on, none), *found.get(on - year, none))

    return Trend([past(on) for on in weeks], [past(on) for on in terms])


def _begun_on(
    days: list[dt.date], schools: QuerySet, year_group: str, tutor_group: str
) -> dict[dt.date, tuple[int, int]]:
    schools_sql, schools_params = schools.order_by().values("pk").query.sql_with_params()
    narrow, params = "", []
    if year_group.isdecimal():
        narrow, params = narrow + " AND roll.year_group = %s", [*params, int(year_group)]
    if tutor_group:
        narrow, params = narrow + " AND roll.tutor_group = %s", [*params, tutor_group]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH mine AS MATERIALIZED (
                SELECT roll.learner_id, roll.started_on, roll.ended_on,
                       (plan.started_at AT TIME ZONE 'Europe/London')::date AS begun_on
                FROM {RollEntry._meta.db_table} roll
                LEFT JOIN {Plan._meta.db_table} plan USING (learner_id)
                WHERE roll.school_id IN ({schools_sql}){narrow}
            )
            SELECT day, count(*) FILTER (WHERE mine.begun_on <= day), count(*)
            FROM unnest(%s::date[]) day
            JOIN mine ON mine.started_on <= day AND (mine.ended_on IS NULL OR mine.ended_on > day)
            GROUP BY day
            """,
            [*schools_params, *params, days],
        )
        return {day: (begun, on_roll) for day, begun, on_roll in cursor.fetchall()}


def schools_looked_after(user: Any) -> QuerySet:
    """The schools whose roll somebody reads as a tutor or coordinator: whose past years are theirs to count."""
    return Organisation.objects.filter(pk__in=Organisation.objects.with_role(user, "coordinator", "tutor").values("pk"))


def schools_of_area(user: Any) -> QuerySet:
    """The schools of the areas an officer of an authority answers for."""
    roles = StaffRole.objects.of(user, "officer").filter(organisation__kind="authority")
    return Organisation.objects.filter(kind="school", area__in=roles.values("organisation__area"))


def learners_at(schools: QuerySet) -> QuerySet:
    """Whoever is on the roll of these schools today, with the school: for figures, not for names."""
    here = RollEntry.objects.current().filter(school__in=schools)
    mine = here.filter(learner=OuterRef("pk")).order_by("-started_on", "-pk").values("school")[:1]
    return Learner.objects.filter(pk__in=here.values("learner"), erased_at=None).annotate(school=Subquery(mine))

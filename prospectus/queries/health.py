"""How well providers keep their courses: freshness, what is wrong with which course, and the score."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import QuerySet, TextChoices
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from core import clock
from prospectus.queries.lights import Colour, Light, light, terms_of
from providers.models import Area, Cycle, Organisation

READING_AGE = 16  # a text that somebody of this age reads with ease is for everybody here
COPIES = 3  # as many courses may share a description: one course at two levels, and a third beside them
THIRDS = 3  # with as many problems a course counts for nothing


class Problem(TextChoices):
    """What can be wrong with a published course, the gravest first."""

    EXPIRED = "expired", _("No date to come")
    COMING = "coming", _("Nothing for the coming cycle")
    TEXTS = "texts", _("A text is missing")
    LEVEL = "level", _("No level")
    SUBJECT = "subject", _("No subject")
    TITLES = "titles", _("Another course has nearly the same title")
    COPIED = "copied", _("Description used again and again")
    READING = "reading", _("Hard to read")
    LINKS = "links", _("A link that is not secure or is dead")


# ``h`` is what is said of the course, ``y`` the coming cycle of its area. Only these constants become SQL.
CONDITIONS = {
    Problem.EXPIRED: "NOT h.is_always_open AND (h.last_start_on IS NULL OR h.last_start_on < %(today)s)",
    Problem.COMING: "NOT h.is_always_open AND NOT h.is_for_a_day AND y.coming <> ALL(h.entry_years)",
    Problem.TEXTS: "h.lacks_texts",
    Problem.LEVEL: "h.lacks_level",
    Problem.SUBJECT: "h.lacks_subject",
    Problem.TITLES: "h.twin_id IS NOT NULL",
    Problem.COPIED: f"h.copies > {COPIES}",
    Problem.READING: f"h.reading_age > {READING_AGE}",
    Problem.LINKS: "h.has_insecure_link OR h.has_dead_link",
}
NUMBER_OF = " + ".join(f"coalesce(({condition})::int, 0)" for condition in CONDITIONS.values())
# The year learners apply for now: the newest whose common opening date has come.
CYCLES = """
SELECT area_id, max(entry_year)::int AS coming FROM providers_cycle
WHERE opens_on <= %(today)s AND ends_on >= %(today)s GROUP BY 1
"""
PROVIDERS = f"""
WITH cycle AS ({CYCLES})
SELECT o.id, y.coming, count(c.id)::int AS courses,
       nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(c.checked_on, '0001-01-01'::date))
           FILTER (WHERE c.id IS NOT NULL), '0001-01-01') AS checked_on,
       least((SELECT min(r.started_on) FROM providers_staffrole r
              WHERE r.organisation_id = o.id AND r.kind IN ('editor', 'manager')),
             (SELECT min(any_course.created_at AT TIME ZONE 'Europe/London')::date FROM prospectus_course any_course
              WHERE any_course.provider_id = o.id)) AS joined_on,
       count(*) FILTER (WHERE h.is_always_open OR y.coming = ANY(h.entry_years))::int AS for_coming,
       round(100 - 100 * avg(least({NUMBER_OF}, {THIRDS})::numeric / {THIRDS}) FILTER (WHERE c.id IS NOT NULL))::int,
       {", ".join(f"count(*) FILTER (WHERE {condition})::int" for condition in CONDITIONS.values())}
FROM providers_organisation o
LEFT JOIN cycle y ON y.area_id = o.area_id
LEFT JOIN prospectus_course c ON c.provider_id = o.id AND c.state = 'published'
LEFT JOIN prospectus_coursehealth h ON h.course_id = c.id
WHERE o.id = ANY(%(providers)s) GROUP BY o.id, y.coming
"""
WITH_PROBLEM = f"""
SELECT h.course_id FROM prospectus_coursehealth h JOIN providers_organisation o ON o.id = h.provider_id
LEFT JOIN ({CYCLES}) y ON y.area_id = o.area_id WHERE """


class Band(TextChoices):
    """The score in words."""

    VERY_GOOD = "very_good", _("Very good")
    GOOD = "good", _("Good")
    NEEDS_WORK = "needs_work", _("Needs work")
    POOR = "poor", _("Much to do")


BANDS = ((91, Band.VERY_GOOD), (71, Band.GOOD), (51, Band.NEEDS_WORK), (0, Band.POOR))
BAND_COLOURS = {Band.VERY_GOOD: "green", Band.GOOD: "green", Band.NEEDS_WORK: "yellow", Band.POOR: "red"}
LIGHT_COLOURS = {Colour.GREEN: "green", Colour.AMBER: "yellow", Colour.RED: "red", Colour.GREY: "grey"}


@dataclass(frozen=True, kw_only=True)
class ProviderHealth:
    """How a provider's published courses stand today."""

    provider: Organisation
    courses: int
    coming: int | None  # the year of entry learners apply for now; None: no cycle is open in its area
    for_coming: int  # courses that can be started in it
    checked_on: dt.date | None  # more than half of the courses were checked on this day or later
    joined_on: dt.date | None  # its first editor or course
    score: int | None  # of 100; None: there is no course
    problems: Mapping[Problem, int]
    light: Light

    @property
    def colour(self) -> Colour:
        return self.light.colour(clock.today())

    @property
    def tag_colour(self) -> str:
        return LIGHT_COLOURS[self.colour]

    @property
    def band(self) -> Band | None:
        return next(band for least, band in BANDS if self.score >= least) if self.score is not None else None

    @property
    def band_colour(self) -> str:
        return BAND_COLOURS[self.band] if self.band else ""

    @property
    def coming_words(self) -> str:
        """The year as a word, without a mark between its thousands."""
        return str(self.coming or "")

    @property
    def is_missing(self) -> bool:
        """It has not sent anything for the coming cycle."""
        return self.coming is not None and not self.for_coming

    @property
    def expired(self) -> int:
        return self.problems[Problem.EXPIRED]

    @property
    def coming_share(self) -> int | None:
        """Of 100 courses, so many can be started in the coming cycle."""
        return round(100 * self.for_coming / self.courses) if self.courses and self.coming is not None else None


def health_of(providers: Iterable[Organisation]) -> list[ProviderHealth]:
    """The health of these providers, in their order; two questions, however many there are."""
    providers = list(providers)
    with connection.cursor() as cursor:
        cursor.execute(PROVIDERS, {"providers": [provider.pk for provider in providers], "today": clock.today()})
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    terms = terms_of({provider.area_id for provider in providers})
    return [_health(provider, rows[provider.pk], terms[provider.area_id, provider.kind]) for provider in providers]


def _health(provider: Organisation, row: tuple[Any, ...], terms: Any) -> ProviderHealth:
    coming, courses, checked_on, joined_on, for_coming, score, *numbers = row
    return ProviderHealth(
        provider=provider,
        courses=courses,
        coming=coming,
        for_coming=for_coming,
        checked_on=checked_on,
        joined_on=joined_on,
        score=score,
        problems=dict(zip(CONDITIONS, numbers, strict=True)),
        light=light(terms, updated_on=checked_on, joined_on=joined_on),
    )


def with_problem(courses: QuerySet, problem: str) -> QuerySet:
    """Those of the courses that are published and have this problem, each with what is said of it (``health``)."""
    asked = WITH_PROBLEM + CONDITIONS[Problem(problem)]
    days = [clock.today()] * asked.count("%(today)s")
    found = RawSQL(asked.replace("%(today)s", "%s"), days)  # noqa: S611 - made of constants of this module
    return courses.filter(pk__in=found).select_related("health__twin")


def in_order(courses: QuerySet, problem: str) -> QuerySet:
    """Those that are alike stand together, the hardest to read first, the rest by title."""
    orders = {Problem.TITLES: ["health__title_key"], Problem.COPIED: ["health__text_hash"]}
    orders[Problem.READING] = ["-health__reading_age"]
    return courses.order_by(*orders.get(Problem(problem), []), "title", "pk")


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Which providers of an area have not yet sent their courses for the year learners apply for now."""

    area: Area
    coming: int
    providers: int
    missing: list[Organisation]
    opens_on: dt.date | None = None  # the common opening date, where it was asked for

    @property
    def coming_words(self) -> str:
        return str(self.coming)

    @property
    def sent(self) -> int:
        return self.providers - len(self.missing)


def coverage_of(areas: Iterable[Area]) -> dict[int, Coverage]:
    """By area; areas in which no cycle is open are left out. Three questions, however many there are."""
    return coverage_in(health_of(_providers(areas)))


def coverage_in(league: Iterable[ProviderHealth]) -> dict[int, Coverage]:
    """The same from what is known already; asks the database nothing where the providers came with their areas."""
    found: dict[int, list[ProviderHealth]] = {}
    for health in league:
        if health.coming is not None:
            found.setdefault(health.provider.area_id, []).append(health)
    return {
        area_id: Coverage(
            area=each[0].provider.area,
            coming=each[0].coming or 0,
            providers=len(each),
            missing=sorted((health.provider for health in each if health.is_missing), key=lambda who: who.name),
        )
        for area_id, each in found.items()
    }


@dataclass(frozen=True, kw_only=True)
class League:
    """The providers of some areas, those that need somebody first."""

    rows: list[ProviderHealth]
    coverage: list[Coverage]
    lights: dict[Colour, int]


def league_of(areas: Iterable[Area]) -> League:
    """Four questions, however many areas and providers there are."""
    areas = list(areas)
    rows = health_of(_providers(areas))
    order = [Colour.RED, Colour.AMBER, Colour.GREY, Colour.GREEN]
    rows.sort(key=lambda health: (order.index(health.colour), health.score or 0, health.provider.name))
    covered = coverage_in(rows)
    opened = {
        (cycle.area_id, cycle.entry_year): cycle.opens_on
        for cycle in Cycle.objects.post_16().filter(area__in=list(covered))
    }
    return League(
        rows=rows,
        coverage=[
            replace(covered[area.pk], opens_on=opened.get((area.pk, covered[area.pk].coming)))
            for area in areas
            if area.pk in covered
        ],
        lights={colour: sum(health.colour == colour for health in rows) for colour in order},
    )


def _providers(areas: Iterable[Area]) -> QuerySet:
    """The open providers of these areas, each with its area."""
    found = Organisation.objects.providers().filter(ended_on=None, area__in=[area.pk for area in areas])
    return found.select_related("area").order_by("name")

"""M6: which lines and levels learners can reach from where they live. A line of learning is a broad subject."""

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, F, Func
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from prospectus.models import CourseRun
from prospectus.queries.places import MILES, miles_between
from reporting.queries.reports.homes import HOMES, tables
from reporting.queries.reports.kinds import NONE, Column, Filter, Report, Row, Scope, Sort, Tally, answer, of_area
from reporting.queries.reports.supply import PROSPECTUS

LEVELS = ("E", "1", "2", "3")
MET, MISSING, MANY = STATES = (_("Met"), _("Missing"), _("Over-supplied"))
SHOWN = {"met": MET, "missing": MISSING, "many": MANY}

# What is taught online can be reached from everywhere. Ways are measured from each home to each site, once; only what
# is near is counted course by course.
REACH = f"""
, {HOMES}, place AS (SELECT DISTINCT site, latitude, longitude FROM offered WHERE latitude IS NOT NULL),
way AS (SELECT home.code, place.site, {miles_between("place", "home")} AS miles FROM home CROSS JOIN place),
online AS (SELECT home.code, part, level, course_id, provider FROM home CROSS JOIN offered WHERE delivery = 'online'),
near AS (
    SELECT code, part, level, count(DISTINCT course_id)::int AS courses, count(DISTINCT provider)::int AS providers
    FROM (
        SELECT code, part, level, course_id, provider FROM offered JOIN way USING (site) WHERE miles <= %s
        UNION ALL SELECT code, part, level, course_id, provider FROM online
    ) AS reached GROUP BY 1, 2, 3
), nearest AS (
    SELECT code, part, level, min(miles) AS miles FROM (
        SELECT code, part, level, miles FROM (SELECT DISTINCT site, part, level FROM offered) AS kind
        JOIN way USING (site)
        UNION ALL SELECT code, part, level, 0 FROM online
    ) AS taught GROUP BY 1, 2, 3
)
SELECT home.name, line.name, level.name, coalesce(near.courses, 0), coalesce(near.providers, 0), nearest.miles
FROM home CROSS JOIN prospectus_subject line CROSS JOIN prospectus_level level
LEFT JOIN near ON near.code = home.code AND near.part = line.code AND near.level = level.code
LEFT JOIN nearest ON nearest.code = home.code AND nearest.part = line.code AND nearest.level = level.code
WHERE line.parent_id IS NULL AND level.code = ANY(%s) ORDER BY home.code, line.code, level.position
"""


class _Each(Func):
    """A row for each."""

    function = "unnest"
    output_field = CharField()
    set_returning = True


def _distances(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(miles), _("%(miles)s miles") % {"miles": miles}) for miles in (5, *(one for one in MILES if one != 5))]


def _many(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(many), _("From %(many)s providers") % {"many": many}) for many in (5, 3, 10)]


def _shown(scope: Scope) -> list[tuple[str, Any]]:
    return [("all", _("All")), *SHOWN.items()]


def rows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for each district with learners, broad subject and level. One query; all of it is public but where so many
    learners live, and a district with fewer than 10 is left out.

    What is taught in any area counts: learners cross boundaries.
    """
    miles, many = int(asked["miles"]), int(asked["many"])
    runs = CourseRun.objects.visible_to(scope.user).on_offer().to_come().filter(course__stage="post_16")
    offered = runs.annotate(
        part=Coalesce("course__subject__parent", "course__subject"), level=_Each("course__levels"),
        provider=F("course__provider"), latitude=F("site__latitude"), longitude=F("site__longitude"),
    ).values("course_id", "part", "level", "provider", "site", "latitude", "longitude", "delivery")  # fmt: skip
    found = answer(REACH, miles, list(LEVELS), **tables(scope), offered=offered)
    lines = []
    for home, subject, level, courses, providers, nearest in found:
        state = MISSING if not courses else MANY if providers >= many else MET
        if asked["show"] in ("all", next(name for name, words in SHOWN.items() if words is state)):
            way = str(NONE) if nearest is None else round(nearest, 1)
            lines.append((home, subject, level, str(state), courses, providers, way))
    return lines


REACHED = Report(
    name="reach",
    title=_("What can be reached"),
    about=_("Which subjects and levels learners can reach from where they live: met, missing or over-supplied."),
    roles=("officer",),
    filters=(
        Filter("miles", _("Within"), _distances), Filter("many", _("Over-supplied"), _many),
        Filter("show", _("Show"), _shown),
    ),
    columns=(
        Column(_("Home"), _("The postcode district, measured from its middle; one with fewer than 10 learners is left "
                            "out."), _("rolls"), Sort.TEXT),
        Column(_("Subject"), _("The broad sector subject area."), PROSPECTUS, Sort.TEXT),
        Column(_("Level"), _("A course of several levels counts at each."), PROSPECTUS, Sort.TEXT),
        Column(_("State"), _("Missing: no course within the distance. Over-supplied: as many providers as chosen, or "
                             "more."), PROSPECTUS, Sort.TEXT),
        Column(_("Courses"), _("With a start to come within the distance, as the crow flies, or online; of any area."),
               PROSPECTUS),
        Column(_("Providers"), _("Who have them."), PROSPECTUS),
        Column(_("Nearest"), _("Miles to the nearest, however far."), PROSPECTUS, Sort.MILES),
    ),
    rows=rows,
    drawn=Tally(3, STATES),
    whose=of_area(_("Of learners on a roll who live in the area. Courses of all areas count.")),
)  # fmt: skip

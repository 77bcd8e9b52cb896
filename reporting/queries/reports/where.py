"""M6: the map: where learners live and where courses are."""

from collections.abc import Mapping

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from prospectus.models import CourseRun
from reporting.queries.reports.homes import HOMES, tables
from reporting.queries.reports.kinds import ROUNDED, Column, Report, Row, Scope, Sort, Spots, answer, of_area, told
from reporting.queries.reports.supply import PROSPECTUS

HOME, SITE = KINDS = (_("Learners’ homes"), _("Courses"))
PLACES = f"""
, {HOMES}
SELECT true, name, code, learners, crowd, latitude, longitude FROM home
UNION ALL SELECT false, provider, town, count(DISTINCT course_id)::int, 0, avg(latitude), avg(longitude)
FROM offered WHERE latitude IS NOT NULL GROUP BY provider, provider_id, town
ORDER BY 1 DESC, 4 DESC, 2, 3
"""


def rows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for each postcode district with learners, and for each town in which a provider of the area teaches. One
    query."""
    runs = CourseRun.objects.visible_to(scope.user).on_offer().to_come()
    runs = runs.filter(course__provider__area=scope.organisation.area_id)
    offered = runs.annotate(
        provider_id=F("course__provider"), provider=F("course__provider__name"), town=F("site__town"),
        latitude=F("site__latitude"), longitude=F("site__longitude"),
    ).values("provider_id", "provider", "town", "course_id", "latitude", "longitude")  # fmt: skip
    lines: list[Row] = []
    for is_home, name, place, number, crowd, north, east in answer(PLACES, **tables(scope), offered=offered):
        shown = told(number, crowd) if is_home else number
        words = name if is_home or not place else f"{name}, {place}"
        kind = str(HOME if is_home else SITE)
        lines.append((len(lines) + 1, words, kind, shown, round(north, 4), round(east, 4)))
    return lines


WHERE = Report(
    name="map",
    title=_("Where learners live and courses are"),
    about=_("A map of the area: how many learners live where, and how many courses there are where."),
    roles=("officer",),
    filters=(),
    columns=(
        Column(_("Number"), _("In the circle on the map."), PROSPECTUS),
        Column(_("Place"), _("The postcode district of homes, or the provider and the town."), PROSPECTUS, Sort.TEXT),
        Column(_("What"), _("What is counted."), PROSPECTUS, Sort.TEXT),
        Column(_("How many"), _("Learners on a roll who live there; or courses with a start to come."),
               _("rolls, prospectus")),
        Column(_("North"), _("Degrees: the middle of the district, or of the provider’s sites in the town."),
               PROSPECTUS, Sort.DEGREES),
        Column(_("East"), _("Degrees: the middle of the district, or of the provider’s sites in the town."),
               PROSPECTUS, Sort.DEGREES),
    ),
    rows=rows,
    drawn=Spots(number=0, kind=2, size=3, north=4, east=5),
    whose=of_area(_("Of learners on a roll who live in the area, in districts with 10 or more, and of its providers’ "
             "courses."), ROUNDED),
)  # fmt: skip

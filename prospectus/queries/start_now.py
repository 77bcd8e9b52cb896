"""What can still be started: for somebody who is about to drop out, or already has."""

import datetime as dt
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from core import clock
from prospectus.models import CourseRun, PlacesLeft, ProvisionKind
from prospectus.queries.matching import Matching, matching
from prospectus.queries.places import Place
from prospectus.queries.rollover import days_of, entry_year_of
from prospectus.queries.search import CourseQuery
from providers.models import Organisation, OrganisationKind, Site

SOON_WEEKS = 6
PAGE_SIZE = 15
LAST_PAGE = 200
MOST_SERVICES = 6

# Of each course the run that can be started first, the nearest of those. A way back into learning comes before all
# else, then what need not be waited for. Full ones would be one more no; an open day or a club is no place to go on to.
STARTS = """
SELECT run_id, wait, miles, count(*) OVER ()::int FROM (
    SELECT DISTINCT ON (course_id) course_id, run_id, title, kind, starts_on, near.miles,
           CASE WHEN is_flexible_start THEN 0 WHEN starts_on <= %(soon)s THEN 1 ELSE 2 END AS wait
    FROM prospectus_coursesearch
    LEFT JOIN unnest(%(near_sites)s::bigint[], %(near_miles)s::float8[]) AS near (near_site, miles)
           ON near_site = site_id
    WHERE {where} AND places <> %(full)s AND kind <> ALL(%(visits)s)
      AND (is_flexible_start OR starts_on BETWEEN %(today)s AND %(until)s)
    ORDER BY course_id, wait, starts_on, near.miles NULLS LAST, run_id) AS first_start
ORDER BY kind = %(way_back)s DESC, wait, miles NULLS LAST, starts_on, title, course_id LIMIT %(size)s OFFSET %(first)s
"""
SHOWN = (
    "starts_on", "start_text", "is_flexible_start", "study_mode", "pattern", "delivery", "duration_text", "places",
    "places_taken", "course__reference", "course__title", "course__levels", "course__kind", "course__provider__name",
    "course__provider__area__name", "site__name", "site__town",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StartFound:
    """A run that can be started, how far away it is, and how long there is to wait."""

    run: CourseRun
    wait: int  # 0: none, 1: a few weeks, 2: longer
    miles: float | None

    @property
    def is_way_back(self) -> bool:
        return self.run.course.kind == ProvisionKind.RE_ENGAGEMENT

    @property
    def group(self) -> str:
        """The heading that it stands under."""
        if self.is_way_back:
            return _("Ways back into learning")
        soon = _("Starts in the next %(weeks)s weeks") % {"weeks": SOON_WEEKS}
        return (_("Start any day"), soon, _("Starts later this school year"))[self.wait]

    @property
    def weeks(self) -> int | None:
        """Whole weeks until it starts; None where it starts any day."""
        if self.run.is_flexible_start or self.run.starts_on is None:
            return None
        return (self.run.starts_on - clock.today()).days // 7


@dataclass(frozen=True, kw_only=True)
class StartNow:
    """One page of starts."""

    found: Matching
    starts: list[StartFound]
    total: int
    page: int
    pages: int


def start_now(query: CourseQuery) -> StartNow:
    """The courses of this search that can be started this school year and are not full, a page of them."""
    found = matching(query)
    today = clock.today()
    values = {
        "today": today,
        "soon": today + dt.timedelta(weeks=SOON_WEEKS),
        "until": days_of(entry_year_of(today))[1],
        "full": PlacesLeft.FULL,
        "way_back": ProvisionKind.RE_ENGAGEMENT,
        "visits": [ProvisionKind.TASTER, ProvisionKind.ACTIVITY],
        "size": PAGE_SIZE,
    }
    page = min(max(query.page, 1), LAST_PAGE)
    rows = found.rows(STARTS, first=(page - 1) * PAGE_SIZE, **values) if found.courses else []
    if not rows and page > 1:  # past the end
        page = 1
        rows = found.rows(STARTS, first=0, **values) if found.courses else []
    total = rows[0][3] if rows else 0
    runs = (
        CourseRun.objects.select_related("course__provider__area", "site")
        .only(*SHOWN)
        .in_bulk([run for run, *_ in rows])
    )
    return StartNow(
        found=found,
        starts=[StartFound(run=runs[run], wait=wait, miles=miles) for run, wait, miles, _ in rows if run in runs],
        total=total,
        page=page,
        pages=min(max(1, -(-total // PAGE_SIZE)), LAST_PAGE),
    )


def advice_services(*, place: Place | None, area: int | None) -> list[Organisation]:
    """Whom to talk to: the service of one's own area, of the area nearest to the place, or every area's."""
    services = Organisation.objects.filter(kind=OrganisationKind.ADVICE_SERVICE, ended_on=None)
    services = services.select_related("area").order_by("area__name", "name")
    if area is None and place and place.near:
        nearest = min(place.near, key=lambda site: site[1])[0]
        area = Site.objects.filter(pk=nearest).values_list("organisation__area", flat=True).first()
    own = [service for service in services if service.area_id == area]
    return own or list(islice(services, MOST_SERVICES))

"""Where an area's learners live: postcode districts in which there are enough of them to be named."""

from typing import Any

from django.db.models import CharField, F, Func, OuterRef, Q, QuerySet, Subquery, Value

from accounts.models import Learner, RollEntry
from core import clock
from providers.models import Area, Outcode, Site
from reporting.queries.reports.kinds import FEWEST, Crowd, Scope


def district_of(postcode: str) -> Func:
    """The first half of a postcode, as the database has it."""
    return Func(F(postcode), Value(" "), Value(1), function="split_part", output_field=CharField())


def residents(area: Area) -> Q:
    """Who lives in the area, as far as it is known; of whom it is not, those who are its own."""
    return Q(residence_authority=area.authority_id, residence_authority__isnull=False) | Q(
        residence_authority=None, area=area
    )


def living_in(scope: Scope) -> QuerySet:
    """``code``, ``latitude`` and ``longitude`` of where each learner on a roll lives who lives in the area."""
    today = clock.today()
    entries = RollEntry.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today), started_on__lte=today)
    learners = Learner.objects.filter(residents(scope.organisation.area), pk__in=entries.values("learner"))
    home = Outcode.objects.filter(pk=OuterRef("code"))
    return (
        learners.filter(erased_at=None)
        .annotate(code=district_of("contact__postcode"))
        .annotate(latitude=Subquery(home.values("latitude")), longitude=Subquery(home.values("longitude")))
        .filter(latitude__isnull=False)
        .values("code", "latitude", "longitude", "pk")
    )


def named() -> QuerySet:
    """``place`` and ``town``: a district's first half of a postcode, and a town with a site in it."""
    sites = Site.objects.filter(ended_on=None).exclude(town="").exclude(postcode="")
    return sites.annotate(place=district_of("postcode")).values("place", "town")


# A table of the districts, from ``resident`` and ``site``.
HOMES = f"""
home AS (
    SELECT code, latitude, longitude, count(*)::int AS learners, {Crowd.template % {"expressions": "pk"}} AS crowd,
        code || coalesce(', ' || (SELECT mode() WITHIN GROUP (ORDER BY town) FROM site WHERE place = code), '') AS name
    FROM resident GROUP BY 1, 2, 3 HAVING count(*) >= {FEWEST}
)
"""


def tables(scope: Scope) -> dict[str, Any]:
    """What ``HOMES`` reads."""
    return {"resident": living_in(scope), "site": named()}

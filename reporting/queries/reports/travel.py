"""M6: from where learners travel to learn, and how far. Distances are from the middle of the postcode district of the
home to the site of the first course of the choice, as the crow flies."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from applications.models import Choice
from applications.workflow import PROPERTIES
from prospectus.models import CourseRun
from prospectus.queries.places import miles_between
from providers.models import Outcode
from reporting.queries.reports.answering import entry_years
from reporting.queries.reports.homes import district_of, residents
from reporting.queries.reports.kinds import (
    OTHERS,
    ROUNDED,
    UNKNOWN,
    Bars,
    Column,
    Crowd,
    Filter,
    Report,
    Row,
    Scope,
    Sort,
    Stacks,
    answer,
    of_area,
    told,
)
from reporting.queries.reports.supply import NOT_SAID, PROSPECTUS, SENT

HAS_PLACE = Q(status__in=sorted(PROPERTIES["is_firm"]), left_on=None)
BANDS = (3, 5, 10, 20)  # miles
WAYS = f"""
, way AS (SELECT sent.*, {miles_between("home", "sent")} AS miles
    FROM sent LEFT JOIN providers_outcode home ON home.code = sent.district)
"""
CROWD = Crowd.template % {"expressions": "learner"}
PARTS = [
    *(f" FILTER (WHERE band = {band})" for band in range(len(BANDS) + 1)), " FILTER (WHERE band IS NULL)", "",
]  # fmt: skip
FLOWS = f"""{WAYS}
SELECT home, goal, count(DISTINCT learner)::int, {CROWD}, percentile_cont(0.5) WITHIN GROUP (ORDER BY miles)
FROM way GROUP BY 1, 2 ORDER BY 1, 2
"""
DISTANCES = f"""{WAYS}
SELECT home, {", ".join(f"count(*){part}::int, {CROWD}{part}" for part in PARTS)}
FROM (SELECT home, learner, width_bucket(miles, array[{", ".join(f"{miles}.0" for miles in BANDS)}]::float8[]) AS band
    FROM way) AS ways
GROUP BY 1 ORDER BY 1
"""


def _bases(scope: Scope) -> list[tuple[str, Any]]:
    return [
        ("educated", _("Who applied to the area’s providers")),
        ("resident", _("Who live in the area")),
    ]


def _counts(scope: Scope) -> list[tuple[str, Any]]:
    return [("sent", _("Applications")), ("places", _("Places taken"))]


def _from(scope: Scope) -> list[tuple[str, Any]]:
    return [("district", _("Postcode district")), ("authority", _("Authority"))]


def _to(scope: Scope) -> list[tuple[str, Any]]:
    return [("provider", _("Provider")), ("area", _("Area"))]


def _sent(scope: Scope, asked: Mapping[str, str]) -> QuerySet:
    """Each choice: whose, from where to where, and the place of the goal."""
    choices = Choice.objects.filter(
        sent_at__isnull=False, application__cycle__phase="post_16", provider__area__is_practice=False,
        application__cycle__entry_year=int(asked["year"] or 0),
    )  # fmt: skip
    if asked["basis"] == "resident":
        learners = Learner.objects.filter(residents(scope.organisation.area))
        choices = choices.filter(application__learner__in=learners.values("pk"))
    else:
        choices = choices.filter(provider__area=scope.organisation.area_id)
    if asked["count"] == "places":
        choices = choices.filter(HAS_PLACE)
    runs = CourseRun.objects.filter(choice_runs__choice=OuterRef("pk")).order_by("choice_runs__position")
    known = Outcode.objects.filter(pk=OuterRef("district"))
    lives = F("application__learner__residence_authority__name")
    return (
        choices.annotate(district=district_of("application__learner__contact__postcode"))
        .annotate(
            learner=F("application__learner"),
            home=Coalesce(Subquery(known.values("code")), Value("")) if asked["from"] == "district" else lives,
            goal=F("provider__name") if asked.get("to") != "area" else F("provider__area__name"),
            latitude=Subquery(runs.values("site__latitude")[:1]),
            longitude=Subquery(runs.values("site__longitude")[:1]),
        )
        .values("learner", "home", "goal", "district", "latitude", "longitude")
    )


def flows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for each way that 10 learners or more go, the most first; of the others one line says how many they are.
    One query."""
    lines: list[Row] = []
    few, others = 0, 0
    for home, goal, learners, crowd, miles in answer(FLOWS, sent=_sent(scope, asked)):
        shown = told(learners, crowd)
        if shown is None:
            few, others = few + learners, others ^ crowd
        else:
            lines.append((home or str(NOT_SAID), goal, shown, str(UNKNOWN) if miles is None else round(miles, 1)))
    lines.sort(key=lambda line: (-(line[2] or 0), line[0], line[1]))  # type: ignore[operator,return-value]
    return [*lines, (str(OTHERS), "", told(few, others), None)] if few else lines


def distances(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for each home with how many go how far; homes with fewer than 10 are one line. One query."""
    lines: list[Row] = []
    few: list[tuple[int, int]] = []
    for home, *said in answer(DISTANCES, sent=_sent(scope, asked)):
        counts = [(number, crowd or 0) for number, crowd in zip(said[::2], said[1::2], strict=True)]
        shown = [told(number, crowd) for number, crowd in counts]
        if shown[-1] is None:
            few = [
                (one + more, who ^ others)
                for (one, who), (more, others) in zip(counts, few or [(0, 0)] * len(counts), strict=True)
            ]
        else:
            lines.append((home or str(NOT_SAID), *shown))
    return [*lines, (str(OTHERS), *(told(*one) for one in few))] if few else lines


HOME = Column(_("From"), _("Where the learner lives: the postcode district or the authority."), _("rolls"), Sort.TEXT)
YEAR, BASIS = Filter("year", _("For"), entry_years), Filter("basis", _("Whose"), _bases)
COUNT, FROM = Filter("count", _("Count"), _counts), Filter("from", _("From"), _from)
CROW = _("Distances are as the crow flies, from the middle of the postcode district of the home.")
TRAVEL = Report(
    name="travel-to-learn",
    title=_("Travel to learn"),
    about=_("From where learners go to which provider or area, and about how far."),
    roles=("officer",),
    filters=(YEAR, BASIS, COUNT, FROM, Filter("to", _("To"), _to)),
    columns=(
        HOME,
        Column(_("To"), _("The provider, or its area."), SENT, Sort.TEXT),
        Column(_("Learners"), _("Each counts once for each way. Ways of fewer than 10 are one line."), SENT),
        Column(_("Miles"), _("The middle one of all: half go no farther."), PROSPECTUS, Sort.MILES),
    ),
    rows=flows,
    drawn=Bars(2),
    whose=of_area(CROW, ROUNDED),
)
_NAMES = (
    _("Under 3 miles"), _("3 to 5 miles"), _("5 to 10 miles"), _("10 to 20 miles"), _("Over 20 miles"), NOT_SAID,
)  # fmt: skip
DISTANCE = Report(
    name="distance-to-learn",
    title=_("Distance to learn"),
    about=_("How far learners would go, by where they live."),
    roles=("officer",),
    filters=(YEAR, BASIS, COUNT, FROM),
    columns=(
        HOME,
        *(Column(name, _("Applications or places taken, as chosen, at this distance."), SENT) for name in _NAMES),
        Column(_("All"), _("Of any distance. Rounded by itself."), SENT),
    ),
    rows=distances,
    drawn=Stacks(tuple(range(1, 7))),
    whose=of_area(CROW, ROUNDED),
)

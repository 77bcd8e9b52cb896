"""Whom the September Guarantee counts, and how it stands for each school."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from accounts.models import Learner, RollEntry
from providers.models import Area
from reporting.queries.learners import with_roll
from reporting.queries.lights import Light, LightCount, with_light

GUARANTEE_YEARS = (11, 12)  # the cohorts of the Guarantee: end of Year 11, and of Year 12


def guarantee_cohort(area: Area, *, year_group: int) -> QuerySet:
    """The learners the Guarantee counts in this area.

    Year 11 by where they are educated, Year 12 by where they live; a Year 12 learner whose authority of residence
    nobody has recorded counts where they are educated. Source: nccis-september-guarantee.md, "Who counts where".
    """
    entries = RollEntry.objects.current().filter(year_group=year_group)
    educated_here = Q(pk__in=entries.filter(school__area=area).values("learner"))
    if year_group == 11 or area.authority_id is None:
        return Learner.objects.filter(educated_here)
    lives_here = Q(residence_authority=area.authority_id, pk__in=entries.values("learner"))
    return Learner.objects.filter(lives_here | (Q(residence_authority=None) & educated_here))


class GuaranteeRow(NamedTuple):
    """One line of the Guarantee: a school, or everybody. ``by_light`` is in the order of ``Light``."""

    reference: str
    name: str
    cohort: int
    by_light: list[LightCount]

    @property
    def offer_percent(self) -> float | None:
        """Share with an offer, of 100; None for an empty cohort. Never clipped."""
        offers = next(count.count for count in self.by_light if count.light == Light.OFFER)
        return round(100 * offers / self.cohort, 1) if self.cohort else None


def guarantee_rows(area: Area, *, year_group: int, entry_year: int | None) -> tuple[GuaranteeRow, list[GuaranteeRow]]:
    """The whole cohort's line, and a line for each school it is at. Two queries however large the cohort."""
    learners = with_roll(with_light(guarantee_cohort(area, year_group=year_group), entry_year=entry_year))
    counted = list(learners.order_by().values_list("school_id", "school_name", "light").annotate(Count("pk")))
    references = dict(
        area.organisations.model.objects.filter(pk__in={row[0] for row in counted}).values_list("pk", "reference")
    )
    schools: dict[int, tuple[str, dict[str, int]]] = {}
    for school_id, name, light, count in counted:
        schools.setdefault(school_id, (name, {}))[1][light] = count
    rows = [_row(references[pk], name, [counts]) for pk, (name, counts) in schools.items()]
    return _row("", "Everybody", [counts for _, counts in schools.values()]), sorted(rows, key=lambda row: row.name)


def _row(reference: str, name: str, many: Iterable[dict[str, int]]) -> GuaranteeRow:
    many = list(many)
    by_light = [LightCount(light, sum(counts.get(light, 0) for counts in many)) for light in Light]
    return GuaranteeRow(reference, name, sum(count.count for count in by_light), by_light)

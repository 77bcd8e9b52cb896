"""How the Guarantee stands in all areas together, from the counters, beside what was published."""

from typing import Any

from django.views.generic import TemplateView

from core import clock
from core.suppression import SMALL, suppressed
from providers.models import StaffRole
from reporting.models import CountedArea, PublishedFigure, Reconciliation
from reporting.queries.counters import AreaRow, area_rows
from reporting.views.guarantee import GuaranteeMixin


class AreasView(GuaranteeMixin, TemplateView):
    """Figures of every area, for those who look after one. Of others than their own nothing that tells of somebody."""

    roles = ("officer", "help_desk")
    template_name = "reporting/guarantee_areas.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles = StaffRole.objects.of(self.request.user, "officer").filter(organisation__kind="authority")
        own = set(roles.values_list("organisation__area", flat=True))
        years = [(year_group, *_shown(*rows, own)) for year_group, rows in area_rows().items()]
        england = PublishedFigure.objects.filter(level="national").order_by("september")
        counted_on = CountedArea.objects.order_by("day").values_list("day", flat=True).first()
        return super().get_context_data(
            years=years,
            counted_on=counted_on,
            is_behind=counted_on is not None and counted_on != clock.today(),
            septembers=list(england.values_list("september", "percent")),
            counts=list(Reconciliation.objects.newest().select_related("area")),
            **kwargs,
        )


def _shown(
    everywhere: AreaRow, rows: list[AreaRow], own: set[int]
) -> tuple[AreaRow, int | None, list[tuple[AreaRow, int | None]]]:
    """All together and each area, each with its number of offers, or None where it may not be read.

    The reader's own are known to them: what is hidden must not follow from the total less those and the others shown.
    """
    others = [row for row in rows if row.area is not None and row.area.pk not in own]
    offers = suppressed([row.offers for row in others], of=[row.everybody for row in others])
    hidden = dict(zip((id(row) for row in others), offers, strict=True))
    shown = [(row, hidden.get(id(row), row.offers)) for row in rows]
    unseen = [row for row, offer in zip(others, offers, strict=True) if offer is None]
    # What is hidden is the total less what is shown: together it must tell of nobody, either.
    together, whole = sum(row.offers for row in unseen), sum(row.everybody for row in unseen)
    is_told = bool(unseen) and (len(unseen) == 1 or min(together, whole - together) < SMALL.stop)
    return everywhere, None if is_told else everywhere.offers, shown

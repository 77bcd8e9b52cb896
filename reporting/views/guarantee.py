"""How the September Guarantee stands in an area, and the names behind each figure."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.views.generic import TemplateView

from reporting.queries.guarantee import GUARANTEE_YEARS, guarantee_cohort, guarantee_rows
from reporting.queries.learners import with_roll
from reporting.queries.lights import entry_year_now, with_light
from reporting.views.base import HasRoleMixin, LearnerListView


class GuaranteeView(HasRoleMixin, TemplateView):
    role_kind = "officer"
    template_name = "reporting/guarantee.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry_year = entry_year_now(self.area)
        cohorts = [
            (year_group, *guarantee_rows(self.area, year_group=year_group, entry_year=entry_year))
            for year_group in GUARANTEE_YEARS
        ]
        return super().get_context_data(area=self.area, entry_year=entry_year, cohorts=cohorts, **kwargs)


class GuaranteeLearnersView(LearnerListView):
    """The names behind one figure of the Guarantee page."""

    role_kind = "officer"
    template_name = "reporting/guarantee_learners.html"

    def learners(self) -> QuerySet:
        self.year_group = self.kwargs["year_group"]
        if self.year_group not in GUARANTEE_YEARS:
            raise Http404
        cohort = guarantee_cohort(self.area, year_group=self.year_group)
        return with_roll(with_light(cohort, entry_year=self.entry_year)).order_by(
            "school_name", "family_name", "given_name", "pk"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(year_group=self.year_group, area=self.area, **kwargs)

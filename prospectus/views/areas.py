"""The areas of the prospectus."""

from typing import Any

from django.views.generic import ListView

from prospectus import queries
from prospectus.queries.health import coverage_of
from prospectus.views.public import PublicMixin
from providers.models import Area


class AreasView(PublicMixin, ListView):
    """Each area: how its courses come here, how many there are, how fresh they are, and who is still missing."""

    template_name = "prospectus/areas.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        return Area.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        areas = list(context["object_list"])
        coverage = coverage_of(areas)
        return context | {"areas": [(state, coverage.get(state.area.pk)) for state in queries.areas_state(areas)]}

"""The areas of the prospectus."""

from typing import Any

from django.views.generic import ListView

from prospectus import queries
from prospectus.views.public import PublicMixin
from providers.models import Area


class AreasView(PublicMixin, ListView):
    """Each area: how its courses come here, how many there are, and how fresh they are."""

    template_name = "prospectus/areas.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        return Area.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"areas": queries.areas_state(list(context["object_list"]))}

"""How applying works, for everybody: one page for each area and cycle."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.views.generic import ListView, TemplateView

from applications.queries.how_it_works import how_states, how_steps, picture
from applications.queries.what_if import cycle_then
from core import clock
from providers.models import Cycle


class HowItWorksListView(ListView):
    """The areas and years there are pages for."""

    template_name = "applications/how_it_works_list.html"
    context_object_name = "cycles"

    def get_queryset(self) -> Any:
        cycles = Cycle.objects.visible_to(self.request.user).running()
        return cycles.select_related("area").order_by("area__name", "entry_year", "phase")


class HowItWorksView(TemplateView):
    """The steps, the picture, and every state a choice can be in."""

    template_name = "applications/how_it_works.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cycle = get_object_or_404(
            Cycle.objects.visible_to(self.request.user).select_related("area"),
            area__slug=kwargs["area"],
            entry_year=kwargs["year"],
            phase=kwargs["phase"],
        )
        return super().get_context_data(
            cycle=cycle,
            then=cycle_then(cycle, clock.today()),
            steps=how_steps(cycle),
            states=how_states(cycle),
            picture=picture(cycle),
            **kwargs,
        )

"""How well all providers keep their courses, for those who look after them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.generic import ListView

from core.sheets import csv_response
from core.views import SignedInMixin
from prospectus.policies import HEALTH_POLICY
from prospectus.queries.health import Problem, league_of
from prospectus.queries.lights import Colour
from providers.models import Area

TONES = {Colour.GREEN: "good", Colour.AMBER: "warn", Colour.RED: "bad"}


class AreaStaffMixin(SignedInMixin):
    """For area coordinators and officers of an authority; for others the page does not exist."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not HEALTH_POLICY.can(request.user, "see_league", None):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class HealthAreaView(AreaStaffMixin, ListView):
    """The league of providers, those that need somebody first."""

    template_name = "prospectus/health_area.html"
    paginate_by = 100

    def get_queryset(self) -> Any:
        self.areas = list(Area.objects.visible_to(self.request.user))
        self.area = next((area for area in self.areas if area.slug == self.request.GET.get("area")), None)
        asked = self.request.GET.get("light")
        self.light = Colour(asked) if asked in Colour.values else None
        self.league = league_of([self.area] if self.area else self.areas)
        return [health for health in self.league.rows if self.light in (None, health.colour)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            league=self.league,
            areas=self.areas,
            asked_area=self.area.slug if self.area else "",
            asked_light=self.light or "",
            colours=Colour.choices,
            lights=[
                (colour, number, TONES.get(colour, "") if number else "", self._only(colour))
                for colour, number in self.league.lights.items()
            ],
            **kwargs,
        )

    def _only(self, colour: Colour) -> str:
        """The address of this list with one light only."""
        kept = self.request.GET.copy()
        kept.pop("page", None)
        kept["light"] = colour.value
        return f"?{kept.urlencode()}"


class HealthAreaDownloadView(HealthAreaView):
    """The same as a file, with every number."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        headings = (
            "Area", "Provider", "Reference", "Light", "Next update due", "Mostly checked on", "Score", "Courses",
            "Coming cycle", "Courses for the coming cycle", *(problem.label for problem in Problem),
        )  # fmt: skip
        rows = (
            (
                health.provider.area.name, health.provider.name, health.provider.reference, health.colour.value,
                health.light.green_until, health.checked_on, health.score, health.courses, health.coming,
                health.for_coming, *(health.problems[problem] for problem in Problem),
            )
            for health in self.get_queryset()
        )  # fmt: skip
        return csv_response("data-health.csv", headings, rows)

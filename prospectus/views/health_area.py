"""How well all providers keep their courses, for those who look after them."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView, View

from core.sheets import csv_response
from core.views import ActionView, SignedInMixin, VisibleDetailView
from prospectus.actions.notices import pause_notices, resume_notices
from prospectus.forms.health import PauseForm
from prospectus.policies import HEALTH_POLICY
from prospectus.queries.health import Problem, health_of, league_of
from prospectus.queries.lights import Colour
from prospectus.queries.notices import notices_log, pause_of, who_is_told
from providers.models import Area, Organisation, StaffRole

TONES = {Colour.GREEN: "good", Colour.AMBER: "warn", Colour.RED: "bad"}
MOST_NOTICES = 20  # on a provider's page; all of them are in the log


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


class HealthProviderView(AreaStaffMixin, VisibleDetailView):
    """One provider: how it stands, what was sent to it, and whether e-mails are paused."""

    queryset = Organisation.objects.providers().select_related("area")
    template_name = "prospectus/health_provider.html"
    context_object_name = "provider"

    def get_queryset(self) -> Any:
        """With ``is_of_my_area``: this person is the help desk there, and may step in."""
        mine = StaffRole.objects.of(self.request.user, "help_desk").filter(organisation__area=OuterRef("area"))
        return super().get_queryset().annotate(is_of_my_area=Exists(mine))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        (health,) = health_of([self.object])
        return super().get_context_data(
            health=health,
            problems=[(problem, number) for problem, number in health.problems.items() if number],
            pause=pause_of(self.object),
            people=who_is_told(self.object).count(),
            notices=notices_log(self.object)[:MOST_NOTICES],
            **kwargs,
        )


class HealthPauseView(AreaStaffMixin, ActionView):
    """No e-mails to the provider until a day."""

    queryset = Organisation.objects.providers()
    template_name = "prospectus/health_pause.html"
    form_class = PauseForm
    done = _("The e-mails are paused.")

    def act(self, answers: dict[str, Any]) -> None:
        pause_notices(provider=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("prospectus:health-provider", args=[self.thing.reference])


class HealthResumeView(AreaStaffMixin, View):
    """The button that ends a pause."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        providers = Organisation.objects.providers().visible_to(request.user)
        provider = get_object_or_404(providers, reference=kwargs["reference"])
        resume_notices(provider=provider, by=request.user)
        messages.success(request, gettext("The e-mails are sent again."))
        return redirect("prospectus:health-provider", provider.reference)


class HealthNoticesView(AreaStaffMixin, ListView):
    """Every e-mail about freshness that was sent, the latest first."""

    template_name = "prospectus/health_notices.html"
    context_object_name = "notices"
    paginate_by = 50

    def get_queryset(self) -> Any:
        return notices_log()

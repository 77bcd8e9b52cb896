"""Results day rehearsed: the lists of the day by invented results, its confirmation tried and taken back."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from applications import actions
from applications.policies import PROVIDER_POLICY
from applications.queries.rehearsal import Invented, rehearsal_of
from applications.views.results_day import OutcomesMixin
from core.views import SignedInMixin
from providers.models import Organisation, StaffRole


def provider_of(user: Any, reference: str) -> Organisation:
    """One whose applications this person answers, or in an area they look after. Raises: Http404."""
    areas = StaffRole.objects.over_areas(user).values("organisation__area")
    mine = Organisation.objects.admitting_through(user).values("pk")
    found = Organisation.objects.filter(Q(pk__in=mine) | Q(area__in=areas, is_provider=True, ended_on=None))
    return get_object_or_404(found, reference=reference)


class RehearsalView(OutcomesMixin, TemplateView):
    """How many, and for those who answer the applications, who. Nothing here is real."""

    template_name = "applications/rehearsal.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.provider = provider_of(request.user, kwargs["reference"])
        self.providers = [self.provider]
        self.reads_names = PROVIDER_POLICY.can(request.user, "try_rehearsal", self.provider)
        self.rehearsal = rehearsal_of(self.provider)
        if self.rehearsal is not None:
            self.source = Invented(self.rehearsal.seed)
        return TemplateView.dispatch(self, request, *args, **kwargs)

    def lists(self) -> dict[str, list[Any]]:
        return super().lists() if self.rehearsal is not None else {}

    def leave_receipts(self, found: Any) -> None:
        """Nobody's grades are read here: they are invented."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_start = PROVIDER_POLICY.can(self.request.user, "rehearse_results", self.provider)
        said = {"rehearsal": self.rehearsal, "can_start": can_start, "reads_names": self.reads_names}
        if self.rehearsal is None:
            return {"provider": self.provider, "view": self, **said, **kwargs}
        return super().get_context_data(**said, **kwargs)


class RehearsalDoView(SignedInMixin, View):
    """Start it, try the confirmation, end it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str, do: str) -> HttpResponse:
        provider = provider_of(request.user, reference)
        if do == "start":
            actions.start_rehearsal(provider=provider, by=request.user)
            return redirect("applications:rehearsal", reference)
        rehearsal = rehearsal_of(provider)
        if do not in {"try", "end"} or rehearsal is None:
            raise Http404("Nothing goes on")
        if do == "try":
            actions.try_confirming(rehearsal=rehearsal, by=request.user)
        else:
            actions.end_rehearsal(rehearsal=rehearsal, by=request.user)
            messages.success(request, _("The rehearsal is over. Nothing of it stays."))
        return redirect("applications:rehearsal", reference)

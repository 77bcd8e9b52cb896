"""Carrying a year over: what would be copied, the copying, and the copies that wait to be looked at."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, TemplateView

from activity.models import Job
from activity.progress import ProgressMixin
from core.views import SignedInMixin
from prospectus.actions.rollover import JOB_KIND, request_roll_over, roll_over
from prospectus.queries.readiness import run_failings
from prospectus.queries.rollover import roll_over_of, rolled_drafts, years_to_roll
from prospectus.views.desk import KeeperMixin
from providers.models import Organisation

MOST_IN_A_REQUEST = 200


class RollOverView(KeeperMixin, TemplateView):
    """One provider, one year: the counts first, then the button; below, the copies that nobody has published yet."""

    template_name = "prospectus/desk_roll_over.html"

    def choose(self, asked: Any) -> None:
        """The provider and year that were asked for, or the first there is."""
        by_reference = {provider.reference: provider for provider in self.providers}
        self.provider = by_reference.get(asked.get("provider", ""), self.providers[0])
        self.years = years_to_roll(self.provider)
        year = asked.get("year", "")
        chosen = int(year) if year.isdecimal() and len(year) == 4 else None
        self.year = chosen if chosen in self.years else next(iter(self.years), None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.choose(self.request.GET)
        drafts = list(rolled_drafts(self.provider))
        lacking = {run.pk: run_failings(run) for run in drafts}
        page = Paginator(drafts, 50).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            providers=self.providers,
            provider=self.provider,
            years=self.years,
            year=self.year,
            preview=roll_over_of(self.provider, self.year) if self.year else None,
            page_obj=page,
            rows=[(run, [each.sentence for each in lacking[run.pk]]) for run in page],
            drafts=len(drafts),
            ready=sum(run.course.state == "published" and not lacking[run.pk] for run in drafts),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.choose(request.POST)
        here = reverse("prospectus:roll-over") + f"?provider={self.provider.reference}"
        if self.year is None:
            return redirect(here)
        asked = {"provider": self.provider, "entry_year": self.year, "by": request.user}
        if roll_over_of(self.provider, self.year).to_copy > MOST_IN_A_REQUEST:
            return redirect("prospectus:roll-over-job", request_roll_over(**asked).reference)
        number = roll_over(**asked)
        copied = ngettext(
            "%(number)s date is copied to next year.", "%(number)s dates are copied to next year.", number
        )
        messages.success(
            request,
            copied % {"number": number} if number else _("Everything of that year was copied before."),
        )
        return redirect(f"{here}&year={self.year}")


class RollOverJobView(SignedInMixin, ProgressMixin, DetailView):
    """How far a large copying has got."""

    template_name = "prospectus/desk_roll_over_job.html"
    slug_field = slug_url_kwarg = "reference"

    def get_queryset(self) -> Any:
        kept = Organisation.objects.editing_through(self.request.user).values_list("pk", flat=True)
        return Job.objects.filter(kind=JOB_KIND, payload__provider_id__in=list(kept))

    def get_object(self, queryset: Any = None) -> Job:
        job = super().get_object(queryset)
        job.job = job  # what the progress is asked of
        return job

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        provider = Organisation.objects.get(pk=self.object.payload["provider_id"])
        back = reverse("prospectus:roll-over") + f"?provider={provider.reference}"
        return super().get_context_data(provider=provider, back=back, year=self.object.payload["entry_year"], **kwargs)

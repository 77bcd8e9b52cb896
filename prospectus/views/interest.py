"""How much interest courses find: a provider's own, and all of an area. Numbers only: there is nobody behind them."""

from operator import attrgetter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import ListView

from core.sheets import csv_response
from core.views import SignedInMixin
from prospectus.forms.interest import InterestForm
from prospectus.queries.interest import NUMBERS, interest_in_courses, interest_in_providers, providers_counted_for
from providers.models import Organisation, StaffRole

MOST_BARS = 10


class InterestView(SignedInMixin, ListView):
    """Looks, shortlists, ways to apply, applications and offers, by course or by provider."""

    template_name = "prospectus/interest.html"
    context_object_name = "rows"
    paginate_by = 50

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        providers = list(providers_counted_for(request.user))
        if not providers and not StaffRole.objects.over_areas(request.user).exists():
            raise Http404
        self.form = InterestForm(request.GET, providers=providers)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        if self.form.is_by_provider:
            return interest_in_providers(self.request.user, days=self.form.chosen_days)
        return interest_in_courses(self.request.user, days=self.form.chosen_days, provider=self.form.chosen_provider)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_provider, provider = self.form.is_by_provider, self.form.chosen_provider
        context = super().get_context_data(
            form=self.form,
            is_by_provider=by_provider,
            heading=_("Provider") if by_provider else _("Course"),
            caption=_("All providers")
            if by_provider
            else _("Courses of %(provider)s") % {"provider": provider}
            if provider
            else _("All courses"),
            **kwargs,
        )
        return context | {"bars": [_bar(row) for row in list(context["rows"])[:MOST_BARS]]}


class InterestDownloadView(InterestView):
    """The same as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        numbers = ("Looked at", "Shortlisted", "Ways to apply followed", "Applied for here", "Offers made here")
        found = self.get_queryset().iterator(chunk_size=2000)
        if self.form.is_by_provider:
            headings = ("Provider", "Reference", "Courses", *numbers)
            facts = attrgetter("name", "reference", "courses_counted")
        else:
            headings = ("Provider", "Course", "Reference", *numbers)
            facts = attrgetter("provider.name", "title", "reference")
        count = attrgetter(*NUMBERS)
        rows = (facts(row) + count(row) for row in found)
        return csv_response(f"interest-{self.form.chosen_days}-days.csv", headings, rows)


def _bar(row: Any) -> tuple[str, int, str]:
    if isinstance(row, Organisation):
        return row.name, row.views, f"{reverse('prospectus:interest')}?provider={row.reference}"
    return row.title, row.views, row.get_absolute_url()

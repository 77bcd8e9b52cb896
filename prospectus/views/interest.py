"""How much interest a provider's own courses find. Numbers only: there is nobody behind them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.generic import ListView

from core.sheets import csv_response
from core.views import SignedInMixin
from prospectus.queries.interest import PERIODS, interest_in_courses
from providers.queries import role_kinds

MOST_BARS = 10


class InterestView(SignedInMixin, ListView):
    """Looks, shortlists and ways to apply, course by course."""

    template_name = "prospectus/interest.html"
    context_object_name = "courses"
    paginate_by = 50

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if role_kinds(request.user).isdisjoint({"editor", "manager"}):
            raise Http404
        asked = request.GET.get("days", "")
        self.days = next((days for days in PERIODS if str(days) == asked), 30)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return interest_in_courses(self.request.user, days=self.days)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(days=self.days, periods=PERIODS, **kwargs)
        shown = list(context["courses"])[:MOST_BARS]
        return context | {"bars": [(course.title, course.views, course.get_absolute_url()) for course in shown]}


class InterestDownloadView(InterestView):
    """The same as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        headings = (
            "Provider",
            "Course",
            "Reference",
            "Looked at",
            "Shortlisted",
            "Ways to apply followed",
            "Applied for",
        )
        rows = (
            (
                course.provider.name, course.title, course.reference,
                course.views, course.shortlists, course.apply_clicks, course.applications,
            )
            for course in self.get_queryset().iterator()
        )  # fmt: skip
        return csv_response(f"interest-{self.days}-days.csv", headings, rows)

"""A course, a provider. Without an account, without scripts, and without anything personal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import ListView

from core.views import VisibleDetailView
from prospectus import queries
from prospectus.models import Course
from prospectus.structured import course_data
from prospectus.views.public import PublicMixin
from providers.models import Organisation


class CourseView(PublicMixin, VisibleDetailView):
    """One course and its runs."""

    queryset = Course.objects.exclude(state="withdrawn")
    template_name = "prospectus/course.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        own_address = self.object.get_absolute_url()
        return response if request.path == own_address else redirect(own_address, permanent=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course, runs = self.object, queries.runs_of(self.object)
        return super().get_context_data(
            course=course,
            runs=runs,
            levels=queries.levels_of(course),
            more_url=reverse("prospectus:courses") + f"?subject={course.subject_id}" if course.subject_id else "",
            structured=course_data(course, runs, address=self.request.build_absolute_uri(course.get_absolute_url())),
            **kwargs,
        )


class ProviderView(PublicMixin, ListView):
    """A provider, its sites and its courses."""

    template_name = "prospectus/provider.html"
    context_object_name = "courses"
    paginate_by = 50

    def get_queryset(self) -> Any:
        providers = Organisation.objects.visible_to(self.request.user).providers().select_related("area")
        self.provider = get_object_or_404(providers, reference=self.kwargs["reference"])
        return queries.courses_of(self.provider, self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sites = self.provider.sites.visible_to(self.request.user)
        return super().get_context_data(provider=self.provider, sites=sites, **kwargs)

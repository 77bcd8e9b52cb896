"""A course, a provider, the levels. Without an account, without scripts, and without anything personal."""

from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import ListView, TemplateView

from core.views import VisibleDetailView
from prospectus import queries, registry, structured
from prospectus.models import Course
from prospectus.queries.feeds import with_fetched_at
from prospectus.queries.search.cache import search_version
from prospectus.views.public import PublicMixin
from prospectus.views.visits import count_visit
from providers.models import Organisation


def share_url(*, title: str, address: str) -> str:
    """Opens the visitor's own mail program with a letter that only wants a name. Nobody else is told."""
    words = _("I found this and thought of you: %(title)s") % {"title": title}
    body = f"{words}\n\n{address}\n"
    return f"mailto:?subject={quote(title)}&body={quote(body)}"


class CourseView(PublicMixin, VisibleDetailView):
    """One course and its runs."""

    queryset = Course.objects.exclude(state="withdrawn").select_related(
        "consortium", "subject__parent", "experience_requirement"
    )
    template_name = "prospectus/course.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().annotate(search_version=search_version(), **registry.told_columns())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        own_address = self.object.get_absolute_url()
        if request.path != own_address:
            return redirect(own_address, permanent=True)
        count_visit(request, self.object)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course, at = self.object, self.request.build_absolute_uri
        page = queries.course_page(course, self.request.user, shows_all=self.request.GET.get("runs") == "all")
        address, found_at = at(course.get_absolute_url()), reverse("prospectus:courses")
        # The broad subject: it has plain words, and more to look around in.
        subject = course.subject and (course.subject.parent or course.subject)
        crumbs = [(_("Courses"), found_at)]
        crumbs += [(str(subject), f"{found_at}?subject={subject.code}")] if subject else []
        provider_address = at(reverse("prospectus:provider", args=[course.provider.reference]))
        data = structured.course_data(page, address=address, provider_address=provider_address)
        way_back = [(name, at(link)) for name, link in crumbs]
        return super().get_context_data(
            course=course,
            page=page,
            address=address,
            crumbs=crumbs,
            similar=partial(queries.similar, course),
            similar_seconds=settings.VERSION_SECONDS,
            share_url=share_url(
                title=_("%(course)s at %(provider)s") % {"course": course.title, "provider": course.provider},
                address=address,
            ),
            structured=structured.as_script(data),
            breadcrumbs=structured.as_script(structured.breadcrumb_data([*way_back, (course.title, address)])),
            **kwargs,
        )


class ProviderView(PublicMixin, ListView):
    """A provider, its sites and its courses."""

    template_name = "prospectus/provider.html"
    context_object_name = "courses"
    paginate_by = 50

    def get_queryset(self) -> Any:
        providers = Organisation.objects.visible_to(self.request.user).providers().select_related("area")
        providers = with_fetched_at(providers)
        self.provider = get_object_or_404(providers, reference=self.kwargs["reference"])
        return queries.courses_of(self.provider, self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = self.request.build_absolute_uri(reverse("prospectus:provider", args=[self.provider.reference]))
        page = queries.provider_page(self.provider, self.request.user)
        data = structured.provider_data(self.provider, page.sites, address=address)
        return super().get_context_data(
            page=page, provider=self.provider, address=address, structured=structured.as_script(data), **kwargs
        )


class LevelsView(PublicMixin, TemplateView):
    """Every level in plain words, and what the names of qualifications mean."""

    template_name = "prospectus/levels.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(explained=queries.levels_explained(), **kwargs)

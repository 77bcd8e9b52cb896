"""The public prospectus. Without an account, without scripts, and without anything personal in it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.generic import ListView, TemplateView

from core.views import SignedInMixin, VisibleDetailView
from prospectus import queries
from prospectus.actions.opening import close_for_applications, open_for_applications
from prospectus.forms import MILES, SearchForm
from prospectus.models import Course, Level
from prospectus.structured import course_data
from providers.models import Organisation

SECONDS_KEPT = 60


class PublicMixin:
    """A page that is the same for every visitor may be kept for a minute; a signed-in person's never is."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        patch_vary_headers(response, ["Cookie", "HX-Request"])
        if hasattr(response, "add_post_render_callback"):  # a redirect is never drawn, nor kept
            # Only a drawn page has shown its token or its messages.
            response.add_post_render_callback(self._keep_for_all)
        return response

    def _keep_for_all(self, response: HttpResponseBase) -> None:
        request = self.request
        # A token, a session or a message is for this visitor only.
        is_own = (
            request.user.is_authenticated
            or response.cookies
            or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
            or any(name in request.COOKIES for name in (settings.SESSION_COOKIE_NAME, "messages"))
        )
        if not is_own and response.status_code == 200:
            patch_cache_control(response, public=True, max_age=SECONDS_KEPT)


class HomeView(PublicMixin, TemplateView):
    """The first page: one question, and ways to look around for those who have no answer yet."""

    template_name = "prospectus/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            front=queries.front(), levels=Level.objects.filter(code__in="E123"), miles=MILES, **kwargs
        )


class CoursesView(PublicMixin, TemplateView):
    """Search results. A script asks for the same address and gets the inner part of the page."""

    template_name = "prospectus/courses.html"

    def get_template_names(self) -> list[str]:
        htmx = self.request.htmx
        return ["prospectus/_search.html" if htmx and not htmx.history_restore_request else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SearchForm(self.request.GET, home=self._own_area())
        results = queries.search_courses(form.query())
        if not results.courses:
            place = results.query.place
            kwargs["wider"] = [
                (miles, count, form.address(miles=str(miles)))
                for miles, count in queries.count_within(results.asked, place.wider if place and form.place else ())
            ]
            kwargs["ways_out"] = form.ways_out(results)
            kwargs["tiles"] = queries.subject_tiles()
        return super().get_context_data(
            form=form,
            results=results,
            place=results.query.place,
            page_obj=Paginator(range(results.pages), 1).page(results.page),
            chips=list(form.chips(results)),
            facets=form.facets(results),
            unexact_url=form.address(exact=""),
            exact_url=form.address(exact="1"),
            home_name=form.names.of("area").get(form.home_area, ""),
            **kwargs,
        )

    def _own_area(self) -> str:
        learner = getattr(self.request.user, "learner", None)
        return learner.area.slug if learner else ""


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


class OpeningView(SignedInMixin, TemplateView):
    """An editor decides, provider by provider, whether learners may apply here; says what that means today."""

    template_name = "prospectus/opening.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.providers = queries.opening(request.user)
        if not self.providers:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(providers=self.providers, **kwargs)


class ChangeOpeningView(OpeningView):
    """The buttons of that page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        provider = get_object_or_404(Organisation.objects.editing_through(request.user), reference=kwargs["reference"])
        if request.POST.get("to") == "closed":
            closed = close_for_applications(provider=provider, by=request.user)
            messages.success(request, f"{provider} takes no new applications here: {closed} course runs closed.")
        else:
            opened = open_for_applications(provider=provider, by=request.user)
            messages.success(request, f"{opened} more course runs of {provider} take applications here.")
        return redirect("prospectus:opening")

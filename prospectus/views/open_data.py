"""Data out: feeds and tables for other programs, the same for everybody and streamed as they are made."""

import re
import zlib
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index, sitemap
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views import View
from django.views.generic import TemplateView

from core.sheets import csv_response
from prospectus.exports import COLUMNS, DICTIONARY_HEADINGS, XcriFeed, courses_csv, dictionary
from prospectus.models import Course
from prospectus.queries.editions import Edition, edition_of
from prospectus.views.public import PublicMixin
from providers.models import Area, Organisation

SECONDS_KEPT = 300
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,80}")
PER_SITEMAP = 10_000  # five times fewer than may be, so that one is made quickly
NOT_FOR_ROBOTS = (
    "/areas/*/course-list", "/providers/*/course-list", "/courses/?", "/courses/map/?", "/courses/together/?",
    "/start-now/?", "/compare/", "/shortlist/",
    "/saved-searches/", "/courses/*/apply/", "/desk/", "/display/", "/forget/", "/sign-in/", "/wish/", "/api/v1/search",
)  # fmt: skip
VISITOR = AnonymousUser()  # what leaves here is what anybody may see, whoever asks


class DataOutView(View):
    """A file for programs: asked for again, it is sent only when something has changed; compressed where wanted.

    Each file has its own ``content()``.
    """

    http_method_names = ["get", "head"]
    content_type = ""

    def edition(self) -> Edition:
        return edition_of()

    @abstractmethod
    def content(self) -> Iterable[bytes]:
        """The file, piece by piece."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        edition = self.edition()
        etag = f'W/"{edition.mark}"'
        changed_at = int(edition.changed_at.timestamp())
        response = get_conditional_response(request, etag=etag, last_modified=changed_at)
        response = response or self._whole(request)
        response["ETag"] = etag
        response["Last-Modified"] = http_date(changed_at)
        response["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
        response["Access-Control-Allow-Origin"] = "*"
        patch_vary_headers(response, ["Accept-Encoding"])
        return response

    def _whole(self, request: HttpRequest) -> HttpResponseBase:
        is_packed = re.search(
            r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s*[,;]|\s*$))", request.headers.get("Accept-Encoding", "")
        )
        response: HttpResponseBase
        if request.method == "HEAD":
            response = HttpResponse(content_type=self.content_type)
        else:
            content = self.content()
            response = StreamingHttpResponse(packed(content) if is_packed else content, content_type=self.content_type)
        if is_packed:
            response["Content-Encoding"] = "gzip"
        return response


def packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts compressed, in pieces as they come. Nothing in public data is a secret that compressing could tell."""
    packer = zlib.compressobj(6, wbits=31)
    for part in parts:
        if piece := packer.compress(part):
            yield piece
    yield packer.flush()


class AreaFeedView(DataOutView):
    """All published courses, or those of one area, as XCRI-CAP 1.2."""

    content_type = "application/xml; charset=utf-8"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.area: Area | None = None
        if "area" in request.GET:
            slug = request.GET["area"]
            if not SLUG.fullmatch(slug):
                raise Http404
            self.area = get_object_or_404(Area.objects.visible_to(VISITOR), slug=slug)

    def edition(self) -> Edition:
        return edition_of(area=self.area)

    def providers(self) -> Any:
        providers = Organisation.objects.visible_to(VISITOR).providers()
        return providers.filter(area=self.area) if self.area else providers

    def content(self) -> Iterable[bytes]:
        return XcriFeed(
            title=f"{settings.PORTAL_NAME}: {self.area or 'all areas'}",
            providers=self.providers(),
            courses=Course.objects.visible_to(VISITOR),
            generated_at=self.edition().changed_at,
            address=self.request.build_absolute_uri,
        )


class ProviderFeedView(AreaFeedView):
    """The published courses of one provider as XCRI-CAP 1.2."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.provider = get_object_or_404(super().providers(), reference=kwargs["reference"])

    def edition(self) -> Edition:
        return edition_of(provider=self.provider)

    def providers(self) -> Any:
        return super().providers().filter(pk=self.provider.pk)


class CoursesTableView(DataOutView):
    """The open-data table: a line per course run."""

    content_type = "text/csv; charset=utf-8"

    def content(self) -> Iterable[bytes]:
        return courses_csv()

    def _whole(self, request: HttpRequest) -> HttpResponseBase:
        response = super()._whole(request)
        response["Content-Disposition"] = 'attachment; filename="courses.csv"'
        return response


class DictionaryView(View):
    """What each column of the open-data table means."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        response = csv_response("dictionary.csv", DICTIONARY_HEADINGS, dictionary())
        response["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
        response["Access-Control-Allow-Origin"] = "*"
        return response


class OpenDataView(PublicMixin, TemplateView):
    """What may be taken from here, in which forms, and what its words mean."""

    template_name = "prospectus/open_data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            columns=COLUMNS,
            areas=Area.objects.visible_to(VISITOR),
            licence=settings.OPEN_DATA_LICENCE,
            licence_url=settings.OPEN_DATA_LICENCE_URL,
            **kwargs,
        )


# For search engines


class RobotsView(View):
    """What programs that gather pages should leave alone: pages about nobody but their reader, and endless filters."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
        lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('prospectus:sitemap'))}", ""]
        response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
        response["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
        return response


class CourseSitemap(Sitemap):
    """Every published course."""

    limit = PER_SITEMAP

    def items(self) -> Any:
        courses = Course.objects.visible_to(VISITOR).filter(provider__ended_on=None)
        return courses.only("reference", "title", "changed_at").order_by("pk")

    def lastmod(self, course: Course) -> Any:
        return course.changed_at

    def location(self, course: Course) -> str:
        return course.get_absolute_url()


class ProviderSitemap(Sitemap):
    """Every provider."""

    limit = PER_SITEMAP

    def items(self) -> Any:
        return Organisation.objects.visible_to(VISITOR).providers().only("reference").order_by("pk")

    def location(self, provider: Organisation) -> str:
        return reverse("prospectus:provider", args=[provider.reference])


class PageSitemap(Sitemap):
    """The pages that are always there."""

    def items(self) -> list[str]:
        names = ("home", "courses", "map", "start-now", "together", "areas", "levels", "open-data", "api")
        return [f"prospectus:{name}" for name in names]

    def location(self, name: str) -> str:
        return reverse(name)


SITEMAPS = {"pages": PageSitemap, "providers": ProviderSitemap, "courses": CourseSitemap}


def sitemap_index(request: HttpRequest) -> HttpResponseBase:
    """The list of site maps, each of at most ``PER_SITEMAP`` addresses."""
    return _kept(index(request, SITEMAPS, sitemap_url_name="prospectus:sitemap-part"))


def sitemap_part(request: HttpRequest, section: str) -> HttpResponseBase:
    """One site map, or one page of it."""
    return _kept(sitemap(request, SITEMAPS, section=section))


def _kept(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
    return response

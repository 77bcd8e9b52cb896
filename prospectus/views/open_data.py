"""Data out: feeds and tables for other programs, the same for everybody and streamed as they are made."""

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views import View

from prospectus.exports import XcriFeed
from prospectus.models import Course
from prospectus.queries.editions import Edition, edition_of
from providers.models import Area, Organisation

SECONDS_KEPT = 300
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,80}")
VISITOR = AnonymousUser()  # what leaves here is what anybody may see, whoever asks


class DataOutView(View):
    """A file for programs: asked for again, it is sent only when something has changed; compressed where wanted."""

    http_method_names = ["get", "head"]
    content_type = ""

    def edition(self) -> Edition:
        return edition_of()

    def content(self) -> Iterable[bytes]:
        raise NotImplementedError

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

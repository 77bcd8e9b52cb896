"""The read API: what a visitor may see, as JSON. No cookie, no account; the same answer for everybody."""

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Annotated, Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from ninja import NinjaAPI, Path, Query
from ninja.errors import HttpError, ValidationError

from core.counting import seconds_to_wait
from prospectus import queries
from prospectus.forms.search import SearchForm
from prospectus.models import Course, CourseRun, EntryRequirement, Level, QualificationType, Subject
from prospectus.queries.teaching import with_teachers
from prospectus.views.api_shapes import (
    AreaOut,
    CourseOut,
    CoursePage,
    CourseQuestion,
    LevelOut,
    Problem,
    ProviderOut,
    QualificationTypeOut,
    Reference,
    SearchPage,
    SearchQuestion,
    Slug,
    SubjectOut,
    course_out,
    provider_out,
)
from providers.models import Area, Organisation

VISITOR = AnonymousUser()
SECONDS_KEPT = 60
PROBLEMS = {400: Problem, 404: Problem, 405: Problem, 429: Problem}
TITLES = {400: "Not understood", 404: "Not found", 405: "Only for reading", 429: "Too many calls"}
ALLOWED = "GET, HEAD, OPTIONS"


class OurAPI(NinjaAPI):
    """Its description names the media type of refusals, which the library would call plain JSON."""

    def get_openapi_schema(self, **options: Any) -> Any:
        return self._described(reverse("prospectus:api:areas").removesuffix("areas"))

    @lru_cache(maxsize=4)  # noqa: B019 - there is one of it, for as long as the process lives
    def _described(self, path_prefix: str) -> Any:
        """The same as long as the program is: drawing it takes 40 ms."""
        schema = super().get_openapi_schema(path_prefix=path_prefix)
        for methods in schema["paths"].values():
            for status, answer in methods["get"]["responses"].items():
                if int(status) >= 400 and "application/json" in answer.get("content", {}):
                    answer["content"]["application/problem+json"] = answer["content"].pop("application/json")
        return schema


api = OurAPI(
    title=f"{settings.PORTAL_NAME}: courses",
    version="1.0.0",
    description="The published prospectus, for other programs to read. Lists go on through their next link.",
    docs_url=None,
    urls_namespace="api",
)


def answers(shape: Any) -> dict[int, Any]:
    """What an address answers with, and how it says no."""
    return {200: shape, **PROBLEMS}


# Lists that rarely change


@api.get("/areas", response=answers(list[AreaOut]), url_name="areas", summary="The areas of the prospectus")
def areas(request: HttpRequest) -> Any:
    return list(Area.objects.visible_to(VISITOR))


@api.get(
    "/levels", response=answers(list[LevelOut]), url_name="levels", summary="Levels of qualifications in plain words"
)
def levels(request: HttpRequest) -> Any:
    return list(Level.objects.all())


@api.get(
    "/subjects", response=answers(list[SubjectOut]), url_name="subjects", summary="Subjects, broad ones and their parts"
)
def subjects(request: HttpRequest) -> Any:
    names = ("code", "name", "plain_name", "parent_id")
    rows = Subject.objects.values_list(*names)
    return [{"code": code, "name": name, "plain_name": plain, "parent": parent} for code, name, plain, parent in rows]


@api.get(
    "/qualification-types", response=answers(list[QualificationTypeOut]), url_name="qualification-types",
    summary="Kinds of qualifications",
)  # fmt: skip
def qualification_types(request: HttpRequest) -> Any:
    return list(QualificationType.objects.all())


# Providers


@api.get(
    "/providers", response=answers(list[ProviderOut]), url_name="providers", summary="Colleges, schools and providers"
)
def providers(
    request: HttpRequest, area: Annotated[Slug | None, Query(description="Only those of this area.")] = None
) -> Any:
    found = _providers().filter(area__slug=area) if area else _providers()
    return [provider_out(provider, request.build_absolute_uri) for provider in found.order_by("name", "pk")]


@api.get("/providers/{reference}", response=answers(ProviderOut), url_name="provider", summary="One provider")
def provider(request: HttpRequest, reference: Annotated[Reference, Path()]) -> Any:
    return provider_out(get_object_or_404(_providers(), reference=reference), request.build_absolute_uri)


def _providers() -> Any:
    return Organisation.objects.visible_to(VISITOR).providers().select_related("area")


# Courses


@api.get("/courses", response=answers(CoursePage), url_name="courses", summary="All courses, whole")
def courses(request: HttpRequest, response: HttpResponse, question: Query[CourseQuestion]) -> Any:
    """Ordered by when they last changed: what changes while you read comes again at the end, and nothing is missed."""
    chosen = {
        "provider__area__slug": question.area,
        "provider__reference": question.provider,
        "subject__code__startswith": question.subject,
        "levels__contains": question.level and [question.level],
        "kind": question.kind,
        "stage": question.stage,
        "qualification_type": question.type,
    }
    found = _courses().filter(**{name: value for name, value in chosen.items() if value})
    if question.changed_since:
        found = found.filter(changed_at__gte=_in_utc(question.changed_since))
    if question.cursor:
        moment, pk = _cursor(question.cursor)
        # The first condition follows from the second, and is the one that the index understands.
        found = found.filter(Q(changed_at__gte=moment), Q(changed_at__gt=moment) | Q(pk__gt=pk))
    page = list(found.order_by("changed_at", "pk")[: question.limit + 1])
    page, more = page[: question.limit], page[question.limit :]
    if page:
        response["Last-Modified"] = http_date(page[-1].changed_at.timestamp())
    return {
        "items": [course_out(course, request.build_absolute_uri) for course in page],
        "next": _next(request, cursor=_cursor_after(page[-1])) if more else None,
    }


@api.get("/courses/{reference}", response=answers(CourseOut), url_name="course", summary="One course")
def course(request: HttpRequest, response: HttpResponse, reference: Annotated[Reference, Path()]) -> Any:
    found = get_object_or_404(_courses(), reference=reference)
    response["Last-Modified"] = http_date(found.changed_at.timestamp())
    return course_out(found, request.build_absolute_uri)


def _courses() -> Any:
    runs = CourseRun.objects.shown().select_related("site").order_by("provider_reference")
    requirements = EntryRequirement.objects.select_related("qualification_type", "level").order_by("position")
    return (
        with_teachers(Course.objects.visible_to(VISITOR))
        .filter(provider__ended_on=None)
        .select_related("provider__area", "consortium")
        .prefetch_related(Prefetch("runs", runs), Prefetch("requirements", requirements))
    )


@api.get("/search", response=answers(SearchPage), url_name="search", summary="The search of the portal")
def search(request: HttpRequest, question: Query[SearchQuestion]) -> Any:
    """What the search page finds, in its order and with its way of reading words, twenty at a time."""
    asked = request.GET.copy()
    asked.pop("page", None)
    asked["after"] = question.cursor
    results = queries.search_courses(SearchForm(asked).query())
    return {
        "total": results.counts.total,
        "items": [_found_out(found, request.build_absolute_uri) for found in results.courses],
        "next": _next(request, cursor=results.next_after) if results.next_after else None,
    }


def _found_out(found: Any, address: Callable[[str], str]) -> dict[str, Any]:
    course, run = found.course, found.run
    return {
        "reference": course.reference,
        "url": address(course.get_absolute_url()),
        "title": course.title,
        "provider_name": course.provider.name,
        "area_name": course.provider.area.name,
        "levels": course.levels,
        "runs": len(found.runs),
        "starts_on": run.starts_on if run else None,
        "site": run.site.name if run and run.site else "",
        "miles": found.miles,
    }


# Cursors


def _cursor_after(course: Course) -> str:
    return (
        base64.urlsafe_b64encode(json.dumps([course.changed_at.isoformat(), course.pk]).encode()).decode().rstrip("=")
    )


def _cursor(text: str) -> tuple[dt.datetime, int]:
    """Raises: HttpError for what was never a next link."""
    try:
        moment, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if type(pk) is int and 0 <= pk < 2**63:
            return _in_utc(dt.datetime.fromisoformat(moment)), pk
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError):
        pass
    raise HttpError(400, "This cursor is not one of ours. Follow the next link of a page, or begin without a cursor.")


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """A moment without a zone is in UTC; one no calendar of ours reaches is the nearest that it does."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    earliest, latest = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
    return min(max(moment, earliest), latest)


def _next(request: HttpRequest, **changed: str) -> str:
    query = {name: request.GET.getlist(name) for name in request.GET} | changed
    return request.build_absolute_uri(f"{request.path}?{urlencode(query, doseq=True)}")


# Refusals


def problem(status: int, detail: str) -> HttpResponse:
    """An answer that says in one sentence what to do (RFC 9457)."""
    content = {"type": "about:blank", "title": TITLES.get(status, "Refused"), "status": status, "detail": detail}
    return HttpResponse(json.dumps(content), status=status, content_type="application/problem+json")


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    said = [f"{one['loc'][-1]}: {one['msg'][:1].lower()}{one['msg'][1:]}" for one in error.errors]
    return problem(400, "Correct this and ask again. " + "; ".join(said) + ".")


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "There is nothing published with this reference.")


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))


def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever else is asked for under the API's address."""
    return problem(404, "The API has no such address. The list of addresses is at /api/v1/openapi.json.")


# What all addresses share


def open_to_all(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For programs of other sites too; only for reading; sent again only when it has changed; not too often."""

    @wraps(view)
    def shared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _answer(view, request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Retry-After"
        is_kept = response.status_code < 400
        response.setdefault("Cache-Control", f"public, max-age={SECONDS_KEPT}" if is_kept else "no-store")
        return response

    shared.csrf_exempt = True  # type: ignore[attr-defined] - nothing is changed here
    return shared


def _answer(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    method = request.method
    if method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Allow"] = response["Access-Control-Allow-Methods"] = ALLOWED
        response["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        return response
    if method not in ("GET", "HEAD"):
        response = problem(405, "This API is only for reading. Use GET.")
        response["Allow"] = ALLOWED
        return response
    if wait_seconds := _too_often(request):
        response = problem(429, f"Wait {wait_seconds} seconds. The whole prospectus at once is at /open-data/.")
        response["Retry-After"] = str(wait_seconds)
        return response
    request.method = "GET"  # what HEAD leaves out, the server leaves out
    response = view(request, *args, **kwargs)
    request.method = method
    if response.status_code != 200:
        return response
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    # Last-Modified is told, not asked: a run or a site may have changed where its course has not.
    return get_conditional_response(request, etag=response["ETag"], response=response)


def _too_often(request: HttpRequest) -> int:
    """Seconds to wait, or 0. Counted by address and minute."""
    # The address as the proxy in front says it, where there is one, and never as the caller says it.
    return seconds_to_wait("api", str(get_adapter().get_client_ip(request)), most=settings.API_CALLS_A_MINUTE)


def _open(urls: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    patterns, app_name, namespace = urls
    for pattern in patterns:
        pattern.callback = open_to_all(pattern.callback)
    return [pattern for pattern in patterns if pattern.name != "api-root"], app_name, namespace


API_URLS = _open(api.urls)

"""The courses of an area or of a provider as a list to print: the page, and the same as a PDF."""

from collections.abc import Iterable
from math import ceil
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from core import clock
from prospectus.exports.course_list import COURSES_AT_ONCE, course_list_pdf
from prospectus.queries import course_list
from prospectus.queries.editions import Edition, edition_of
from prospectus.views.open_data import SLUG, VISITOR, DataOutView
from prospectus.views.public import PublicMixin
from providers.models import Area, Organisation

SECONDS_REMEMBERED = 24 * 60 * 60


class OfAreaMixin:
    """The list of an area."""

    name = "area-course-list"

    def find(self) -> Area:
        slug = self.kwargs["slug"]  # type: ignore[attr-defined]
        if not SLUG.fullmatch(slug):
            raise Http404
        return get_object_or_404(Area.objects.visible_to(VISITOR), slug=slug)


class OfProviderMixin:
    """The list of a provider."""

    name = "provider-course-list"

    def find(self) -> Organisation:
        providers = Organisation.objects.visible_to(VISITOR).providers().select_related("area")
        return get_object_or_404(providers, reference=self.kwargs["reference"])  # type: ignore[attr-defined]


class ListedMixin:
    """Whose list it is, and which broad subject of it was asked for."""

    name = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        self.whose = self.find()  # type: ignore[attr-defined]
        self.subjects = course_list.subjects_of(self.whose)
        self.subject = request.GET.get("subject", "")
        counted = {subject.code: subject.courses for subject in self.subjects}
        if self.subject and self.subject not in counted:
            raise Http404
        self.courses = counted[self.subject] if self.subject else sum(counted.values())

    @property
    def address(self) -> str:
        return reverse(f"prospectus:{self.name}", args=list(self.kwargs.values()))  # type: ignore[attr-defined]

    @property
    def parts(self) -> int:
        return ceil(self.courses / COURSES_AT_ONCE)


class CourseListView(ListedMixin, PublicMixin, TemplateView):
    """The list as a page, by subject."""

    template_name = "prospectus/course_list.html"
    per_page = 100

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        courses = course_list.with_runs(course_list.courses_of(self.whose, self.subject))
        paginator = Paginator(courses, self.per_page)
        paginator.count = self.courses  # known already
        page = paginator.get_page(self.request.GET.get("page"))
        chosen = next((one for one in self.subjects if one.code == self.subject), None)
        return super().get_context_data(
            whose=self.whose,
            today=clock.today(),
            is_of_area=isinstance(self.whose, Area),
            subjects=self.subjects,
            chosen=chosen,
            number=self.courses,
            all_courses=sum(one.courses for one in self.subjects),
            address=self.address,
            page_obj=page,
            listed=course_list.by_subject(course_list.lines_of(page), self.subjects),
            pdfs=[(part, self._pdf(part)) for part in range(1, self.parts + 1)],
            **kwargs,
        )

    def _pdf(self, part: int) -> str:
        asked = {"subject": self.subject} if self.subject else {}
        asked |= {"part": str(part)} if self.parts > 1 else {}
        address = reverse(f"prospectus:{self.name}-pdf", args=list(self.kwargs.values()))
        return f"{address}?{urlencode(asked)}" if asked else address


class AreaCourseListView(OfAreaMixin, CourseListView):
    """The courses of an area."""


class ProviderCourseListView(OfProviderMixin, CourseListView):
    """The courses of a provider."""


class CourseListPdfView(ListedMixin, DataOutView):
    """One part of the list as a PDF. It is set once for each edition of the prospectus, whoever asks."""

    content_type = "application/pdf"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        asked = request.GET.get("part", "1")
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 5 and 1 <= int(asked) <= self.parts):
            raise Http404
        self.part = int(asked)

    def edition(self) -> Edition:
        whose = {"area": self.whose} if isinstance(self.whose, Area) else {"provider": self.whose}
        edition = edition_of(**whose)
        # What has started drops out at midnight without anything having changed.
        midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        mark = f"{edition.mark}-{clock.today():%Y%m%d}-{self.subject or 'all'}-{self.part}"
        return Edition(max(edition.changed_at, midnight), mark)

    def content(self) -> Iterable[bytes]:
        asked = f"?{urlencode({'subject': self.subject})}" if self.subject else ""
        address = self.request.build_absolute_uri(self.address + asked)
        key = f"course-list:{self.request.get_host()}:{self.name}:{self.whose.pk}:{self.edition().mark}"
        pdf = cache.get(key)
        if pdf is None:
            pdf = course_list_pdf(
                whose=self.whose, address=address, subject=self.subject, part=self.part, parts=self.parts
            )
            cache.set(key, pdf, SECONDS_REMEMBERED)
        return [pdf]

    def _whole(self, request: HttpRequest) -> HttpResponseBase:
        response = super()._whole(request)
        name = "-".join(["courses", *self.kwargs.values(), *([self.subject] if self.subject else [])])
        name += f"-{self.part}" if self.parts > 1 else ""
        response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        return response


class AreaCourseListPdfView(OfAreaMixin, CourseListPdfView):
    """The courses of an area on paper."""


class ProviderCourseListPdfView(OfProviderMixin, CourseListPdfView):
    """The courses of a provider on paper."""

"""Keeping courses in mind, and holding up to four of them side by side."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView, TemplateView, View

from core.errors import RuleBroken
from core.navigation import links_for
from core.views import SignedInMixin
from prospectus import queries
from prospectus.actions import keeping
from prospectus.forms.keeping import NoteForm
from prospectus.middleware import DAYS_KEPT
from prospectus.models import Course, CourseRun, CourseState, InterestKind
from prospectus.queries.compare import MOST_COMPARED, compare
from prospectus.queries.shortlist import courses_kept, shortlist_of
from prospectus.registry import way_out
from prospectus.views.public import PublicMixin
from prospectus.views.visits import count_visit

PAGE_SIZE = 30
UNDO_KEY = "shortlist_undo"


def is_from_here(request: HttpRequest) -> bool:
    """The browser itself says that a page of ours sent this. Programs that say nothing must bring a token."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def has_token(request: HttpRequest) -> bool:
    return CsrfViewMiddleware(lambda _request: HttpResponse()).process_view(request, None, (), {}) is None


@method_decorator(csrf_exempt, name="dispatch")
class ShortlistKeepView(TemplateView):
    """One press keeps a course. Its form has no token, so that pages stay the same for all: see decision 0016."""

    http_method_names = ["get", "post"]
    template_name = "prospectus/shortlist_keep.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Asks, with a token, where the browser did not say who sent the form."""
        course = self._course(request.GET.get("course", ""))
        return self.render_to_response({"course": course}) if course else redirect("prospectus:shortlist")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        course = self._course(request.POST.get("course", ""))
        if course is None:
            messages.warning(request, _("That course is not in the prospectus any more."))
            return redirect("prospectus:shortlist")
        if not is_from_here(request) and not has_token(request):
            return redirect(self.question(course))
        return self.change(request, course)

    def question(self, course: Course) -> str:
        """The page of ours that asks, with a token."""
        return f"{reverse('prospectus:shortlist-keep')}?course={course.reference}"

    def _course(self, reference: str) -> Course | None:
        return Course.objects.published().select_related("provider__area").filter(reference=reference).first()

    def change(self, request: Any, course: Course) -> HttpResponse:
        kept, refusal, response = request.shortlist.references, "", self._answer(request, course)
        if course.reference not in kept:
            try:
                self._keep(request, course, response)
            except RuleBroken as rule:
                refusal = " ".join(rule.messages)
        if request.htmx:
            return self._fragment(request, course, response, refusal)
        if refusal:
            messages.warning(request, refusal)
        return response

    def _keep(self, request: Any, course: Course, response: HttpResponse) -> None:
        kept = request.shortlist.references
        if request.user.is_authenticated:
            undone = request.session.pop(UNDO_KEY, {})
            note = undone.get("note", "") if undone.get("reference") == course.reference else ""
            keeping.keep_course(course=course, by=request.user, note=note)
        elif len(kept) >= keeping.MOST_KEPT:
            raise keeping.full(keeping.MOST_KEPT)
        request.shortlist.changed([*kept, course.reference], response)
        count_visit(request, course, InterestKind.SHORTLIST)

    def _answer(self, request: HttpRequest, course: Course) -> HttpResponse:
        """Back to the page, where the button was."""
        back = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        parts = urlsplit(back)
        if not is_ours or parts.path.startswith(reverse("prospectus:shortlist")):
            return redirect("prospectus:shortlist")
        path = f"/{parts.path.lstrip('/')}"  # two strokes would be the beginning of another site's address
        address = f"{path}?{parts.query}" if parts.query else path
        return HttpResponse(status=303, headers={"Location": f"{address}#kept-{course.reference}"})

    def _fragment(self, request: Any, course: Course, response: HttpResponse, refusal: str) -> HttpResponse:
        """The button and the menu's number, for a page with scripts. The cookie goes along."""
        key = "prospectus-shortlist"
        link = next((link for link in links_for(request, request.user) if link.key == key), None)
        is_kept = course.reference in request.shortlist.references
        drawn = render(
            request,
            "prospectus/_kept.html",
            {"course": course, "is_kept": is_kept, "link": link, "refusal": refusal},
        )
        drawn.cookies = response.cookies
        return drawn


class ShortlistRemoveView(ShortlistKeepView):
    """One press stops keeping it, whether or not it is still in the prospectus."""

    def _course(self, reference: str) -> Course | None:
        """A course that is kept, or that everybody may see: nobody learns here what a draft is called."""
        courses = Course.objects.select_related("provider__area").filter(reference=reference)
        if reference not in self.request.shortlist.references:
            courses = courses.published()
        course = courses.first()
        if course and course.state == CourseState.DRAFT:
            course.title = ""  # kept while it was published; what it is called by now is its provider's
        return course

    def question(self, course: Course) -> str:
        return f"{reverse('prospectus:shortlist')}#kept-{course.reference}"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("prospectus:shortlist")

    def change(self, request: Any, course: Course) -> HttpResponse:
        kept, response = request.shortlist.references, self._answer(request, course)
        if course.reference not in kept:
            return self._fragment(request, course, response, "") if request.htmx else response
        if request.user.is_authenticated:
            note = keeping.stop_keeping(course=course, by=request.user)
            request.session[UNDO_KEY] = {"reference": course.reference, "note": note or ""}
        if response["Location"] == reverse("prospectus:shortlist"):
            response["Location"] += f"?removed={course.reference}"
        request.shortlist.changed([one for one in kept if one != course.reference], response)
        return self._fragment(request, course, response, "") if request.htmx else response


class ShortlistView(TemplateView):
    """The courses this visitor keeps. Never kept for anybody else."""

    template_name = "prospectus/shortlist.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, notes = self.request.user, {}
        if user.is_authenticated:
            notes = {item.course.reference: item.note for item in shortlist_of(user)}
            self.request.shortlist.remember_count(len(notes))
        references = list(notes) if user.is_authenticated else self.request.shortlist.references
        page = Paginator(references, PAGE_SIZE).get_page(self.request.GET.get("page"))
        removed = self.request.GET.get("removed", "")
        return super().get_context_data(
            kept=courses_kept(list(page.object_list), notes=notes),
            page_obj=page,
            total=len(references),
            most=MOST_COMPARED,
            days=DAYS_KEPT,
            removed=Course.objects.published().filter(reference=removed).exclude(reference__in=references).first()
            if removed
            else None,
            **kwargs,
        )


class ShortlistNoteView(SignedInMixin, FormView):
    """One's own words beside a course one keeps."""

    form_class = NoteForm
    template_name = "prospectus/shortlist_note.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.item = get_object_or_404(shortlist_of(request.user), course__reference=kwargs["reference"])
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"note": self.item.note}

    def form_valid(self, form: NoteForm) -> HttpResponse:
        keeping.note_course(item=self.item, note=form.cleaned_data["note"], by=self.request.user)
        messages.success(self.request, _("Your note is saved."))
        return redirect("prospectus:shortlist")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(course=self.item.course, **kwargs)


class CompareView(PublicMixin, TemplateView):
    """Up to four courses side by side. The address says which, so it can be sent to somebody."""

    template_name = "prospectus/compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = list(dict.fromkeys(one for one in self.request.GET.getlist("course") if one))
        typed = self.request.GET.get("postcode", "")[:20]
        place = queries.place_of(typed) if typed else None
        comparison = compare(asked, place=place)
        is_folded = self.request.GET.get("only") == "differences" and len(comparison.courses) > 1
        facts = [fact for fact in comparison.facts if fact.differs] if is_folded else comparison.facts
        return super().get_context_data(
            comparison=comparison,
            facts=facts,
            is_folded=is_folded,
            most=MOST_COMPARED,
            too_many=max(0, len(asked) - MOST_COMPARED),
            missing=min(len(asked), MOST_COMPARED) - len(comparison.courses),
            postcode=typed,
            place=place,
            fold_url=self._address(only="" if is_folded else "differences"),
            **kwargs,
        )

    def _address(self, **changes: str) -> str:
        data = self.request.GET.copy()
        for name, value in changes.items():
            data.pop(name, None)
            if value:
                data[name] = value
        return f"?{data.urlencode()}"


class ApplyView(View):
    """On to the provider's own way to apply: only ever to the address the provider gave for this run, or to the page of
    ours that leads there."""

    def get(self, request: HttpRequest, reference: str, run: str) -> HttpResponse:
        runs = CourseRun.objects.on_offer().filter(course__reference=reference).exclude(apply_url="")
        found = get_object_or_404(runs.select_related("course"), reference=run)
        if not found.apply_url.startswith(("https://", "http://")):
            raise Http404
        count_visit(request, found.course, InterestKind.APPLY_CLICK)
        way = way_out(request.user, found)
        return HttpResponse(
            status=302,
            headers={"Location": way, "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"},
        )

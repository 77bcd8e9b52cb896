"""Setting one thing for many courses at once: choose it, see what would change, do it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView

from core.errors import RuleBroken
from core.views import SignedInMixin
from prospectus.actions.mending import MOST_AT_ONCE, Mended, mend_courses
from prospectus.forms.mend import MEND_FORMS, MendForm
from prospectus.models import Course
from prospectus.queries.health import Problem, in_order, with_problem
from prospectus.queries.mends import MENDS, propose, with_runs
from prospectus.words import MEND_WORDS
from providers.models import Organisation

BETWEEN = "="  # a course's reference and the moment it was seen


def _references(asked: QueryDict) -> list[str]:
    return [each for each in asked.getlist("course")[:MOST_AT_ONCE] if "\0" not in each]


class CoursesMendView(SignedInMixin, FormView):
    """Those courses of one list that were ticked, or all of it. The page repeats the number before anything is done."""

    template_name = "prospectus/courses_mend.html"
    courses: list[Course]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if kwargs["problem"] not in MENDS:
            raise Http404
        self.problem = Problem(kwargs["problem"])
        self.provider = get_object_or_404(
            Organisation.objects.editing_through(request.user), reference=kwargs["reference"]
        )
        if request.method == "POST" and "seen" in request.POST:
            self.courses = self._kept()
        else:
            self.courses = self._chosen(request.POST if request.method == "POST" else request.GET)
        if not self.courses:
            messages.info(request, _("Tick at least one course."))
            return redirect("prospectus:health-courses", self.provider.reference, self.problem.value)
        return super().dispatch(request, *args, **kwargs)

    def _chosen(self, asked: QueryDict) -> list[Course]:
        """Those of the list that were ticked, or the first of it, as many as fit."""
        listed = Course.objects.kept_by(self.request.user).filter(provider=self.provider)
        listed = in_order(with_problem(listed, self.problem), self.problem)
        if "all" not in asked:
            listed = listed.filter(reference__in=_references(asked))
        return list(with_runs(listed).select_related("provider__area")[: self.get_form_class().most or MOST_AT_ONCE])

    def _seen(self) -> dict[str, dt.datetime]:
        """When each course was last saved, as the page that is confirmed knew it."""
        pairs = (each.partition(BETWEEN) for each in self.request.POST.getlist("seen"))
        try:
            return {reference: dt.datetime.fromisoformat(moment) for reference, _mark, moment in pairs}
        except ValueError:
            raise Http404 from None

    def _kept(self) -> list[Course]:
        """Those of the page that is confirmed, whether or not something is still wrong with them."""
        kept = Course.objects.kept_by(self.request.user).filter(provider=self.provider)
        return list(kept.filter(reference__in=_references(self.request.POST)).select_related("provider__area"))

    def get_form_class(self) -> type[MendForm]:
        return MEND_FORMS[self.problem]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"courses": self.courses, "action": self.request.path}

    def form_valid(self, form: MendForm) -> HttpResponse:
        if "seen" not in self.request.POST:
            return self._show(form)
        try:
            mended = mend_courses(
                provider=self.provider,
                problem=self.problem,
                seen=self._seen(),
                answers=form.answers(),
                by=self.request.user,
            )
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        return self._answer(mended)

    def _show(self, form: MendForm) -> HttpResponse:
        """Before and after of each course, and nothing is written yet."""
        proposals = propose(self.problem, self.courses, form.answers())
        changing = [proposal for proposal in proposals if proposal.differences]
        context = self.get_context_data(form=form, changing=changing, same=len(proposals) - len(changing))
        context["seen"] = [f"{each.course.reference}{BETWEEN}{each.course.changed_at.isoformat()}" for each in changing]
        self.template_name = "prospectus/courses_mend_confirm.html"
        return self.render_to_response(context)

    def _answer(self, mended: Mended) -> HttpResponse:
        if mended.refused:
            self.template_name = "prospectus/courses_mend_done.html"
            return self.render_to_response(self.get_context_data(mended=mended))
        messages.success(
            self.request,
            ngettext("Changed %(number)s course.", "Changed %(number)s courses.", mended.done)
            % {"number": mended.done},
        )
        return redirect("prospectus:health-courses", self.provider.reference, self.problem.value)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            provider=self.provider,
            problem=self.problem,
            words=MEND_WORDS[self.problem],
            courses=self.courses,
            back=reverse("prospectus:health-courses", args=[self.provider.reference, self.problem.value]),
            **kwargs,
        )

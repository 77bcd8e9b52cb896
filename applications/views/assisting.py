"""An adult writes and sends for a learner: how they have the learner's word, and the courses they put in."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.actions import leave_receipts
from accounts.models import Learner, RollEntry
from applications import actions
from applications.forms.assisting import AssistForm
from applications.policies import LEARNER_POLICY
from applications.views.written import WRITTEN, WrittenMixin, written_application
from core import clock
from core.errors import RuleBroken
from core.views import ActionView, SignedInMixin, VisibleDetailView
from prospectus.models import CourseRun
from providers.models import Cycle, Phase

MOST_RUNS = 20


def cycle_to_write(learner: Learner) -> Cycle:
    """The newest that has opened; before any has, the first to open. For whoever is younger than Year 11, and the
    area has such cycles, of those for Years 10 and 11. 404 where none is running."""
    running = Cycle.objects.running().filter(area=learner.area_id).select_related("area")
    entry = RollEntry.objects.current().filter(learner=learner).first()
    is_younger = entry is not None and entry.year_group < 11
    cycles = list(running.filter(phase=Phase.PRE_16)) if is_younger else []
    cycles = cycles or list(running.post_16())
    opened = [cycle for cycle in cycles if cycle.opens_on <= clock.today()]
    if not cycles:
        raise Http404("No cycle is running in this area")
    return opened[-1] if opened else cycles[0]


class AssistView(ActionView):
    """Before anything is shown or written: how the adult has the learner's word. It holds for today."""

    queryset = Learner.objects.all()
    form_class = AssistForm
    template_name = "applications/assist.html"

    def require(self, user: Any) -> None:
        LEARNER_POLICY.require(user, "assist", self.thing)

    def act(self, answers: dict[str, Any]) -> Any:
        return actions.assist(learner=self.thing, cycle=cycle_to_write(self.thing), by=self.request.user, **answers)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.thing, by=self.request.user, sections=["record"])
        return super().get_context_data(cycle=cycle_to_write(self.thing), **kwargs)

    def get_success_url(self) -> str:
        return reverse("applications:profile", args=[self.result.application.reference])


class AssistedCoursesView(SignedInMixin, WrittenMixin, VisibleDetailView):
    """Courses that take applications, to put one into the application by its name or its provider's."""

    queryset = WRITTEN
    template_name = "applications/assisted_courses.html"
    context_object_name = "application"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = self.request.GET.get("q", "").replace("\0", "").strip()[:80]
        runs: Any = []
        if search:
            found = CourseRun.objects.open_for_applications().visible_to(self.request.user)
            for word in search.split()[:6]:
                found = found.filter(Q(course__title__icontains=word) | Q(course__provider__name__icontains=word))
            runs = list(found.select_related("course__provider", "site").order_by("course__title", "pk")[:MOST_RUNS])
        return super().get_context_data(search=search, runs=runs, most=MOST_RUNS, **kwargs)


class AssistedAddView(SignedInMixin, View):
    """The run is in a draft of this application."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application = written_application(request, reference)
        # A course of another year belongs to an application of its own, which is not being written today: 403.
        runs = CourseRun.objects.visible_to(request.user).select_related("course__provider")
        run = get_object_or_404(runs, reference=request.POST.get("run", "").replace("\0", ""))
        try:
            actions.add_run(learner=application.learner, run=run, by=request.user)
        except RuleBroken as rule:
            messages.warning(request, rule.message)
            return redirect("applications:assisted-courses", reference)
        messages.success(request, _("%(course)s is in the application. It is not sent yet.") % {"course": run.course})
        return redirect("applications:profile", reference)

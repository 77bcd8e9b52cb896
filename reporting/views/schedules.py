"""Reports that come by themselves, and who has taken what."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView, View

from core.errors import RuleBroken
from core.views import SignedInMixin
from providers.models import RoleKind
from reporting import actions
from reporting.forms import ReportForm, ScheduleForm, TakenForm
from reporting.models import ReportSchedule
from reporting.queries.taken import in_words, reads_taken, taken
from reporting.views.reports import ReportMixin

VERBS = {
    "pause": (actions.pause_schedule, gettext_lazy("It rests until somebody lets it go on.")),
    "resume": (actions.resume_schedule, gettext_lazy("It comes again from its next day.")),
    "take-over": (actions.take_over_schedule, gettext_lazy("It is yours to keep now, and comes again.")),
    "end": (actions.end_schedule, gettext_lazy("It comes no more.")),
}


class ScheduleReportView(ReportMixin, FormView):
    """The report as it was chosen comes by itself, to everybody in the role in which it is read."""

    form_class = ScheduleForm
    template_name = "reporting/report_schedule.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"report": self.report}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = ReportForm(self.request.GET, report=self.report, scope=self.scope)
        return super().get_context_data(
            report=self.report,
            scope=self.scope,
            said=said.said,
            role=RoleKind(self.scope.kind).label,
            back_url=said.address,
            **kwargs,
        )

    def form_valid(self, form: ScheduleForm) -> HttpResponse:
        try:
            actions.schedule_report(
                report=self.report.name, asked=self.request.GET.dict(), by=self.request.user, **form.cleaned_data
            )
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("It comes by itself from now on. Everybody in the role gets an e-mail."))
        return redirect("reporting:reports")


class ScheduleVerbView(SignedInMixin, View):
    """A report that comes by itself rests, goes on, is taken over or ends."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str, verb: str) -> HttpResponse:
        if verb not in VERBS:
            raise Http404
        schedule = get_object_or_404(ReportSchedule.objects.visible_to(request.user), reference=reference)
        act, done = VERBS[verb]
        act(schedule=schedule, by=request.user)
        messages.success(request, done)
        return redirect("reporting:reports")


class TakenView(SignedInMixin, ListView):
    """Who has fetched which report, return or list of the organisation, and when."""

    template_name = "reporting/taken.html"
    paginate_by = 50

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not reads_taken(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet:
        self.form = TakenForm(self.request.GET)
        what, days = self.form.chosen
        return taken(self.request.user, what=what, days=days)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=self.form, **kwargs)
        return context | {"rows": [in_words(event) for event in context["object_list"]]}

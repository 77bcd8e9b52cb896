"""Reports: as a page with a picture, and as files that are made in the background."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from activity.progress import ProgressMixin
from core.errors import RuleBroken
from core.views import SignedInMixin, VisibleDetailView
from reporting import actions
from reporting.exports import FORMATS, formats_of, picture_of
from reporting.forms import ReportForm
from reporting.models import ReportRun, ReportSchedule
from reporting.queries.reports import (
    REPORTS,
    Listing,
    Report,
    Scope,
    as_asked,
    as_shown,
    reads_reports,
    reports_of,
    scope_of,
)
from reporting.queries.schedules import WHEN
from reporting.queries.taken import reads_taken

LINES = 20  # each is a card of as many lines as columns on a telephone
RUNS = 20


class ReportMixin(SignedInMixin):
    """A report that this person reads; for others it does not exist."""

    request: HttpRequest
    report: Report
    scope: Scope

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        report = REPORTS.get(kwargs["name"])
        scope = scope_of(report, request.user) if report else None
        if report is None or scope is None:
            raise Http404
        self.report, self.scope = report, scope
        return super().dispatch(request, *args, **kwargs)


class ReportsView(SignedInMixin, TemplateView):
    """The reports this person reads, and the files they have asked for."""

    template_name = "reporting/reports.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not reads_reports(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = int(said) if (said := self.request.GET.get("page", "")[:4]).isdecimal() and int(said) else 1
        newest = ReportRun.objects.visible_to(self.request.user).for_list()
        found = list(newest[(page - 1) * RUNS :][: RUNS + 1])
        schedules = ReportSchedule.objects.visible_to(self.request.user).going_on().for_list()
        return super().get_context_data(
            reports=reports_of(self.request.user),
            schedules=[
                (each, REPORTS[each.report].title, WHEN[each.when]) for each in schedules if each.report in REPORTS
            ],
            reads_taken=reads_taken(self.request.user),
            runs=[(run, REPORTS[run.report].title) for run in found[:RUNS] if run.report in REPORTS],
            newer=f"?page={page - 1}#files" if page > 1 else "",
            older=f"?page={page + 1}#files" if len(found) > RUNS else "",
            **kwargs,
        )


class ReportView(ReportMixin, TemplateView):
    """The figures, a picture of one column, and buttons for the files."""

    template_name = "reporting/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ReportForm(self.request.GET, report=self.report, scope=self.scope)
        report = as_asked(self.report, self.scope, form.chosen)
        rows = report.rows(self.scope, form.chosen)
        table, shown = as_shown(report, rows)
        page = Paginator(shown, LINES).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            report=report,
            scope=self.scope,
            form=form,
            columns=table.columns,
            page_obj=page,
            lines=[[*zip(table.columns, row, strict=True)] for row in page],
            whose=report.whose(self.scope),
            is_listing=isinstance(rows, Listing),
            picture=picture_of(report, rows, asked=form.chosen, said=form.said),
            files=[(form.file_address(name), each.words) for name, each in formats_of(report).items()],
            **kwargs,
        )


class AskReportView(ReportMixin, View):
    """A file of the report is being made."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, name: str, form: str) -> HttpResponse:
        if form not in formats_of(self.report):
            raise Http404
        run = actions.ask_report(report=name, asked=request.GET.dict(), form=form, by=request.user)
        return redirect("reporting:report-run", reference=run.reference)


class ReportRunView(SignedInMixin, ProgressMixin, VisibleDetailView):
    """How far a file is, and then a button to fetch it."""

    queryset = ReportRun.objects.all()
    template_name = "reporting/report_run.html"
    context_object_name = "run"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = REPORTS[self.object.report]
        return super().get_context_data(
            report=report, fetch_url=reverse("reporting:report-fetch", args=[self.object.reference]), **kwargs
        )


class FetchReportView(SignedInMixin, View):
    """The file."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        run = get_object_or_404(ReportRun.objects.visible_to(request.user).for_list(), reference=reference)
        try:
            pieces = actions.fetch_report(run=run, by=request.user)
        except RuleBroken as rule:
            messages.error(request, rule.message)
            return redirect("reporting:report-run", reference=reference)
        name = f"{run.report}-{timezone.localdate(run.made_at)}.{run.form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store, private"}
        return StreamingHttpResponse(pieces, content_type=FORMATS[run.form].content_type, headers=headers)

"""The authority's return: made in the background, what the rules found, and the file while it is kept."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View

from accounts.actions import leave_receipts_of_many
from accounts.models import ReceiptSection
from activity.models import Event
from activity.progress import ProgressMixin
from core.errors import RuleBroken
from core.views import SignedInMixin, VisibleDetailView
from providers.models import Area
from reporting import actions
from reporting.forms_returns import AskReturnForm
from reporting.models import ReturnFinding, ReturnForm, ReturnRun
from reporting.querysets import areas_of_officer
from reporting.returns.rules import RULES
from reporting.views.guarantee import GuaranteeMixin

SHOWN = 50
LINES = 25
MEDIA = {ReturnForm.XML: "application/xml", ReturnForm.CSV: "text/csv; charset=utf-8"}


class ReturnsView(GuaranteeMixin, FormView):
    """The returns of the area, and a form for another."""

    roles = ("officer",)
    form_class = AskReturnForm
    template_name = "reporting/returns.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        theirs = Area.objects.filter(pk__in=areas_of_officer(self.request.user), authority__isnull=False)
        others = theirs.exclude(pk=self.area.pk).order_by("name")
        return super().get_form_kwargs() | {"area": self.area, "others": others}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = ReturnRun.objects.visible_to(self.request.user).filter(area=self.area).to_department().for_list()
        return super().get_context_data(runs=runs[:SHOWN], **kwargs)

    def form_valid(self, form: Any) -> Any:
        try:
            run = actions.ask_return(area=self.area, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        return redirect("reporting:return", reference=run.reference)


class ReturnView(SignedInMixin, ProgressMixin, VisibleDetailView):
    """One return: how far it is, then what the rules found, rule by rule, and who took the file."""

    queryset = ReturnRun.objects.all()
    template_name = "reporting/return.html"
    context_object_name = "run"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = self.object.findings.order_by("priority", "rule").values_list("rule").annotate(Count("pk"))
        taken = Event.objects.filter(verb="return.fetch", subject=f"reporting.returnrun:{self.object.pk}")
        return super().get_context_data(
            found=[(RULES[rule], number) for rule, number in counted],
            taken=taken.select_related("by")[:SHOWN],
            **kwargs,
        )


class ReturnFindingsView(SignedInMixin, TemplateView):
    """The learners in whose records one rule found something. That they were read leaves receipts."""

    template_name = "reporting/return_findings.html"

    @cached_property
    def run(self) -> ReturnRun:
        return get_object_or_404(ReturnRun.objects.visible_to(self.request.user), reference=self.kwargs["reference"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rule = RULES.get(self.kwargs["rule"])
        if rule is None:
            raise Http404
        findings = self.run.findings.filter(rule=rule.number)
        named = ReturnFinding.objects.visible_to(self.request.user).filter(run=self.run, rule=rule.number)
        page = Paginator(named.select_related("learner").order_by("pk"), LINES).get_page(self.request.GET.get("page"))
        leave_receipts_of_many(
            looked_at=[(finding.learner_id, ReceiptSection.RECORD) for finding in page],
            by=self.request.user,
            roles=["officer"],
        )
        unnamed = findings.count() - page.paginator.count
        context = super().get_context_data(run=self.run, page_obj=page, unnamed=unnamed, **kwargs)
        return context | {"rule": rule}


class FetchReturnView(SignedInMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        run = get_object_or_404(ReturnRun.objects.visible_to(request.user).for_list(), reference=reference)
        try:
            pieces = actions.fetch_return(run=run, by=request.user)
        except RuleBroken as rule:
            messages.error(request, rule.message)
            return redirect("reporting:return", reference=reference)
        return StreamingHttpResponse(
            pieces,
            content_type=MEDIA[ReturnForm(run.form)],
            headers={
                "Content-Disposition": f'attachment; filename="{run.file_name}"',
                "Cache-Control": "no-store, private",
            },
        )

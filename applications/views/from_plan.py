"""What an application takes from the plan: its statement, and what adults have validated."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.generic import View

from applications import actions, queries
from applications.forms.written import PlanEntriesForm
from applications.models import FormSection
from applications.views.written import SectionView, may_read_plan, written_application
from core.errors import RuleBroken
from core.views import SignedInMixin
from ilp.models import Document, Plan


class StatementTakeView(SignedInMixin, View):
    """The statement has the words of a document of the plan."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application = written_application(request, reference)
        if not may_read_plan(request.user, application):
            raise Http404
        documents = Document.objects.filter(plan__learner=application.learner_id).select_related("plan__learner")
        document = get_object_or_404(documents, reference=request.POST.get("document", "").replace("\0", ""))
        try:
            actions.take_statement(application=application, document=document, by=request.user)
            messages.success(request, _("Your statement has the words of your plan. Read it and change what you like."))
        except RuleBroken as rule:
            messages.warning(request, rule.message)
        return redirect("applications:statement", reference)


class PlanEntriesView(SectionView):
    """What adults have validated in the plan, and which of it goes with the application."""

    section = FormSection.PLAN
    template_name = "applications/plan_entries.html"
    form_class = PlanEntriesForm

    def require(self, user: Any) -> None:
        super().require(user)
        if not may_read_plan(user, self.thing):
            plans = Plan.objects.filter(learner=self.thing.learner_id)
            if self.thing.learner.user_id != user.pk or plans.exists():
                raise Http404

    def get_form_kwargs(self) -> dict[str, Any]:
        self.entries = queries.entries_that_may_go(self.thing.learner_id)
        rows = [(entry.reference, entry.name, _who_stands_behind(entry)) for entry in self.entries]
        return super().get_form_kwargs() | {"entries": rows}

    def get_initial(self) -> dict[str, Any]:
        return {
            "entries": [entry.reference for entry in queries.entries_that_go(self.thing)],
            "shown": ",".join(entry.reference for entry in self.entries),
            "seen": queries.number_of(self.thing, self.section),
            "is_done": queries.is_done(self.thing, self.section),
        }

    def act(self, answers: dict[str, Any]) -> None:
        ticked, shown = set(answers["entries"]), set(answers["shown"].split(","))
        unseen = {entry.reference for entry in self.entries} - shown if answers["shown"] else set()
        kept = [entry for entry in self.entries if entry.reference in ticked | unseen]
        actions.choose_entries(
            application=self.thing,
            kept=kept,
            seen=answers["seen"],
            is_done=answers["is_done"],
            by=self.request.user,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"entries": self.entries}


def _who_stands_behind(entry: Any) -> str:
    """Who validated it, in which role and when."""
    validation = next(iter(entry.revision.validations), None)
    if validation is None:
        return ""
    words = {"name": validation.by.name, "day": date_format(timezone.localdate(validation.at), "j F Y")}
    if validation.role is None:
        return _("Validated by %(name)s on %(day)s") % words
    words["role"] = f"{validation.role.get_kind_display()}, {validation.role.organisation}"
    return _("Validated by %(name)s (%(role)s) on %(day)s") % words

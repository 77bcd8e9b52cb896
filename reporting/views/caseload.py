"""The adviser's list: who needs them today, and what is done from it with one learner or with many."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import ListView, View

from accounts.actions import leave_receipts_of_many
from accounts.models import Learner
from accounts.queries import covered_now
from accounts.querysets.learner import ask_caseload_once
from core import clock
from core.errors import RuleBroken
from core.searching import SearchByNameMixin, is_forgotten
from ilp.actions import finish_next_step, pick_learners, record_contact
from ilp.models import Contact
from providers.models import Cycle
from providers.queries import add_working_days, working_days_of
from reporting.forms_caseload import CaseloadFilterForm, QuickContactForm
from reporting.queries.caseload import caseload, caseload_counts, caseload_options, choices_of_rows, narrowed
from reporting.queries.lights import Light
from reporting.queries.reasons import reasons_of, season_of
from reporting.queries.visits import visits
from reporting.views.base import HasRoleMixin
from reporting.words import late_spans, reasons_said

TICKED = 500
LINES_TO_WRITE = 4  # on the sheet, for each learner


class AskedMixin(HasRoleMixin, SearchByNameMixin):
    """An adviser's caseload as the address narrows it. Numbers, rows and what is done to many are of one question."""

    role_kind = "adviser"
    name_fields = ("name",)

    def narrow(self) -> QuerySet:
        """The learners that are shown. Leaves ``cycle``, ``everybody`` and ``form``."""
        cycles = Cycle.objects.post_16().filter(area__organisations=self.organisation_id).select_related("area")
        self.cycle = cycles.running().first()
        if self.cycle:
            self.area = self.cycle.area  # known by the same question
        self.entry_year = self.cycle.entry_year if self.cycle else None
        ask_caseload_once(self.request.user)
        self.everybody = caseload(self.request.user, entry_year=self.entry_year, cycle=self.cycle)
        options, reasons = caseload_options(self.request.user), reasons_of(season_of(self.cycle))
        self.form = CaseloadFilterForm(self.asked, options=options, reasons=reasons)
        return narrowed(self.everybody, **self.form.answers())

    def address(self) -> str:
        """The list as it is asked for now."""
        query = self.request.GET.urlencode()
        return reverse("reporting:caseload") + (f"?{query}" if query else "")


class CaseloadView(AskedMixin, ListView):
    template_name = "reporting/caseload.html"
    paginate_by = 25

    def get_queryset(self) -> QuerySet:
        found = self.narrow()
        anybody = {**self.form.answers(), "light": "", "reason": ""}
        self.counts = caseload_counts(narrowed(self.everybody, **anybody), cycle=self.cycle)
        return found

    def get_paginator(self, *args: Any, **kwargs: Any) -> Paginator:
        """It does not count again what has been counted."""
        paginator = super().get_paginator(*args, **kwargs)
        counted = self.counts.of(**{name: self.form.answers()[name] for name in ("light", "reason")})
        if counted is not None:
            paginator.count = counted
        return paginator

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        learners, today = context["object_list"], clock.today()
        choices = choices_of_rows(self.request.user, learners, entry_year=self.entry_year)
        spans = late_spans(learners, today=today)
        working_days = working_days_of(spans, area=self.area) if spans else {}
        return context | {
            "form": self.form,
            "entry_year": self.entry_year,
            "counts": self.counts,
            "covered": covered_now(self.request.user),
            # Drawn once: it is the same in every row.
            "quick": render_to_string("reporting/_quick_fields.html", {"form": QuickContactForm(auto_id=False)}),
            "rows": [
                (
                    learner,
                    Light(learner.light),
                    reasons_said(learner, today=today, working_days=working_days),
                    choices.get(learner.pk, []),
                )
                for learner in learners
            ],
        }


class QuickContactView(AskedMixin, View):
    """A contact of today, said with one press; then the list again, as it was."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        learner = get_object_or_404(Learner.objects.on_caseload_of(request.user), reference=kwargs["reference"])
        form = QuickContactForm(request.POST)
        if not form.is_valid():
            return self._back_with(" ".join(words for found in form.errors.values() for words in found))
        said = form.cleaned_data
        days, today = said.pop("next_in"), clock.today()
        next_on = add_working_days(today, days, area=learner.area) if days else None
        try:
            record_contact(learner=learner, by=request.user, on=today, next_on=next_on, **said)
        except RuleBroken as rule:
            return self._back_with(str(rule.message))
        messages.success(request, _("Contact with %(learner)s saved.") % {"learner": learner})
        return redirect(self.address())

    def _back_with(self, words: str) -> HttpResponse:
        messages.error(self.request, _("Nothing was saved. %(why)s") % {"why": words})
        return redirect(self.address())


class FinishStepView(AskedMixin, View):
    """The next step is done; then the list again, as it was."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        contacts = Contact.objects.visible_to(request.user).for_list()
        contact = get_object_or_404(contacts, reference=kwargs["reference"])
        finish_next_step(contact=contact, by=request.user)
        messages.success(request, _("Done: %(step)s") % {"step": contact.next_step})
        return redirect(self.address())


class _ManyView(AskedMixin, View):
    """The ticked ones, or all of the list as it is narrowed."""

    http_method_names = ["post"]

    def picked(self) -> QuerySet | None:
        """None: the list was searched by words that are not kept any more, and would be everybody."""
        shown = self.narrow()
        if self.request.POST.get("scope") == "all":
            return None if is_forgotten(self.request) else shown
        ticked = [one.replace("\0", "") for one in self.request.POST.getlist("learner")[:TICKED]]
        return self.everybody.filter(reference__in=ticked)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        picked = self.picked()
        if picked is None:
            messages.warning(request, _("What you searched for is not kept any more. Search again, then choose."))
            return redirect("reporting:caseload")
        try:
            return self.go_on(picked)
        except RuleBroken as rule:
            messages.warning(request, str(rule.message))
            return redirect(self.address())

    def go_on(self, picked: QuerySet) -> HttpResponse:
        raise AttributeError(f"{type(self).__name__} must define go_on()")


class PickForMessageView(_ManyView):
    """They stand as rows to be written to. The next page says who gets it, before anything is sent."""

    def go_on(self, picked: QuerySet) -> HttpResponse:
        return redirect("ilp:message-run", pick_learners(learners=picked, by=self.request.user).reference)


class VisitSheetView(_ManyView):
    """A sheet to take on home visits: how to find them, what was last said, what comes next, and space to write."""

    def go_on(self, picked: QuerySet) -> HttpResponse:
        rows = visits(picked, user=self.request.user)
        if not rows:
            raise RuleBroken(_("Tick some learners first."), code="nothing_picked")
        shown = {"record": True, "contact": "contact", "notes": "last"}
        leave_receipts_of_many(
            looked_at=[
                (row.learner.pk, section)
                for row in rows
                for section, what in shown.items()
                if what is True or getattr(row, str(what))
            ],
            by=self.request.user,
            roles=("adviser",),
        )
        context = {"rows": rows, "back": self.address(), "lines": range(LINES_TO_WRITE)}
        return render(self.request, "reporting/visit_sheet.html", context)

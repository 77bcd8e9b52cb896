"""The adviser's list: who needs them today, and what is done from it with one learner or with many."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import ListView, View

from accounts.actions import hand_over_learners, leave_receipts_of_many
from accounts.models import Learner
from accounts.queries import covered_now
from accounts.querysets.caseload import advisers_now
from accounts.querysets.learner import ask_caseload_once
from core import clock
from core.errors import RuleBroken
from core.searching import SearchByNameMixin, is_forgotten
from ilp.actions import finish_next_step, pick_learners, record_contact
from ilp.models import Contact
from providers.models import Cycle
from providers.queries import add_working_days, working_days_of
from reporting.forms_caseload import CaseloadFilterForm, HandOverForm, QuickContactForm
from reporting.queries.caseload import (
    Caseload,
    caseload,
    caseload_counts,
    caseload_options,
    choices_of_rows,
    narrowed,
    ticked,
)
from reporting.queries.lights import Light
from reporting.queries.reasons import reasons_of, season_of
from reporting.queries.visits import visits
from reporting.views.base import HasRoleMixin
from reporting.words import late_spans, reasons_said

TICKED = 500
LINES_TO_WRITE = 4  # on the sheet, for each learner
MOST_HANDED_OVER = 200  # of more, schools are handed over


class AskedMixin(HasRoleMixin, SearchByNameMixin):
    """An adviser's caseload as the address narrows it. Numbers, rows and what is done to many are of one question."""

    role_kind = "adviser"
    name_fields = ("name",)

    @cached_property
    def cycle(self) -> Cycle | None:
        cycles = Cycle.objects.post_16().filter(area__organisations=self.organisation_id).select_related("area")
        cycle = cycles.running().first()
        if cycle:
            self.area = cycle.area  # known by the same question
        return cycle

    @property
    def entry_year(self) -> int | None:
        return self.cycle.entry_year if self.cycle else None

    @cached_property
    def everybody(self) -> Caseload:
        ask_caseload_once(self.request.user)
        return caseload(self.request.user, entry_year=self.entry_year, cycle=self.cycle)

    @cached_property
    def form(self) -> CaseloadFilterForm:
        ask_caseload_once(self.request.user)
        options, reasons = caseload_options(self.request.user), reasons_of(season_of(self.cycle))
        return CaseloadFilterForm(self.asked, options=options, reasons=reasons)

    @cached_property
    def counted(self) -> Caseload:
        """Whom the numbers are of: those asked for, with any light and any reason or none."""
        return narrowed(self.everybody, **{**self.form.answers(), "light": "", "reason": ""})

    @cached_property
    def shown(self) -> Caseload:
        answers = self.form.answers()
        return self.counted.that(light=answers["light"], reason=answers["reason"])

    def address(self) -> str:
        """The list as it is asked for now."""
        query = self.request.GET.urlencode()
        return reverse("reporting:caseload") + (f"?{query}" if query else "")


class CaseloadView(AskedMixin, ListView):
    template_name = "reporting/caseload.html"
    paginate_by = 25

    def get_queryset(self) -> Any:
        return self.shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        learners, today = context["object_list"], clock.today()
        choices = choices_of_rows(self.request.user, learners, entry_year=self.entry_year)
        spans = late_spans(learners, today=today)
        working_days = working_days_of(spans, area=self.area) if spans else {}
        return context | {
            "form": self.form,
            "entry_year": self.entry_year,
            "counts": caseload_counts(self.counted),
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
        messages.success(request, _("Contact saved."))
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
        messages.success(request, _("The next step is done."))
        return redirect(self.address())


class _ManyView(AskedMixin, View):
    """The ticked ones, or all of the list as it is narrowed."""

    http_method_names = ["post"]

    def picked(self) -> Caseload | None:
        """None: the list was searched by words that are not kept any more, and would be everybody."""
        if self.request.POST.get("scope") == "all":
            return None if is_forgotten(self.request) else self.shown
        return ticked(self.everybody, [one.replace("\0", "") for one in self.request.POST.getlist("learner")[:TICKED]])

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

    def go_on(self, picked: Caseload) -> HttpResponse:
        raise AttributeError(f"{type(self).__name__} must define go_on()")


class PickForMessageView(_ManyView):
    """They stand as rows to be written to. The next page says who gets it, before anything is sent."""

    def go_on(self, picked: Caseload) -> HttpResponse:
        return redirect("ilp:message-run", pick_learners(learners=picked, by=self.request.user).reference)


class VisitSheetView(_ManyView):
    """A sheet to take on home visits: how to find them, what was last said, what comes next, and space to write."""

    def go_on(self, picked: Caseload) -> HttpResponse:
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


class HandOverView(_ManyView):
    """Who of the picked goes to a colleague, to whom and from when; said, they have gone. Who is only lent stays."""

    def go_on(self, picked: Caseload) -> HttpResponse:
        learners = picked[: MOST_HANDED_OVER + 1]
        if len(learners) > MOST_HANDED_OVER:
            words = _("At most %(most)s are handed over together. For more, hand over schools.")
            raise RuleBroken(words % {"most": MOST_HANDED_OVER}, code="too_many_picked")
        own = Learner.objects.own_caseload_of(self.request.user).filter(pk__in=[learner.pk for learner in learners])
        keys = set(own.values_list("pk", flat=True))
        theirs = [learner for learner in learners if learner.pk in keys]
        if not theirs:
            raise RuleBroken(_("Tick some learners first. Only those of your own can be handed over."), code="no_own")
        return self.ask(theirs, lent=len(learners) - len(theirs))

    def ask(self, theirs: list[Any], *, lent: int) -> HttpResponse:
        colleagues = advisers_now().filter(organisation=self.organisation_id).exclude(user=self.request.user)
        form = HandOverForm(
            self.request.POST if "on_day" in self.request.POST else None,
            learners=theirs,
            colleagues=list(colleagues.select_related("user", "organisation").order_by("user__name", "pk")),
        )
        if form.is_valid():
            to, on = form.cleaned_data["to"], form.cleaned_data["on"]
            try:
                number = hand_over_learners(learners=theirs, to=to, on=on, by=self.request.user)
            except RuleBroken as rule:
                form.add_error(None, rule)
            else:
                said = ngettext("%(number)s learner is handed over.", "%(number)s learners are handed over.", number)
                messages.success(self.request, said % {"number": number})
                return redirect(self.address())
        context = {"form": form, "learners": theirs, "lent": lent, "back": self.address()}
        return render(self.request, "reporting/hand_over.html", context)

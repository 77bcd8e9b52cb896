"""Results day at the admissions desk: the met are confirmed together, missed ones and exceptions one by one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from accounts.actions import leave_receipts_of_many
from applications import actions
from applications.forms import AnswerForm
from applications.models import Choice
from applications.queries.results_day import (
    Outcome,
    Source,
    Verdict,
    contradictions_at,
    in_order,
    outcome_of,
    outcomes_at,
    results_of,
)
from applications.views.admissions import DeskActionView
from applications.views.worklist import DeskMixin
from applications.words import choice_tag
from core.errors import RuleBroken
from providers.models import Organisation

ON_A_PAGE = 50
CHANGED = "changed"
HEADINGS = {
    Verdict.MET: _("Conditions met"),
    Verdict.MISSED: _("Missed, the nearest first"),
    Verdict.LOOK: _("Somebody has to look"),
    Verdict.WAITING: _("Waiting for results"),
    CHANGED: _("Results changed since you decided"),
}
TONES = {Verdict.MET: "good", Verdict.MISSED: "bad", Verdict.LOOK: "warn", CHANGED: "warn"}
ADVICE = {
    Verdict.MET: _("The results say that every condition is met. Confirm them together."),
    Verdict.MISSED: _("Confirm anyway, and what was missed is no longer asked for; or say that the place is gone."),
    Verdict.LOOK: _("The results do not decide these. Read why, then say how each condition stands."),
    Verdict.WAITING: _("Nothing to do yet: the school has not handed over any results."),
    CHANGED: _("Nothing was undone. Look at each, and decide whether it stays so."),
}


class OutcomesMixin(DeskMixin):
    """The lists of one provider, by some results."""

    request: Any
    kwargs: dict[str, Any]
    source: Source = staticmethod(results_of)

    @cached_property
    def provider(self) -> Organisation:
        asked = self.request.GET.get("provider", "")
        found = next((one for one in self.providers if one.reference == asked), None)
        if found is None and asked:
            raise Http404("Not their provider")
        return found or self.providers[0]

    @cached_property
    def outcomes(self) -> list[Outcome]:
        return outcomes_at(self.provider, source=self.source)

    def lists(self) -> dict[str, list[Any]]:
        """What is on each list, in the order of the page."""
        return {verdict: in_order(self.outcomes, verdict) for verdict in Verdict}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lists = self.lists()
        shown = self.request.GET.get("show", "")
        if shown not in lists:
            shown = next((name for name, found in lists.items() if found), Verdict.MET)
        page = Paginator(lists[shown], ON_A_PAGE).get_page(self.request.GET.get("page"))
        numbers = {name: len(found) for name, found in lists.items()}
        return super().get_context_data(  # type: ignore[misc]
            provider=self.provider,
            providers=self.providers,
            shown=shown,
            heading=HEADINGS[shown],
            advice=ADVICE[shown],
            counts=[
                (HEADINGS[name], number, self._with(name), TONES.get(name, "")) for name, number in numbers.items()
            ],
            rows=self._rows(page.object_list),
            page_obj=page,
            to_confirm=sum(one.can_be_confirmed for one in lists[Verdict.MET]),
            total=len(self.outcomes),
            **kwargs,
        )

    def _with(self, shown: str) -> str:
        query = self.request.GET.copy()
        query.pop("page", None)
        query["show"] = shown
        return f"?{query.urlencode()}"

    def _rows(self, found: Any) -> list[tuple[Any, ...]]:
        """Each with the choice as the desk names it. Whose grades stand here is told who read them."""
        choices = Choice.objects.filter(pk__in=[one.choice_id for one in found]).select_related("snapshot")
        by_key = {choice.pk: choice for choice in choices.prefetch_related("choice_runs__run__course")}
        self.leave_receipts(found)
        return [(one, by_key[one.choice_id], *choice_tag(by_key[one.choice_id], audience="provider")) for one in found]

    def leave_receipts(self, found: Any) -> None:
        looked_at = [(one.learner_id, "application") for one in found]
        leave_receipts_of_many(looked_at=looked_at, by=self.request.user, roles=("admissions", "manager"))


class ResultsDayView(OutcomesMixin, TemplateView):
    """One page for each provider: how many, and who."""

    template_name = "applications/results_day.html"

    def lists(self) -> dict[str, list[Any]]:
        return super().lists() | {CHANGED: contradictions_at(self.provider)}


class ConfirmMetView(DeskMixin, View):
    """Those whose conditions are met stand as rows, to be confirmed together after the number is repeated."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        provider = get_object_or_404(Organisation, reference=reference, pk__in=[one.pk for one in self.providers])
        met = [one.choice_id for one in outcomes_at(provider) if _is_ready(one)]
        choices = Choice.objects.received_by(request.user).filter(pk__in=met).order_by("pk")
        try:
            run = actions.pick_choices(verb="confirm_met", choices=choices.only("pk"), by=request.user)
        except RuleBroken as rule:
            messages.warning(request, str(rule.message))
            return redirect(f"{reverse('applications:results-day')}?provider={provider.reference}")
        return redirect("applications:received-together", run.reference)


def _is_ready(outcome: Outcome) -> bool:
    return outcome.verdict == Verdict.MET and outcome.can_be_confirmed


class ConfirmAnywayView(DeskActionView):
    """A near miss is taken: what was missed is no longer asked for. Where that changes between the page and the press,
    nothing is done and the page says how it stands now."""

    verb = "confirm"
    form_class = AnswerForm
    template_name = "applications/confirm_anyway.html"
    heading = _("Confirm anyway")
    words = _("Conditions that were missed are no longer asked for. The learner is told that their place is certain.")
    done = _("The place is confirmed and the learner is told.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.confirm_anyway(choice=self.thing, by=self.request.user, seen=answers["seen"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _t("Confirm anyway")}

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.outcome.seen if self.outcome else ""}

    @cached_property
    def outcome(self) -> Outcome | None:
        return outcome_of(self.thing)

    def form_invalid(self, form: Any) -> HttpResponse:
        self.__dict__.pop("outcome", None)
        form.data = form.data.copy()
        form.data["seen"] = self.get_initial()["seen"]
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(missed=self.outcome.missed if self.outcome else [], **kwargs)

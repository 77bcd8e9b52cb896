"""What is recorded of one learner's Guarantee, and the words it is recorded in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, ListView

from accounts.actions import leave_receipts
from accounts.models import Learner, RollEntry
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin
from reporting import actions
from reporting.forms_guarantee import StatusForm, StatusWordsForm
from reporting.models import GuaranteeStatus, RecordedStatus
from reporting.policies import STATUS_POLICY, WORDS_POLICY
from reporting.queries.lights import entry_year_now


class RecordStatusView(ActionView):
    """Why there is no offer, from the words of the client return."""

    queryset = Learner.objects.all()
    form_class = StatusForm
    template_name = "reporting/guarantee_status.html"
    done = _("Recorded. The figures of the September Guarantee say so from now on.")

    def get_queryset(self) -> Any:
        return Learner.objects.through_roles_of(self.request.user).select_related("area")

    def require(self, user: Any) -> None:
        STATUS_POLICY.require(user, "record", self.thing)

    @cached_property
    def entry_year(self) -> int:
        year = entry_year_now(self.thing.area)
        if year is None:
            raise Http404("No cycle is running in this area")
        return year

    def get_form_kwargs(self) -> dict[str, Any]:
        entries = RollEntry.objects.filter(learner=self.thing).order_by("-started_on", "-pk")
        return super().get_form_kwargs() | {"year_group": entries.values_list("year_group", flat=True).first()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.thing, by=self.request.user, sections=["record"], roles=["adviser", "officer"])
        return super().get_context_data(entry_year=self.entry_year, **kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        actions.record_status(learner=self.thing, entry_year=self.entry_year, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("reporting:learner", args=[self.thing.reference])


class TakeBackStatusView(ActionView):
    queryset = RecordedStatus.objects.all()
    template_name = "reporting/guarantee_status_take_back.html"
    done = _("Taken back.")

    def require(self, user: Any) -> None:
        STATUS_POLICY.require(user, "take_back", self.thing.learner)

    def get_form(self, form_class: Any = None) -> ConfirmForm:
        return ConfirmForm(**self.get_form_kwargs(), submit=gettext("Take it back"), submit_colour="warning")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.thing.learner, by=self.request.user, sections=["record"])
        return super().get_context_data(**kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        actions.take_back_status(recorded=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("reporting:learner", args=[self.thing.learner.reference])


class StatusesView(SignedInMixin, ListView):
    """The codes of the return with their words, and whether anybody has confirmed them."""

    template_name = "reporting/guarantee_statuses.html"

    def get_queryset(self) -> Any:
        if not WORDS_POLICY.can(self.request.user, "change", None):
            raise Http404
        return GuaranteeStatus.objects.visible_to(self.request.user)


class StatusWordsView(SignedInMixin, FormView):
    """What one code means, and in which published group it counts."""

    form_class = StatusWordsForm
    template_name = "reporting/guarantee_status_words.html"

    @cached_property
    def thing(self) -> GuaranteeStatus:
        if not WORDS_POLICY.can(self.request.user, "change", None):
            raise Http404
        return get_object_or_404(GuaranteeStatus.objects.visible_to(self.request.user), pk=self.kwargs["code"])

    def get_initial(self) -> dict[str, Any]:
        return {"meaning": self.thing.meaning, "category": self.thing.category}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(thing=self.thing, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            actions.change_status_words(status=self.thing, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, gettext("Saved."))
        return redirect("reporting:guarantee-statuses")

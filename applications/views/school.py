"""The home school's queue: choices of its learners that wait for its endorsement."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, ListView, TemplateView

from accounts.actions import leave_receipts_of_many
from accounts.models import Learner
from applications import actions
from applications.forms import EndorseForm, EndorseManyForm, GiveBackForm
from applications.models import Choice, ChoiceRun
from applications.queries import Destination, endorsements_by_destination, timeline, verbs_for, waiting_of
from applications.views.base import ChoiceActionView, LeavesReceiptMixin
from applications.words import choice_tag
from applications.workflow import CHOICE_FLOW
from core.errors import NotAllowed
from core.suppression import suppressed
from core.views import SignedInMixin, VisibleDetailView
from ilp.queries.year_group import schools_of_area
from providers.models import Organisation
from providers.queries import role_kinds

MOST_AT_ONCE = 50  # a page of the queue, and what is endorsed with one press


class OnRollMixin:
    """Pages of the home school: choices of the learners on its roll, whatever else the person may see."""

    receipts_as = ("coordinator",)

    def get_queryset(self) -> Any:
        return super().get_queryset().on_roll_of(self.request.user).select_related("snapshot")  # type: ignore[misc]


class SchoolDeskMixin(SignedInMixin):
    """Pages of whoever coordinates a school; to others they do not exist."""

    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.schools = Organisation.objects.coordinating_through(request.user)
        if not self.schools.exists():
            raise Http404("Not a school's desk")
        return super().dispatch(request, *args, **kwargs)


class EndorsementListView(SchoolDeskMixin, ListView):
    """What waits for this school, the most urgent first."""

    template_name = "applications/endorsements.html"
    context_object_name = "choices"
    paginate_by = MOST_AT_ONCE

    def get_queryset(self) -> Any:
        return waiting_at_school(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        leave_receipts_of(context["choices"], by=self.request.user)
        return context | {"rows": waiting_of(context["choices"])}


def leave_receipts_of(choices: Iterable[Choice], *, by: Any) -> None:
    """A page about many choices: each learner is told who read it (decision 0035)."""
    looked_at = [(choice.application.learner_id, "application") for choice in choices]
    leave_receipts_of_many(looked_at=looked_at, by=by, roles=OnRollMixin.receipts_as)


def waiting_at_school(user: Any) -> Any:
    """With what a row of the queue shows, and no more."""
    choices = Choice.objects.that_can("endorse").on_roll_of(user).with_parties()
    runs = ChoiceRun.objects.select_related("run__course")
    return choices.prefetch_related(Prefetch("choice_runs", runs)).order_by("endorse_due_on", "with_school_at", "pk")


class EndorseManyView(SchoolDeskMixin, FormView):
    """The ticked choices are endorsed together; the button repeats how many, and what could not be is listed."""

    template_name = "applications/endorsements_endorse.html"
    form_class = EndorseManyForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        ticked = [one.replace("\0", "") for one in request.GET.getlist("choice")[:MOST_AT_ONCE]]
        mine = Choice.objects.on_roll_of(request.user).filter(reference__in=ticked, with_school_at__isnull=False)
        runs = ChoiceRun.objects.select_related("run__course")
        self.ticked = list(mine.with_parties().prefetch_related(Prefetch("choice_runs", runs)).order_by("pk"))
        self.ready = [choice for choice in self.ticked if CHOICE_FLOW.targets(choice.status, "endorse")]
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.ticked:
            messages.warning(request, _("Tick some choices first."))
            return redirect("applications:endorsements")
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"number": len(self.ready)}

    def form_valid(self, form: Any) -> HttpResponse:
        by, note = self.request.user, form.cleaned_data["note"]
        outcome = actions.endorse_choices(choices=self.ticked, by=by, note=note)
        leave_receipts_of(self.ticked, by=by)
        return render(self.request, "applications/endorsements_endorsed.html", {"outcome": outcome})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        moved_on = [choice for choice in self.ticked if choice not in self.ready]
        leave_receipts_of(self.ticked, by=self.request.user)
        return super().get_context_data(rows=waiting_of(self.ready), moved_on=moved_on, **kwargs)


class EndorsementReportView(SignedInMixin, TemplateView):
    """What became of the choices, by destination: a school its own, an officer the area without small numbers."""

    template_name = "applications/endorsements_report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        kinds = role_kinds(user)
        if kinds.isdisjoint({"coordinator", "officer"}):
            raise NotAllowed("how schools endorse is for their coordinators and for officers of the area")
        is_school = "coordinator" in kinds
        schools = Organisation.objects.coordinating_through(user) if is_school else schools_of_area(user)
        rows = endorsements_by_destination(Learner.objects.on_roll_of(schools))
        return super().get_context_data(rows=rows if is_school else _suppressed(rows), is_school=is_school, **kwargs)


def _suppressed(rows: list[Destination]) -> list[Destination]:
    """Each column by itself; where the number is hidden, so is the time it took."""
    names = ("endorsed", "given_back", "ran_out", "waiting")
    columns = {name: suppressed([getattr(row, name) for row in rows]) for name in names}
    shown = [row._replace(**{name: columns[name][place] for name in names}) for place, row in enumerate(rows)]
    return [row if row.endorsed else row._replace(days=None) for row in shown]


class EndorsementView(SignedInMixin, LeavesReceiptMixin, OnRollMixin, VisibleDetailView):
    """One choice as it would go to the provider."""

    queryset = Choice.objects.exclude(snapshot=None)
    template_name = "applications/endorsement.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        verbs = verbs_for(self.request.user, self.object)
        return super().get_context_data(
            content=self.object.snapshot.content,
            can_endorse="endorse" in verbs,
            can_leave="leave" in verbs,
            tag=choice_tag(self.object, audience="school"),
            events=timeline(self.object, audience="school"),
            **kwargs,
        )


class EndorseView(LeavesReceiptMixin, OnRollMixin, ChoiceActionView):
    verb = "endorse"
    back = "applications:endorsement"
    form_class = EndorseForm
    template_name = "applications/choice_endorse.html"
    done = _("Endorsed and sent.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.endorse_choice(choice=self.thing, by=self.request.user, **answers)


class GiveBackView(LeavesReceiptMixin, OnRollMixin, ChoiceActionView):
    verb = "give_back"
    back = "applications:endorsement"
    form_class = GiveBackForm
    template_name = "applications/choice_give_back.html"
    done = _("Given back. The learner is told.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.give_back_choice(choice=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("applications:endorsements")

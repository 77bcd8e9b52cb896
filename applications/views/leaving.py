"""A learner started and has left: said by the learner, the provider or the school; and who has to be found."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView

from accounts.actions import leave_receipts_of_many
from accounts.models import Learner
from applications import actions
from applications.forms.leaving import LeaveForm, RecordLeavingForm
from applications.models import Choice, ChoiceRun
from applications.queries.leaving import with_left_early
from applications.views.admissions import DeskActionView
from applications.views.base import ChoiceActionView, LeavesReceiptMixin, OwnActionView
from applications.views.school import OnRollMixin
from core.errors import StaleState
from core.views import SignedInMixin
from providers.models import Organisation
from providers.queries import role_kinds

READ_AS = ("coordinator", "adviser")


class LeavingMixin:
    """Once: who has left already cannot leave again."""

    thing: Any
    request: Any
    verb = "leave"

    def require_possible(self) -> None:
        super().require_possible()  # type: ignore[misc]
        if self.thing.left_on is not None:
            raise StaleState("A course is left once.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.leave_course(choice=self.thing, by=self.request.user, **answers)


class LeaveView(LeavingMixin, OwnActionView):
    """The learner started and has left: they may look for another place."""

    form_class = LeaveForm
    template_name = "applications/choice_leave.html"
    done = _("We have written down that you left. You can apply for another course.")


class RecordLeavingView(LeavingMixin, DeskActionView):
    """The provider says so."""

    form_class = RecordLeavingForm
    heading = _("Left early")
    words = _(
        "They started and have left. The place is free again, and they may take another one. The learner, their school "
        "and their adviser are told."
    )
    done = _("Recorded: the learner left early. Their school and their adviser are told.")


class SchoolLeavingView(LeavingMixin, LeavesReceiptMixin, OnRollMixin, ChoiceActionView):
    """The school says so."""

    back = "applications:endorsement"
    form_class = RecordLeavingForm
    template_name = "applications/endorsement_leave.html"
    done = _("Recorded: the learner left early. The provider and their adviser are told.")


class LeftEarlyView(SignedInMixin, ListView):
    """The learners of a school, or of an adviser's caseload, who left early and have nothing since."""

    template_name = "applications/left_early.html"
    paginate_by = 50

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint(READ_AS):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        user = self.request.user
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user))
        theirs = on_roll.values("pk").union(Learner.objects.on_caseload_of(user).values("pk"))
        found = with_left_early(Learner.objects.filter(pk__in=theirs)).exclude(left_early_on=None)
        return found.order_by("-left_early_on", "family_name", "given_name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        learners = list(context["object_list"])
        choices = Choice.objects.visible_to(self.request.user).left_early().filter(application__learner__in=learners)
        runs = Prefetch("choice_runs", ChoiceRun.objects.select_related("run__course"))
        choices = choices.select_related("application", "provider").prefetch_related(runs).order_by("left_on", "pk")
        shown = {choice.application.learner_id: choice for choice in choices}
        looked_at = [(one.pk, "application" if one.pk in shown else "record") for one in learners]
        leave_receipts_of_many(looked_at=looked_at, by=self.request.user, roles=READ_AS)
        return context | {"rows": [(one, shown.get(one.pk)) for one in learners]}

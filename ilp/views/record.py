"""The client record on the desk: read by adviser and officer, written by the adviser."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import leave_receipts
from accounts.models import Learner
from core.views import ActionView, SignedInMixin, VisibleDetailView
from ilp import actions
from ilp.forms import ConfirmActivityForm, CurrentActivityForm, FactForm
from ilp.models import CurrentActivity, RecordFact, RecordKind
from ilp.policies import RECORD_POLICY
from ilp.querysets import learners_recorded_for

MOST_ROWS = 50  # of each kind


class ClientRecordView(SignedInMixin, VisibleDetailView):
    queryset = Learner.objects.all()
    template_name = "ilp/client_record.html"

    def get_queryset(self) -> Any:
        return learners_recorded_for(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, learner = self.request.user, self.object
        leave_receipts(learner=learner, by=user, sections=["record"], roles=["adviser", "officer"])
        facts = RecordFact.objects.visible_to(user).standing().for_list().filter(learner=learner)
        spells = CurrentActivity.objects.visible_to(user).standing().for_list().filter(learner=learner)
        return super().get_context_data(
            spells=spells[:MOST_ROWS],
            needs=[fact for fact in facts if fact.kind == RecordKind.NEED][:MOST_ROWS],
            destinations=[fact for fact in facts if fact.kind == RecordKind.DESTINATION][:MOST_ROWS],
            can_write=RECORD_POLICY.can(user, "write", learner),
            **kwargs,
        )


class _WriteView(ActionView):
    """One form about one learner; only for who may write."""

    template_name = "ilp/client_record_form.html"
    heading: Any = ""
    done = _("Saved.")

    @property
    def learner(self) -> Learner:
        return self.thing if isinstance(self.thing, Learner) else self.thing.learner

    def require(self, user: Any) -> None:
        RECORD_POLICY.require(user, "write", self.learner)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.learner, by=self.request.user, sections=["record"], roles=["adviser"])
        return super().get_context_data(learner=self.learner, heading=self.heading, **kwargs)

    def get_success_url(self) -> str:
        return reverse("ilp:client-record", args=[self.learner.reference])


class _LearnerWriteView(_WriteView):
    queryset = Learner.objects.all()

    def get_queryset(self) -> Any:
        return learners_recorded_for(self.request.user)


class StartActivityView(_LearnerWriteView):
    form_class = CurrentActivityForm
    heading = _("Record a new current activity")

    def act(self, answers: dict[str, Any]) -> None:
        actions.start_current_activity(learner=self.thing, by=self.request.user, **answers)


class _FactView(_LearnerWriteView):
    form_class = FactForm
    kind = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind, "question": self.heading}

    def act(self, answers: dict[str, Any]) -> None:
        actions.set_fact(learner=self.thing, kind=self.kind, by=self.request.user, **answers)


class SetNeedView(_FactView):
    kind = RecordKind.NEED
    heading = _("How much help do they need?")


class SetDestinationView(_FactView):
    kind = RecordKind.DESTINATION
    heading = _("Where do they mean to go after Year 11?")


class _SpellView(_WriteView):
    queryset = CurrentActivity.objects.all()

    def get_queryset(self) -> Any:
        return super().get_queryset().standing()


class ConfirmActivityView(_SpellView):
    form_class = ConfirmActivityForm
    heading = _("Confirm a current activity")
    done = _("Confirmed.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.confirm_current_activity(spell=self.thing, by=self.request.user, **answers)


class CorrectActivityView(_SpellView):
    form_class = CurrentActivityForm
    heading = _("Correct a current activity")
    done = _("Corrected. What was written before stays in the history.")

    def get_initial(self) -> dict[str, Any]:
        return CurrentActivityForm.initial_of(self.thing)

    def act(self, answers: dict[str, Any]) -> None:
        actions.correct_current_activity(spell=self.thing, by=self.request.user, **answers)

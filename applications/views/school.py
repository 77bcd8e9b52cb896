"""The home school's queue: choices of its learners that wait for its endorsement."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications import actions
from applications.forms import EndorseForm, GiveBackForm
from applications.models import Choice
from applications.queries import timeline, verbs_for
from applications.views.base import ChoiceActionView, LeavesReceiptMixin
from core.views import SignedInMixin, VisibleDetailView, VisibleListView
from providers.models import Organisation


class OnRollMixin:
    """Pages of the home school: choices of the learners on its roll, whatever else the person may see."""

    receipts_as = ("coordinator",)

    def get_queryset(self) -> Any:
        return super().get_queryset().on_roll_of(self.request.user).select_related("snapshot")  # type: ignore[misc]


class EndorsementListView(SignedInMixin, OnRollMixin, VisibleListView):
    """What waits for this school, the most urgent first."""

    queryset = Choice.objects.that_can("endorse").order_by("endorse_due_on", "with_school_at")
    template_name = "applications/endorsements.html"
    context_object_name = "choices"

    def get_queryset(self) -> Any:
        if not Organisation.objects.coordinating_through(self.request.user).exists():
            raise Http404("Not a school's desk")
        return super().get_queryset()


class EndorsementView(SignedInMixin, LeavesReceiptMixin, OnRollMixin, VisibleDetailView):
    """One choice as it would go to the provider."""

    queryset = Choice.objects.exclude(snapshot=None)
    template_name = "applications/endorsement.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            content=self.object.snapshot.content,
            can_endorse="endorse" in verbs_for(self.request.user, self.object),
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

"""Is this the same learner? Two records side by side, for the school that is asked and the area's help desk."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.actions import leave_receipts
from accounts.actions.doubts import ask_area_about_doubt, join_doubted, keep_doubt_apart
from accounts.doubting import is_elsewhere, side_by_side
from accounts.forms.doubts import DoubtForm
from accounts.models import LearnerDoubt
from accounts.policies import DOUBT_POLICY
from core.views import ActionView, SignedInMixin, VisibleListView
from providers.queries import role_kinds

ANSWERS = {
    "same": join_doubted,
    "different": keep_doubt_apart,
    "ask_same": lambda *, doubt, by: ask_area_about_doubt(doubt=doubt, by=by, is_thought_same=True),
    "ask_unknown": lambda *, doubt, by: ask_area_about_doubt(doubt=doubt, by=by),
}


class DoubtsView(SignedInMixin, VisibleListView):
    """What is to be answered; what the area was asked is there for both."""

    queryset = LearnerDoubt.objects
    template_name = "accounts/doubts.html"
    context_object_name = "doubts"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint({"coordinator", "help_desk"}):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return super().get_queryset().open().order_by("-state", "created_at", "pk")


class DoubtView(ActionView):
    """The two records, and the question. Where it is answered, the page says what was answered."""

    queryset = LearnerDoubt.objects
    form_class = DoubtForm
    template_name = "accounts/doubt.html"
    done = _("Saved. Thank you.")

    @cached_property
    def is_of_area(self) -> bool:
        return DOUBT_POLICY.can(self.request.user, "join_elsewhere", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_of_area": self.is_of_area, "must_ask": is_elsewhere(self.thing)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        for learner in filter(None, (self.thing.learner, self.thing.other)):
            leave_receipts(learner=learner, by=self.request.user, sections=["record", "contact"])
        return super().get_context_data(
            # What was compared is nobody's business once it is answered.
            rows=side_by_side(self.thing, is_of_area=self.is_of_area) if self.thing.is_open else [],
            can_answer=self.thing.is_open and DOUBT_POLICY.can(self.request.user, "join", self.thing),
            is_elsewhere=is_elsewhere(self.thing),
            is_of_area=self.is_of_area,
            **kwargs,
        )

    def act(self, answers: dict[str, Any]) -> LearnerDoubt:
        return ANSWERS[answers["answer"]](doubt=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("accounts:doubts")

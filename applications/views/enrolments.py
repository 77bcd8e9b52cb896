"""Rows of enrolment lists that no number says whose they are: a person looks."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import leave_receipts_of_many
from applications.actions.enrolments import settle_enrolment
from applications.forms.enrolment import SettleForm
from applications.models import Enrolment
from applications.policies import ENROLMENT_POLICY
from applications.queries.enrolments import candidates_for
from core.errors import NotAllowed
from core.views import ActionView, SignedInMixin, VisibleListView
from providers.queries import role_kinds


class EnrolmentsView(SignedInMixin, VisibleListView):
    """Rows to look at, the newest first, with how many learners each may be about."""

    queryset = Enrolment.objects.all()
    template_name = "applications/enrolments.html"
    paginate_by = 25

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and "officer" not in role_kinds(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return super().get_queryset().waiting()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["object_list"])
        found = candidates_for(self.request.user, rows)
        return context | {"rows": [(row, len(found[row.pk])) for row in rows]}


class SettleView(ActionView):
    """Whose row this is: one of those with its name and date of birth, or nobody of them."""

    queryset = Enrolment.objects.all()
    form_class = SettleForm
    template_name = "applications/enrolment_settle.html"
    done = _("You have answered whose row this is.")

    def require(self, user: Any) -> None:
        if not ENROLMENT_POLICY.can(user, "settle", self.thing):
            raise NotAllowed("rows of enrolment lists are for officers of the area")
        self.candidates = candidates_for(user, [self.thing])[self.thing.pk]
        leave_receipts_of_many(looked_at=[(each.pk, "record") for each in self.candidates], by=user, roles=("officer",))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"candidates": self.candidates}

    def act(self, answers: dict[str, Any]) -> Enrolment:
        chosen = next((each for each in self.candidates if each.reference == answers["learner"]), None)
        return settle_enrolment(enrolment=self.thing, learner=chosen, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("applications:enrolments")

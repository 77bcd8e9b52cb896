"""Offers made outside this service, recorded by an adult who answers for the learner."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import leave_receipts
from accounts.models import Learner
from applications import actions
from applications.forms import OutsideOfferForm
from applications.models import OutsideOffer
from applications.policies import LEARNER_POLICY
from core.forms import ConfirmForm
from core.views import ActionView
from providers.models import Cycle


class RecordOutsideOfferView(ActionView):
    """For which cycle is not asked: it is the one of the learner's area that ends next."""

    queryset = Learner.objects.all()
    form_class = OutsideOfferForm
    template_name = "applications/outside_offer_record.html"
    done = _("The offer is recorded and counts for the September Guarantee.")

    def require(self, user: Any) -> None:
        LEARNER_POLICY.require(user, "record_outside_offer", self.thing)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.thing, by=self.request.user, sections=["record"])
        return super().get_context_data(**kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        cycle = Cycle.objects.running().post_16().filter(area=self.thing.area_id).first()
        if cycle is None:
            raise Http404("No cycle is running in this area")
        actions.record_outside_offer(learner=self.thing, cycle=cycle, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("reporting:learner", args=[self.thing.reference])


class EndOutsideOfferView(ActionView):
    """The offer no longer stands, so it no longer counts."""

    queryset = OutsideOffer.objects.select_related("learner")
    template_name = "applications/outside_offer_end.html"
    done = _("The offer no longer counts.")

    def require(self, user: Any) -> None:
        LEARNER_POLICY.require(user, "end_outside_offer", self.thing.learner)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.thing.learner, by=self.request.user, sections=["record"])
        return super().get_context_data(**kwargs)

    def get_form(self, form_class: Any = None) -> ConfirmForm:
        return ConfirmForm(**self.get_form_kwargs(), submit=gettext("End this offer"), submit_colour="warning")

    def act(self, answers: dict[str, Any]) -> None:
        actions.end_outside_offer(outside_offer=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("reporting:learner", args=[self.thing.learner.reference])

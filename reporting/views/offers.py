"""One offer made elsewhere for many learners at once, chosen on the page of names."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.views.generic import FormView

from accounts.actions import leave_receipts_of_many
from accounts.models import Learner, ReceiptSection
from applications import actions
from applications.actions.outside_offer_lists import MOST_AT_ONCE
from core.errors import RuleBroken
from reporting.forms_guarantee import OfferForManyForm
from reporting.views.guarantee import GuaranteeMixin


class OffersForManyView(GuaranteeMixin, FormView):
    """Who has the offer stands above the form; nothing is recorded before it is sent."""

    roles = ("adviser", "coordinator")
    form_class = OfferForManyForm
    template_name = "reporting/guarantee_offers.html"

    @cached_property
    def chosen(self) -> list[Learner]:
        """Those asked for whom this person answers for."""
        references = self.request.GET.getlist("learner")[: MOST_AT_ONCE + 1]
        theirs = Learner.objects.answered_for_by(self.request.user).filter(reference__in=references, erased_at=None)
        return list(theirs.order_by("family_name", "given_name", "pk"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.chosen:
            messages.warning(request, gettext("Choose at least one learner."))
            return redirect("reporting:guarantee-learners", year_group=11)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        looked_at = [(learner.pk, ReceiptSection.RECORD) for learner in self.chosen]
        leave_receipts_of_many(looked_at=looked_at, by=self.request.user, roles=self.roles)
        return super().get_context_data(chosen=self.chosen, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            number = actions.record_outside_offers(learners=self.chosen, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        said = ngettext("%(number)s offer is recorded.", "%(number)s offers are recorded.", number)
        messages.success(self.request, said % {"number": number})
        return redirect("reporting:guarantee")

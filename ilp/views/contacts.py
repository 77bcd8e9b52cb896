from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import leave_receipts
from accounts.models import Learner
from core.views import ActionView
from ilp import actions
from ilp.forms import ContactForm
from ilp.policies import CONTACT_POLICY


class RecordContactView(ActionView):
    queryset = Learner.objects.all()
    form_class = ContactForm
    template_name = "ilp/contact_record.html"
    done = _("Contact saved.")

    def require(self, user: Any) -> None:
        CONTACT_POLICY.require(user, "record", self.thing)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.thing, by=self.request.user, sections=["record"], roles=["adviser"])
        return super().get_context_data(**kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        actions.record_contact(learner=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("reporting:learner", args=[self.thing.reference])

"""What a learner's school says about them: for the learner, and for those at the school who may see it."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts import actions
from accounts.actions import leave_receipts
from accounts.forms import ResidenceForm
from accounts.models import Attendance, Characteristics, Learner, LearnerContact, SchoolGrade
from accounts.policies import LEARNER_POLICY, coordinator_of_learner
from accounts.queries import helped_before, own_learner_of
from core.views import ActionView, SignedInMixin, VisibleDetailView
from providers.models import Organisation


def said_of(learner: Learner, user: Any) -> dict[str, Any]:
    """Grades, attendance and the place on a roll, as far as this person may see them."""
    grades = SchoolGrade.objects.visible_to(user).filter(learner=learner).for_list()
    return {
        "learner": learner,
        "entry": learner.roll_entries.current().select_related("school").first(),
        "predicted": [grade for grade in grades if grade.kind == "predicted"],
        "results": [grade for grade in grades if grade.kind == "prior"],
        "attendance": Attendance.objects.visible_to(user).filter(learner=learner).for_list(),
    }


class RecordView(SignedInMixin, TemplateView):
    """The learner's own page."""

    template_name = "accounts/record.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = own_learner_of(self.request.user)
        if learner is None:
            raise Http404
        contact = LearnerContact.objects.visible_to(self.request.user).filter(learner=learner).first()
        return super().get_context_data(contact=contact, **said_of(learner, self.request.user), **kwargs)


class RollLearnerView(SignedInMixin, VisibleDetailView):
    """One learner of a school's roll. Characteristics and contact details are for its coordinator alone."""

    queryset = Learner.objects
    template_name = "accounts/roll_learner.html"

    def get_queryset(self) -> Any:
        schools = Organisation.objects.with_role(self.request.user, "coordinator", "tutor")
        return super().get_queryset().filter(pk__in=Learner.objects.on_roll_of(schools).values("pk"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.object, by=self.request.user, sections=["record", "contact"])
        user, learner = self.request.user, self.object
        return super().get_context_data(
            contact=LearnerContact.objects.visible_to(user).filter(learner=learner).first(),
            helped=helped_before(user, learner),
            traits=Characteristics.objects.visible_to(user).filter(learner=learner).first(),
            **said_of(learner, user),
            **kwargs,
        )


class ResidenceView(ActionView):
    """Which authority a learner lives in, put right singly."""

    form_class = ResidenceForm
    template_name = "accounts/learner_residence.html"
    done = _("Saved. The figures of the September Guarantee have followed.")

    def get_queryset(self) -> Any:
        return Learner.objects.through_roles_of(self.request.user).select_related("residence_authority")

    def require(self, user: Any) -> None:
        LEARNER_POLICY.require(user, "set_residence", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"held": self.thing.residence_authority}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.thing, by=self.request.user, sections=["record"])
        return super().get_context_data(back=self.get_success_url(), **kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        actions.set_residence(learner=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        """The learner's page; the figures where an officer may not open it any more."""
        user, reference = self.request.user, self.thing.reference
        if coordinator_of_learner(user, self.thing):
            return reverse("accounts:roll-learner", args=[reference])
        if Learner.objects.through_roles_of(user).filter(pk=self.thing.pk).exists():
            return reverse("reporting:learner", args=[reference])
        return reverse("reporting:guarantee")

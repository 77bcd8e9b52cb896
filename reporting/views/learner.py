"""One learner, as staff see them."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.actions import leave_receipts
from accounts.models import Learner, LearnerContact
from applications.models import OutsideOffer
from applications.policies import LEARNER_POLICY
from core.views import SignedInMixin, VisibleDetailView
from ilp.models import Contact
from ilp.policies import CONTACT_POLICY
from reporting.queries.learners import choices_to_show
from reporting.queries.lights import Light, entry_year_now, with_light


class LearnerView(SignedInMixin, VisibleDetailView):
    """One learner, as far as this member of staff may see: the minimum for everyone, the rest with consent."""

    queryset = Learner.objects.all()
    template_name = "reporting/learner.html"

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().through_roles_of(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            # Letters and notes may still carry the reference of a record that became part of another.
            known = Learner.objects.visible_to(request.user).filter(merged__reference=kwargs["reference"])
            if (kept := known.first()) is None:
                raise
            return redirect("reporting:learner", reference=kept.reference)

    def get_object(self, queryset: Any = None) -> Learner:
        learner = super().get_object(queryset)
        if learner.user_id == self.request.user.pk:
            raise Http404  # a desk page: learners have their own
        return learner

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, learner = self.request.user, self.object
        entry_year = entry_year_now(learner.area)
        lit = get_object_or_404(with_light(Learner.objects.filter(pk=learner.pk), entry_year=entry_year))
        shown = {
            "contact": LearnerContact.objects.visible_to(user).filter(learner=learner).first(),
            "choices": choices_to_show(user, [learner], entry_year=entry_year).get(learner.pk, []),
            "notes": list(Contact.objects.visible_to(user).filter(learner=learner).for_list()[:50]),
        }
        leave_receipts(learner=learner, by=user, sections=["record", *(name for name, what in shown.items() if what)])
        return super().get_context_data(
            light=Light(lit.light),
            contact=shown["contact"],
            choices=shown["choices"],
            contacts=shown["notes"],
            shares=Learner.objects.filter(pk=learner.pk).sharing_with_advisers().exists(),
            answers_for=Learner.objects.answered_for_by(user).filter(pk=learner.pk).exists(),
            outside_offers=OutsideOffer.objects.visible_to(user).standing().filter(learner=learner),
            can_record_offers=LEARNER_POLICY.can(user, "record_outside_offer", learner),
            can_record=CONTACT_POLICY.can(user, "record", learner),
            **kwargs,
        )

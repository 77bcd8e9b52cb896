"""Clearing: places still free for a learner, and for a desk the learners without one who agreed to be seen."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.actions import leave_receipts_of_many
from applications import actions
from applications.forms.clearing import InviteForm
from applications.models import Application, ClearingInvitation, ClearingListing
from applications.policies import APPLICATION_POLICY
from applications.queries.alternatives import alternatives_to
from applications.queries.clearing import asked_by, ended_last, is_placeless, runs_to_ask_for, wanted_by
from applications.views.worklist import DeskMixin
from core.errors import RuleBroken
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView
from prospectus.queries.nearby import nearby_subjects
from providers.models import Organisation

ANSWERING = ("admissions", "manager")
ASKED_LAST = 20  # on the page of the learners without a place; the rest are one press away


def own_applications(user: Any) -> Any:
    """The learner's own, whoever else writes in them today."""
    found = Application.objects.visible_to(user).filter(learner__user=user)
    return found.select_related("learner__user", "learner__area", "cycle__area")


class PlacesView(SignedInMixin, VisibleDetailView):
    """Courses with places that fit, who has asked the learner, and whether they want to be seen."""

    template_name = "applications/places.html"

    def get_queryset(self) -> Any:
        return own_applications(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application: Application = self.object
        invitations = ClearingInvitation.objects.own_of(self.request.user).waiting().for_list()
        placeless = is_placeless(application)
        ended = ended_last(application) if placeless else None
        courses = [each.run.course for each in ended.choice_runs.all()] if ended else []
        return super().get_context_data(
            application=application,
            is_placeless=placeless,
            listing=ClearingListing.objects.filter(application=application, ended_at=None).first(),
            invitations=list(invitations.filter(listing__application=application)) if placeless else [],
            first=next(iter(courses), None),
            alternatives=alternatives_to(ended) if ended else [],
            nearby=nearby_subjects(subjects=[course.subject_id or "" for course in courses]) if ended else [],
            **kwargs,
        )


class PlacesShowView(SignedInMixin, View):
    """The learner agrees to be seen, or takes it back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str, do: str) -> HttpResponse:
        application = get_object_or_404(own_applications(request.user), reference=reference)
        APPLICATION_POLICY.require(request.user, "be_shown", application)
        try:
            if do == "agree":
                actions.agree_to_clearing(application=application, by=request.user)
                messages.success(request, _("Providers with places can see you now, while you have no place."))
            elif do == "stop":
                actions.leave_clearing(application=application, by=request.user)
                messages.success(request, _("Nobody sees you there any more."))
            else:
                raise Http404(do)
        except RuleBroken as rule:
            messages.warning(request, str(rule.message))
        return redirect("applications:places", reference)


class InvitationAnswerView(SignedInMixin, View):
    """One press: yes applies with everything the learner has written, no frees the place."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str, do: str) -> HttpResponse:
        mine = ClearingInvitation.objects.own_of(request.user).for_list()
        invitation = get_object_or_404(mine, reference=reference)
        if do not in {"yes", "no"}:
            raise Http404(do)
        try:
            if do == "yes":
                taken = actions.take_invitation(invitation=invitation, by=request.user)
                messages.success(request, _("You have applied. They answer you here."))
                return redirect("applications:choice", taken.choice.reference)
            actions.decline_invitation(invitation=invitation, by=request.user)
            messages.success(request, _("You have said no. The place is free for somebody else."))
        except RuleBroken as rule:
            messages.warning(request, str(rule.message))
            if do == "yes":
                return self._to_what_stops_it(invitation)
        return redirect("applications:places", invitation.listing.application.reference)

    def _to_what_stops_it(self, invitation: ClearingInvitation) -> HttpResponse:
        """The course as a draft: its page says all that is missing, and where to write it."""
        try:
            draft = actions.draft_invitation(invitation=invitation, by=self.request.user)
        except RuleBroken:
            return redirect("applications:places", invitation.listing.application.reference)
        return redirect("applications:choice-send", draft.reference)


class ClearingView(DeskMixin, VisibleListView):
    """Learners without a place who agreed to be seen, and wanted what this provider has a place in."""

    queryset = ClearingListing.objects.all()
    template_name = "applications/clearing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        listings = list(context["object_list"])
        wanted = wanted_by(listings)
        looked_at = [(one.application.learner_id, "choices") for one in listings]
        leave_receipts_of_many(looked_at=looked_at, by=self.request.user, roles=ANSWERING)
        asked = list(asked_by(self.providers)[: ASKED_LAST + 1])
        return context | {
            "rows": [(one, one.application.learner.known_as, wanted[one.application_id]) for one in listings],
            "invitations": asked[:ASKED_LAST],
            "has_more_invitations": len(asked) > ASKED_LAST,
        }


class ClearingAskedView(DeskMixin, VisibleListView):
    """Everybody whom one's providers have asked, the newest first, and what came of it."""

    template_name = "applications/clearing_asked.html"
    context_object_name = "invitations"

    def get_queryset(self) -> Any:
        return asked_by(self.providers)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        looked_at = {(one.listing.application.learner_id, "choices") for one in context["invitations"]}
        leave_receipts_of_many(looked_at=looked_at, by=self.request.user, roles=ANSWERING)
        return context


class ClearingInviteView(ActionView):
    """A course with a place is chosen, and the learner is asked."""

    queryset = ClearingListing.objects.all()
    form_class = InviteForm
    template_name = "applications/clearing_invite.html"
    done = _("The learner is asked. One place is kept until they have answered.")

    def get_queryset(self) -> Any:
        return super().get_queryset().exclude(application__learner__user=self.request.user)

    @cached_property
    def runs(self) -> list[Any]:
        return runs_to_ask_for(self.thing, Organisation.objects.admitting_through(self.request.user))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"runs": self.runs}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.runs else self._nothing_left()

    def form_invalid(self, form: Any) -> HttpResponse:
        return super().form_invalid(form) if self.runs else self._nothing_left()

    def _nothing_left(self) -> HttpResponse:
        messages.warning(self.request, _t("None of your places is left to ask this learner for."))
        return redirect(self.get_success_url())

    def act(self, answers: dict[str, Any]) -> None:
        run = next(run for run in self.runs if run.reference == answers["run"])
        actions.invite_from_clearing(listing=self.thing, run=run, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = wanted_by([self.thing])[self.thing.application_id]
        leave_receipts_of_many(
            looked_at=[(self.thing.application.learner_id, "choices")], by=self.request.user, roles=ANSWERING
        )
        return super().get_context_data(
            name=self.thing.application.learner.known_as, wanted=wanted, back=self.get_success_url(), **kwargs
        )

    def get_success_url(self) -> str:
        return reverse("applications:clearing")

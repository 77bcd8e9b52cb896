"""Who of an advice service answers for whom; who is away, who stands in, who is on duty; what changes hands."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView, View

from accounts import actions
from accounts.forms import AbsenceForm, CoverForm, DutyForm, HandOverLearnerForm, HandOverSchoolsForm
from accounts.models import Absence, CaseloadLearner, CaseloadSchool, Duty, Learner
from accounts.policies import CASELOAD_POLICY, keeps_caseloads
from accounts.queries import advisers_of, caseloads_of
from accounts.querysets.caseload import advisers_now, schools_without_adviser, services_known_to
from core.errors import RuleBroken
from core.views import ActionView, SignedInMixin
from providers.actions import end_role, name_manager
from providers.models import Organisation, StaffRole
from providers.policies import STAFF_POLICY


class ServiceMixin(SignedInMixin):
    """Pages of people who know an advice service; to others they do not exist."""

    request: Any
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.services:
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def services(self) -> list[Organisation]:
        known = services_known_to(self.request.user).select_related("area").order_by("name", "pk")
        return list(known)

    def colleagues(self, service: Organisation, without: StaffRole | None = None) -> list[StaffRole]:
        roles = advisers_now().filter(organisation=service).select_related("user", "organisation")
        roles = roles.exclude(pk=without.pk) if without else roles
        return list(roles.order_by("user__name", "pk"))


class CaseloadsView(ServiceMixin, TemplateView):
    template_name = "accounts/caseloads.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        mine = set(StaffRole.objects.of(user, "adviser").values_list("pk", flat=True))
        shown = [
            (caseloads_of(service), keeps_caseloads(user, service), STAFF_POLICY.can(user, "name_manager", service))
            for service in self.services
        ]
        return super().get_context_data(shown=shown, mine=mine, **kwargs)


class _CaseloadFormView(ServiceMixin, FormView):
    """One form, one action, back to who has whom."""

    heading: Any = ""
    template_name = "accounts/caseload_form.html"
    done: Any = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.services:
            self.load(request.user)
        return super().dispatch(request, *args, **kwargs)

    def load(self, user: Any) -> None:
        """Finds what the page is about. Raises: Http404, NotAllowed."""
        raise AttributeError(f"{type(self).__name__} must define load()")

    def act(self, answers: dict[str, Any]) -> None:
        raise AttributeError(f"{type(self).__name__} must define act()")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.act(form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect("accounts:caseloads")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(heading=self.heading, **kwargs)

    def role_of(self, reference: str) -> StaffRole:
        roles = advisers_now().filter(organisation__in=self.services).select_related("user", "organisation__area")
        return get_object_or_404(roles, reference=reference)

    def service_of(self, reference: str) -> Organisation:
        found = next((one for one in self.services if one.reference == reference), None)
        if found is None:
            raise Http404
        return found


class SetAbsenceView(_CaseloadFormView):
    form_class = AbsenceForm
    done = _("Saved. Whoever stands in sees the caseload on these days.")

    def load(self, user: Any) -> None:
        self.adviser = self.role_of(self.kwargs["reference"])
        CASELOAD_POLICY.require(user, "set_absence", self.adviser)
        self.heading = _t("When is %(name)s away?") % {"name": self.adviser.user}

    def get_form_kwargs(self) -> dict[str, Any]:
        colleagues = self.colleagues(self.adviser.organisation, without=self.adviser)
        return super().get_form_kwargs() | {"colleagues": colleagues}

    def act(self, answers: dict[str, Any]) -> None:
        actions.set_absence(adviser=self.adviser, by=self.request.user, **answers)


class SetCoverView(_CaseloadFormView):
    form_class = CoverForm
    done = _("Saved.")

    def load(self, user: Any) -> None:
        absences = Absence.objects.visible_to(user).standing().for_list()
        self.absence = get_object_or_404(absences, reference=self.kwargs["reference"])
        CASELOAD_POLICY.require(user, "set_cover", self.absence.adviser)
        self.heading = _t("Who stands in for %(name)s?") % {"name": self.absence.adviser.user}

    def get_initial(self) -> dict[str, Any]:
        return {"cover": self.absence.cover.reference if self.absence.cover else ""}

    def get_form_kwargs(self) -> dict[str, Any]:
        colleagues = self.colleagues(self.absence.adviser.organisation, without=self.absence.adviser)
        return super().get_form_kwargs() | {"colleagues": colleagues}

    def act(self, answers: dict[str, Any]) -> None:
        actions.set_cover(absence=self.absence, by=self.request.user, **answers)


class EndAbsenceView(ServiceMixin, View):
    """They are back, or stay."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        absence = get_object_or_404(Absence.objects.visible_to(request.user).for_list(), reference=reference)
        actions.end_absence(absence=absence, by=request.user)
        messages.success(request, _("Saved. Nobody stands in any more."))
        return redirect("accounts:caseloads")


class NameManagerView(ServiceMixin, View):
    """One of the advisers manages the service from now on."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        advisers = advisers_now().filter(organisation__in=self.services)
        name_manager(adviser=get_object_or_404(advisers, reference=reference), by=request.user)
        messages.success(request, _("Saved. Managers say who has which caseload, who stands in and who is on duty."))
        return redirect("accounts:caseloads")


class EndManagerView(ServiceMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        managers = StaffRole.objects.current().filter(kind="manager", organisation__in=self.services)
        end_role(role=get_object_or_404(managers, reference=reference), last_on=None, by=request.user)
        messages.success(request, _("Saved. They do not manage the service any more."))
        return redirect("accounts:caseloads")


class SetDutyView(_CaseloadFormView):
    form_class = DutyForm
    done = _("Saved. Whoever is on duty sees the learners who have nobody.")

    def load(self, user: Any) -> None:
        self.service = self.service_of(self.kwargs["reference"])
        CASELOAD_POLICY.require(user, "set_duty", self.service)
        self.heading = _t("Who is on duty at %(service)s?") % {"service": self.service}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"advisers": self.colleagues(self.service)}

    def act(self, answers: dict[str, Any]) -> None:
        actions.set_duty(by=self.request.user, **answers)


class EndDutyView(ServiceMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        duty = get_object_or_404(Duty.objects.visible_to(request.user).for_list(), reference=reference)
        actions.end_duty(duty=duty, by=request.user)
        messages.success(request, _("The duty is ended."))
        return redirect("accounts:caseloads")


class HandOverSchoolsView(_CaseloadFormView):
    """An adviser's schools, to a colleague, for good."""

    form_class = HandOverSchoolsForm
    done = _("Handed over.")

    def load(self, user: Any) -> None:
        self.adviser: StaffRole | None = self.role_of(self.kwargs["reference"])
        self.service = self.adviser.organisation
        CASELOAD_POLICY.require(user, "hand_over", self.service)
        self.heading = _t("Hand over schools of %(name)s") % {"name": self.adviser.user}

    def schools(self) -> list[Organisation]:
        theirs = CaseloadSchool.objects.open().filter(adviser=self.adviser, ended_on=None)
        return list(Organisation.objects.filter(pk__in=theirs.values("school")).order_by("name", "pk"))

    def get_form_kwargs(self) -> dict[str, Any]:
        colleagues = self.colleagues(self.service, without=self.adviser)
        return super().get_form_kwargs() | {"schools": self.schools(), "advisers": colleagues}

    def act(self, answers: dict[str, Any]) -> None:
        actions.hand_over_schools(of=self.adviser, by=self.request.user, **answers)


class GiveSchoolsView(HandOverSchoolsView):
    """Schools that nobody follows, to an adviser."""

    def load(self, user: Any) -> None:
        self.adviser = None
        self.service = self.service_of(self.kwargs["reference"])
        CASELOAD_POLICY.require(user, "hand_over", self.service)
        self.heading = _t("Give schools to an adviser")

    def schools(self) -> list[Organisation]:
        return list(schools_without_adviser().filter(area=self.service.area_id).order_by("name", "pk"))


class HandOverLearnerView(ServiceMixin, ActionView):
    """One learner, to a colleague, whoever answers for their school; and who has had them so far."""

    queryset = Learner.objects.all()
    form_class = HandOverLearnerForm
    template_name = "accounts/learner_hand_over.html"
    done = _("Handed over.")

    @cached_property
    def service(self) -> Organisation:
        """The adviser's own; to a help desk of several the first."""
        return self.services[0]

    def require(self, user: Any) -> None:
        CASELOAD_POLICY.require(user, "hand_over_learner", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"advisers": self.colleagues(self.service)}

    def act(self, answers: dict[str, Any]) -> None:
        actions.hand_over_learners(learners=[self.thing], by=self.request.user, **answers)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("do") == "back":
            actions.give_back_learner(learner=self.thing, by=request.user)
            messages.success(request, _("From tomorrow their school’s adviser answers for them again."))
            return redirect(self.get_success_url())
        return super().post(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("accounts:caseloads")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions.leave_receipts(learner=self.thing, by=self.request.user, sections=["record"])
        rows = CaseloadLearner.objects.filter(learner=self.thing).select_related("adviser__user")
        return super().get_context_data(
            rows=list(rows[:50]),
            is_single=any(row.ended_on is None for row in rows),
            now=list(advisers_of(self.thing.pk).select_related("user", "organisation")),
            **kwargs,
        )

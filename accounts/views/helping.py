"""Staff help somebody who cannot sign in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, View

from accounts import actions
from accounts.actions.recovery import helped_today, limit_of
from accounts.forms import FindLearnerForm, HelpForm, IdentityCheckForm, LimitForm
from accounts.models import IdentityCheck, Learner, Recovery
from accounts.policies import RECOVERY_POLICY
from accounts.queries import helped_before
from core.errors import RuleBroken
from core.views import SignedInMixin, VisibleListView
from providers.models import Area, Organisation, StaffRole
from providers.queries import role_kinds

HELPERS = frozenset({"coordinator", "adviser", "help_desk"})


def area_of_desk(user: Any) -> Area | None:
    """The area whose help desk this person is."""
    role = StaffRole.objects.of(user, "help_desk").select_related("organisation__area").order_by("pk").first()
    return role.organisation.area if role else None


class HelperMixin(SignedInMixin):
    """A page of those who may help others; for everybody else it does not exist."""

    request: HttpRequest
    kinds = HELPERS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint(self.kinds):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class RecoveriesView(HelperMixin, VisibleListView):
    """Who was helped, by whom, how they made sure, and what came of it. The help desk sets the area's limit here."""

    queryset = Recovery.objects.all()
    template_name = "accounts/recoveries.html"
    context_object_name = "recoveries"

    def post(self, request: HttpRequest) -> HttpResponse:
        area = area_of_desk(request.user)
        if area is None:
            raise Http404
        form = LimitForm(request.POST)
        if form.is_valid():
            actions.set_recovery_limit(area=area, by=request.user, **form.cleaned_data)
            messages.success(request, _("The limit is saved."))
            return redirect("accounts:recoveries")
        self.object_list = self.get_queryset()
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if area := area_of_desk(self.request.user):
            kwargs = {"area": area, "form": LimitForm(initial={"daily_limit": limit_of(area)})} | kwargs
        return super().get_context_data(**kwargs)


class IdentityChecksView(HelperMixin, FormView):
    """The ways in which staff of all areas make sure who somebody is: one more, one taken away."""

    form_class = IdentityCheckForm
    template_name = "accounts/identity_checks.html"
    kinds = frozenset({"help_desk"})
    broken = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = request.POST.get("end") or request.POST.get("again")
        if code is None:
            return super().post(request, *args, **kwargs)
        check = get_object_or_404(IdentityCheck, code=code.replace("\0", ""))
        try:
            if "end" in request.POST:
                actions.end_identity_check(check=check, by=request.user)
            else:
                actions.add_identity_check(words=check.words, by=request.user)
        except RuleBroken as rule:
            self.broken = rule.message
            return self.render_to_response(self.get_context_data(form=IdentityCheckForm()))
        return self.saved()

    def form_valid(self, form: IdentityCheckForm) -> HttpResponse:
        try:
            actions.add_identity_check(by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error("words", rule)
            return self.form_invalid(form)
        return self.saved()

    def saved(self) -> HttpResponse:
        messages.success(self.request, _("The list is saved."))
        return redirect("accounts:identity-checks")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(checks=IdentityCheck.objects.all(), broken=self.broken, **kwargs)


@method_decorator(never_cache, name="dispatch")
class NewRecoveryView(HelperMixin, FormView):
    """One learner who cannot sign in: their sign-in name, and a code once somebody made sure who it is."""

    form_class = HelpForm
    template_name = "accounts/recovery_new.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            helped = Learner.objects.helped_by(request.user).for_list()
            self.learner = get_object_or_404(helped, reference=kwargs["reference"])
            RECOVERY_POLICY.require(request.user, "start", self.learner)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, limit = self.request.user, limit_of(self.learner.area)
        actions.leave_receipts(learner=self.learner, by=user, sections=["record"])
        can_print = Organisation.objects.coordinating_through(user).filter(
            pk__in=[entry.school_id for entry in self.learner.roll_now]
        )
        return super().get_context_data(
            learner=self.learner,
            school_to_print=None if self.learner.user_id else can_print.first(),
            is_over_limit=helped_today(user) >= limit,
            limit=limit,
            helped=helped_before(user, self.learner),
            **kwargs,
        )

    def form_valid(self, form: HelpForm) -> HttpResponse:
        try:
            recovery, code = actions.start_recovery(learner=self.learner, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        if not code:
            return redirect("accounts:recovery", reference=recovery.reference)
        return card(self.request, recovery, code)


@method_decorator(never_cache, name="dispatch")
class RecoveryView(HelperMixin, View):
    """One recovery. A second person agrees here, and whoever began it then has the code."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.page(self.found(reference))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        recovery = self.found(reference)
        if recovery.by_id == request.user.pk:
            return card(request, recovery, actions.issue_recovery(recovery=recovery, by=request.user))
        actions.agree_recovery(recovery=recovery, by=request.user)
        messages.success(request, _("You have agreed. Your colleague can have the code now."))
        return redirect("accounts:recovery", reference=reference)

    def found(self, reference: str) -> Recovery:
        return get_object_or_404(Recovery.objects.visible_to(self.request.user).for_list(), reference=reference)

    def page(self, recovery: Recovery) -> HttpResponse:
        user = self.request.user
        actions.leave_receipts(learner=recovery.learner, by=user, sections=["record"])
        may = RECOVERY_POLICY.can(user, "start", recovery.learner)
        can_agree = recovery.is_waiting and recovery.by_id != user.pk and may
        is_agreed = recovery.second_id is not None and recovery.issued_at is None and recovery.ended_at is None
        context = {
            "recovery": recovery,
            "can_agree": can_agree,
            "can_issue": is_agreed and recovery.by_id == user.pk and may,
        }
        return render(self.request, "accounts/recovery.html", context)


def card(request: HttpRequest, recovery: Recovery, code: str) -> HttpResponse:
    """The code, this once: it is in this answer and nowhere else."""
    is_new = recovery.learner.user_id is None
    address = request.build_absolute_uri(reverse("accounts:unlock" if is_new else "accounts:recover"))
    context = {
        "recovery": recovery,
        "learner": recovery.learner,
        "code": code,
        "address": address.removeprefix("https://").removeprefix("http://"),
        "is_new": is_new,
    }
    return render(request, "accounts/recovery_card.html", context)


@method_decorator(never_cache, name="dispatch")
class FindLearnerView(HelperMixin, FormView):
    """The area's help desk finds exactly one learner, to help them sign in."""

    form_class = FindLearnerForm
    template_name = "accounts/learner_find.html"
    kinds = frozenset({"help_desk"})

    def get_form_kwargs(self) -> dict[str, Any]:
        self.area = area_of_desk(self.request.user)
        schools = Organisation.objects.visible_to(self.request.user).filter(area=self.area, kind="school")
        return super().get_form_kwargs() | {"schools": list(schools.order_by("name"))}

    def form_valid(self, form: FindLearnerForm) -> HttpResponse:
        learner = actions.find_learner(area=self.area, by=self.request.user, **form.cleaned_data)
        if learner is not None:
            return redirect("accounts:recovery-new", reference=learner.reference)
        form.add_error(
            None,
            _(
                "Nobody fits all of this exactly, or more than one person does. Ask for the name as it is on the "
                "school’s roll, and check the date of birth."
            ),
        )
        return self.form_invalid(form)

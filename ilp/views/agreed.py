"""Targets and actions that were agreed in reviews, and asking for help."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.generic import FormView, ListView, View

from accounts.actions import leave_receipts, leave_receipts_of_many
from accounts.queries import own_learner_of
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView
from ilp import actions
from ilp.forms.review import (
    AgreedActionForm,
    CloseHelpForm,
    HelpForm,
    MoveTargetForm,
    PassOnForm,
    ReasonForm,
    TargetForm,
)
from ilp.models import AgreedAction, HelpRequest, Review, Target
from ilp.policies import AGREED_ACTION_POLICY, HELP_POLICY, TARGET_POLICY, looks_after
from ilp.queries.reviews import help_waiting, owners_for
from ilp.views.reviews import OnReviewView, frame_of, leave_review_receipt
from ilp.views.validating import READERS, PlanStaffMixin
from ilp.workflow import HELP_FLOW, TARGET_FLOW


class SetTargetView(OnReviewView):
    form_class = TargetForm
    verb = "agree"
    heading = _l("A target")
    intro = _l("Something that can be reached, and that people can see is reached.")
    done = _l("The target is set.")

    def act(self, answers: dict[str, Any]) -> Target:
        return actions.set_target(review=self.thing, by=self.request.user, **answers)


class AgreeActionView(OnReviewView):
    form_class = AgreedActionForm
    verb = "agree"
    heading = _l("Who does what by when")
    done = _l("It is in the action plan.")

    def get_form_kwargs(self) -> dict[str, Any]:
        learner = self.thing.learner
        is_own = learner.user_id == self.request.user.pk
        owners = [] if is_own else owners_for(learner, needs=self.thing.is_about_needs)
        return super().get_form_kwargs() | {"owners": owners, "learner": str(learner), "is_own": is_own}

    def get_form(self, form_class: Any = None) -> Any:
        self.form = super().get_form(form_class)
        return self.form

    def act(self, answers: dict[str, Any]) -> AgreedAction:
        return actions.agree_action(
            review=self.thing,
            what=answers["what"],
            due_on=answers["due_on"],
            owner_role=self.form.owner_role(),
            by=self.request.user,
        )


class TargetView(SignedInMixin, VisibleDetailView):
    """One target, and what happened to it."""

    queryset = Target.objects
    template_name = "ilp/target.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        target, user = self.object, self.request.user
        leave_review_receipt(target.learner, user, needs=target.review.is_about_needs)
        verbs = [v for v in TARGET_FLOW.verbs_from(target.state) if TARGET_POLICY.can(user, v, target)]
        seen = Review.objects.visible_to(user).values("pk")
        changes = target.changes.filter(Q(review=None) | Q(review__in=seen))
        return super().get_context_data(
            target=target,
            verbs=verbs,
            changes=changes.select_related("by", "role__organisation", "review"),
            **(frame_of(user, target.learner) | kwargs),
        )


class OnAgreedView(ActionView):
    """Something somebody does with a target or an agreed action."""

    template_name = "ilp/agreed_form.html"
    policy: Any = None
    verb = ""
    heading: Any = ""
    intro: Any = ""

    def require(self, user: Any) -> None:
        self.policy.require(user, self.verb, self.thing)

    def get_success_url(self) -> str:
        return reverse("ilp:review", args=[self.thing.review.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        needs = self.thing.review.is_about_needs
        leave_review_receipt(self.thing.learner, self.request.user, needs=needs)
        about = frame_of(self.request.user, self.thing.learner) | {"heading": self.heading, "intro": self.intro}
        return super().get_context_data(**(about | {"back": self.get_success_url()} | kwargs))


class OnTargetView(OnAgreedView):
    queryset = Target.objects
    policy = TARGET_POLICY

    def get_success_url(self) -> str:
        return reverse("ilp:target", args=[self.thing.reference])


class CloseTargetView(OnTargetView):
    """Met, not met, or dropped: the verb comes with the address."""

    form_class = ReasonForm
    WORDS = {
        "meet": (_l("This target is met"), _l("It is met"), _l("What came of it? (if you like)")),
        "miss": (_l("This target is not met"), _l("It is not met"), _l("What got in the way?")),
        "drop": (_l("Drop this target"), _l("Drop it"), _l("Why?")),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.verb = kwargs["verb"]
        if self.verb not in self.WORDS:
            raise Http404
        self.heading, self.submit, self.label = self.WORDS[self.verb]
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        extra = {"submit": self.submit, "is_needed": self.verb != "meet", "label": self.label}
        return super().get_form_kwargs() | extra

    def act(self, answers: dict[str, Any]) -> Target:
        return actions.close_target(target=self.thing, verb=self.verb, by=self.request.user, **answers)


class MoveTargetView(OnTargetView):
    form_class = MoveTargetForm
    verb = "move"
    heading = _l("Move this target to another day")
    intro = _l("The day before stays in its history.")

    def get_initial(self) -> dict[str, Any]:
        return {"due_on": self.thing.due_on, "seen": self.thing.due_on}

    def act(self, answers: dict[str, Any]) -> Target:
        return actions.move_target(target=self.thing, by=self.request.user, **answers)


class ReopenTargetView(OnTargetView):
    form_class = ReasonForm
    verb = "reopen"
    heading = _l("Open this target again")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Open it again"), "is_needed": False}

    def act(self, answers: dict[str, Any]) -> Target:
        return actions.reopen_target(target=self.thing, by=self.request.user, **answers)


class OnActionView(OnAgreedView):
    queryset = AgreedAction.objects
    policy = AGREED_ACTION_POLICY


class DoActionView(OnActionView):
    form_class = ReasonForm
    verb = "do"
    heading = _l("It is done")
    done = _l("Done. Well remembered.")

    def get_form_kwargs(self) -> dict[str, Any]:
        label = _("What came of it? (if you like)")
        return super().get_form_kwargs() | {"submit": _("It is done"), "is_needed": False, "label": label}

    def act(self, answers: dict[str, Any]) -> AgreedAction:
        return actions.do_action(action=self.thing, note=answers["reason"], by=self.request.user)


class DropActionView(OnActionView):
    form_class = ReasonForm
    verb = "drop"
    heading = _l("It will not be done")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Drop it")}

    def act(self, answers: dict[str, Any]) -> AgreedAction:
        return actions.drop_action(action=self.thing, note=answers["reason"], by=self.request.user)


class ReopenActionView(OnActionView):
    form_class = ConfirmForm
    verb = "reopen"
    heading = _l("It is to be done after all")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Open it again")}

    def act(self, _answers: dict[str, Any]) -> AgreedAction:
        return actions.reopen_action(action=self.thing, by=self.request.user)


class PassOnActionView(OnActionView):
    form_class = PassOnForm
    verb = "pass_on"
    heading = _l("Somebody else does it")

    def get_form_kwargs(self) -> dict[str, Any]:
        learner = self.thing.learner
        owners = owners_for(learner, needs=self.thing.review.is_about_needs)
        return super().get_form_kwargs() | {"owners": owners, "learner": str(learner)}

    def get_form(self, form_class: Any = None) -> Any:
        self.form = super().get_form(form_class)
        return self.form

    def get_initial(self) -> dict[str, Any]:
        owner = self.thing.owner_role.reference if self.thing.owner_role else ""
        return {"due_on": self.thing.due_on, "owner": owner, "seen": self.thing.mark}

    def act(self, answers: dict[str, Any]) -> AgreedAction:
        return actions.pass_on_action(
            action=self.thing,
            owner_role=self.form.owner_role(),
            due_on=answers["due_on"],
            seen=answers["seen"],
            by=self.request.user,
        )


HELPERS = (*READERS, "help_desk")


class HelpView(SignedInMixin, FormView):
    """A learner asks for help, and sees who helps."""

    template_name = "ilp/help.html"
    form_class = HelpForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        learner = own_learner_of(request.user)
        if learner is None:
            raise Http404
        self.learner = learner
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: HelpForm) -> HttpResponse:
        actions.ask_help(learner=self.learner, by=self.request.user, **form.cleaned_data)
        if self.learner.roll_entries.current().exists():
            said = _("Your school can see that you would like help. You read here who helps you.")
        else:
            said = _("Somebody can see that you would like help. You read here who helps you.")
        messages.success(self.request, said)
        return redirect("ilp:help")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = HelpRequest.objects.own_of(self.request.user).for_list().order_by("-asked_at", "-pk")[:30]
        is_at_school = self.learner.roll_entries.current().exists()
        return super().get_context_data(requests=asked, is_at_school=is_at_school, **kwargs)


class TakeBackHelpView(SignedInMixin, View):
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        asked = get_object_or_404(HelpRequest.objects.own_of(request.user), reference=reference)
        actions.take_back_help(request=asked, by=request.user)
        messages.success(request, _("Taken back."))
        return redirect("ilp:help")


class HelpWaitingView(PlanStaffMixin, ListView):
    """Who would like help with what, whoever has waited longest first."""

    readers = HELPERS
    template_name = "ilp/help_waiting.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        asked = help_waiting(self.request.user)
        self.is_all = self.request.GET.get("all") == "1"
        return (asked if self.is_all else asked.open()).for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(is_all=self.is_all, **kwargs)
        looked_at = {(one.learner_id, "plan") for one in context["object_list"]}
        leave_receipts_of_many(looked_at=looked_at, by=self.request.user, roles=HELPERS)
        return context


class HelpRequestView(ActionView):
    """One request: taken on with a button, closed with what was done."""

    queryset = HelpRequest.objects
    template_name = "ilp/help_request.html"
    form_class = CloseHelpForm
    done = _l("Dealt with. The learner can read what was done.")

    def require(self, user: Any) -> None:
        if not any(HELP_POLICY.can(user, verb, self.thing) for verb in ("take", "close")):
            HELP_POLICY.require(user, "close", self.thing)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("do") != "take":
            return super().post(request, *args, **kwargs)
        typed = request.POST.get("seen", "")
        seen = int(typed) if typed.isdecimal() and len(typed) < 20 else None
        try:
            actions.take_help(request=self.thing, by=request.user, seen=seen)
        except RuleBroken as rule:
            messages.warning(request, rule.message)
        else:
            messages.success(request, _("You are helping. The learner sees your name."))
        return redirect("ilp:help-request", self.thing.reference)

    def act(self, answers: dict[str, Any]) -> HelpRequest:
        return actions.close_help(request=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("ilp:help-waiting")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        learner = self.thing.learner
        leave_receipts(learner=learner, by=user, sections=["plan"], roles=HELPERS)
        verbs = [v for v in HELP_FLOW.verbs_from(self.thing.state) if HELP_POLICY.can(user, v, self.thing)]
        return super().get_context_data(
            verbs=verbs, is_mine=self.thing.taken_by_id == user.pk, reads_plan=looks_after(user, learner), **kwargs
        )

"""What a learner says of applying elsewhere, and of choices that belong together."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from accounts.actions import leave_receipts
from accounts.models import Learner
from applications import actions
from applications.forms.elsewhere import CompanionForm, OwnRouteForm, SayOfferForm
from applications.models import Choice, OutsideOffer, OwnRoute
from applications.policies import APPLICATION_POLICY, LEARNER_POLICY
from applications.queries.companions import companions_of, possible_companions
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin
from prospectus.models import CourseRun
from providers.models import Cycle


class ElsewhereView(SignedInMixin, TemplateView):
    """Where the learner went to apply, what came of it, and offers they told of."""

    template_name = "applications/elsewhere.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = get_object_or_404(Learner, user=self.request.user)
        return super().get_context_data(
            routes=OwnRoute.objects.own_of(self.request.user).for_list()[:100],
            offers=OutsideOffer.objects.visible_to(self.request.user).filter(learner=learner, ended_on=None)[:100],
            **kwargs,
        )


class OwnRouteGoView(SignedInMixin, FormView):
    """The last page here before a learner applies in the provider's own way. The press keeps it for them."""

    form_class = ConfirmForm
    template_name = "applications/own_route_go.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.learner = get_object_or_404(Learner, user=request.user)
        runs = CourseRun.objects.on_offer().filter(apply_url__regex="^https?://").select_related("course__provider")
        self.run = get_object_or_404(runs, reference=kwargs["reference"])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Go on")}

    def form_valid(self, form: Any) -> HttpResponse:
        actions.go_own_route(learner=self.learner, run=self.run, by=self.request.user)
        # A page that leads on by itself: where a form may lead, the security policy says, is here only.
        return render(self.request, "applications/own_route_gone.html", {"run": self.run})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(run=self.run, **kwargs)


class OwnRouteView(ActionView):
    """Did you apply? Did you get an offer?"""

    queryset = OwnRoute.objects.all()
    form_class = OwnRouteForm
    template_name = "applications/own_route.html"
    done = _("Thank you. We have written it down.")

    def get_queryset(self) -> Any:
        return super().get_queryset().own_of(self.request.user)

    def get_initial(self) -> dict[str, Any]:
        return {"state": self.thing.state}

    def act(self, answers: dict[str, Any]) -> None:
        actions.say_own_route(route=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("applications:elsewhere")


class SayOutsideOfferView(SignedInMixin, FormView):
    """The learner tells of an offer made elsewhere; an adult confirms it."""

    form_class = SayOfferForm
    template_name = "applications/outside_offer_say.html"

    def form_valid(self, form: SayOfferForm) -> HttpResponse:
        learner = get_object_or_404(Learner, user=self.request.user)
        cycle = Cycle.objects.running().post_16().filter(area=learner.area_id).first()
        if cycle is None:
            form.add_error(None, gettext("No year of applications is running in your area. Tell your school instead."))
            return self.form_invalid(form)
        try:
            actions.say_outside_offer(learner=learner, cycle=cycle, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        return redirect("applications:elsewhere")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        get_object_or_404(Learner, user=request.user)
        return super().get(request, *args, **kwargs)


class TakeBackOutsideOfferView(ActionView):
    """The learner told of an offer by mistake."""

    queryset = OutsideOffer.objects.select_related("learner")
    template_name = "applications/outside_offer_take_back.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(learner__user=self.request.user)

    def require(self, user: Any) -> None:
        LEARNER_POLICY.require(user, "take_back_outside_offer", self.thing.learner)

    def get_form(self, form_class: Any = None) -> ConfirmForm:
        return ConfirmForm(**self.get_form_kwargs(), submit=gettext("It was a mistake"), submit_colour="warning")

    def act(self, answers: dict[str, Any]) -> None:
        was_confirmed = not self.thing.is_unconfirmed
        actions.take_back_outside_offer(outside_offer=self.thing, by=self.request.user)
        self.say_done(was_confirmed)

    def say_done(self, was_confirmed: bool) -> None:
        words = gettext("We have taken it back.")
        if was_confirmed:
            words = gettext("We have written it down. Your school or adviser looks at it.")
        messages.success(self.request, words)

    def get_success_url(self) -> str:
        return reverse("applications:elsewhere")


class ConfirmOutsideOfferView(ActionView):
    """An adult has seen the letter."""

    queryset = OutsideOffer.objects.select_related("learner")
    template_name = "applications/outside_offer_confirm.html"
    done = _("Confirmed. The offer counts for the September Guarantee.")

    def require(self, user: Any) -> None:
        LEARNER_POLICY.require(user, "confirm_outside_offer", self.thing.learner)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.thing.learner, by=self.request.user, sections=["record"])
        return super().get_context_data(**kwargs)

    def get_form(self, form_class: Any = None) -> ConfirmForm:
        return ConfirmForm(**self.get_form_kwargs(), submit=gettext("I have seen it: confirm"))

    def act(self, answers: dict[str, Any]) -> None:
        actions.confirm_outside_offer(outside_offer=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("reporting:learner", args=[self.thing.learner.reference])


class _OwnChoiceView(ActionView):
    queryset = Choice.objects.all()

    def get_queryset(self) -> Any:
        return super().get_queryset().own_of(self.request.user)

    def require(self, user: Any) -> None:
        APPLICATION_POLICY.require(user, "choose", self.thing.application)

    def get_success_url(self) -> str:
        return reverse("applications:choice", args=[self.thing.reference])


class CompanionsView(_OwnChoiceView):
    """Which choices belong with this one, and which could."""

    form_class = CompanionForm
    template_name = "applications/choice_companions.html"
    done = _("They belong together now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        self.others = list(possible_companions(self.thing))
        return super().get_form_kwargs() | {"others": self.others}

    def act(self, answers: dict[str, Any]) -> None:
        other = next(each for each in self.others if each.reference == answers["other"])
        actions.join_companions(choice=self.thing, other=other, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(companions=companions_of(self.thing), **kwargs)
        return context | {"others": self.others}


class PartView(_OwnChoiceView):
    """The choice stands by itself again."""

    template_name = "applications/choice_part.html"
    done = _("This choice stands by itself now.")

    def get_form(self, form_class: Any = None) -> ConfirmForm:
        return ConfirmForm(**self.get_form_kwargs(), submit=gettext("They do not belong together"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(companions=companions_of(self.thing), **kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        actions.part_companions(choice=self.thing, by=self.request.user)

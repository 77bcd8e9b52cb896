"""The learner's own application."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from accounts.models import Learner
from applications import actions
from applications.forms import ChoiceForm, ProfileForm, ReferralForm, WithdrawForm
from applications.models import Application, Choice
from applications.policies import APPLICATION_POLICY
from applications.queries import (
    can_hold_another,
    choices_released_by,
    next_step,
    problems_before_sending,
    snapshot_content,
    timeline,
    warnings_before_sending,
)
from applications.views.base import ChoiceActionView, buttons_for
from applications.words import STATE_WORDS, state_tag
from applications.workflow import CHOICE_FLOW
from core.errors import RuleBroken, StaleState
from core.views import ActionView, SignedInMixin, VisibleDetailView
from prospectus.models import CourseRun


class Standing:
    """One choice as its learner sees it: words, colour and what comes next."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.tag, self.colour = state_tag(choice.status, audience="learner")
        self.sentence = STATE_WORDS[choice.status].learner_sentence.format(provider=choice.provider.name)
        self.step = next_step(choice)


class HomeView(SignedInMixin, TemplateView):
    """Where everything stands and what to do next."""

    template_name = "applications/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = get_object_or_404(Learner.objects.select_related("user"), user=self.request.user)
        applications = list(
            Application.objects.visible_to(self.request.user).select_related("cycle").order_by("-cycle__entry_year")
        )
        choices = Choice.objects.own_of(self.request.user).to_show_the_learner().for_list()
        standings = [Standing(choice) for choice in choices]
        todo = [each for each in standings if each.step and each.step.is_for_learner]
        todo.sort(key=lambda each: (each.step.on is None, each.step.on))  # type: ignore[union-attr]
        parts = [
            (application, [each for each in standings if each.choice.application_id == application.pk])
            for application in applications
        ]
        return super().get_context_data(learner=learner, parts=parts, todo=todo, **kwargs)


class AddRunView(SignedInMixin, View):
    """From the course page: a run becomes a choice of its own or part of a draft at the same provider."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        learner = get_object_or_404(Learner, user=request.user)
        runs = CourseRun.objects.visible_to(request.user).select_related("course__provider")
        run = get_object_or_404(runs, reference=reference)
        choice = None
        if wanted := request.POST.get("choice"):
            choice = get_object_or_404(Choice.objects.own_of(request.user), reference=wanted)
        try:
            choice = actions.add_run(learner=learner, run=run, by=request.user, choice=choice)
        except RuleBroken as rule:
            messages.warning(request, rule.message)
            return redirect("prospectus:course", run.course.reference)
        messages.success(
            request, gettext("%(course)s is in your application. It is not sent yet.") % {"course": run.course}
        )
        return redirect("applications:choice", choice.reference)


class OwnChoiceMixin:
    """Pages of the learner's side: their own choices only, whatever else they may see."""

    def get_queryset(self) -> Any:
        return super().get_queryset().own_of(self.request.user)  # type: ignore[misc]


class ChoiceView(SignedInMixin, OwnChoiceMixin, VisibleDetailView):
    """One choice: where it stands, what is offered, what can be done, what has happened."""

    queryset = Choice.objects.all()
    template_name = "applications/choice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choice = self.object
        pages = dict(OWN_URLS)
        if not can_hold_another(choice.application):
            del pages["hold"]
        if CHOICE_FLOW.targets(choice.status, "turn_down"):
            del pages["withdraw"]  # an offer is turned down: two ways to say no would only puzzle
        return super().get_context_data(
            standing=Standing(choice),
            buttons=buttons_for(self.request.user, choice, url_names=pages),
            events=timeline(choice, audience="learner"),
            can_change=bool(CHOICE_FLOW.targets(choice.status, "send")),
            **kwargs,
        )


# The verbs a learner has a page for, and the page.
OWN_URLS = {
    "send": "applications:choice-send",
    "accept": "applications:choice-accept",
    "hold": "applications:choice-hold",
    "turn_down": "applications:choice-turn-down",
    "withdraw": "applications:choice-withdraw",
}


class ChoiceEditView(OwnChoiceMixin, ActionView):
    queryset = Choice.objects.all()
    form_class = ChoiceForm
    template_name = "applications/choice_edit.html"
    done = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        APPLICATION_POLICY.require(self.request.user, "rank", self.thing.application)
        return super().get_form_kwargs() | {
            "choice": self.thing,
            "choice_count": self.thing.application.choices.to_show_the_learner().count(),
            "can_change_runs": bool(CHOICE_FLOW.targets(self.thing.status, "send")),
        }

    def act(self, answers: dict[str, Any]) -> None:
        actions.rank_choice(choice=self.thing, rank=answers["rank"], by=self.request.user)
        kept = answers.get("runs")
        for choice_run in self.thing.choice_runs.all():
            if kept is not None and choice_run.run not in kept:
                actions.remove_run(choice=self.thing, run=choice_run.run, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("applications:choice", args=[self.thing.reference])


class ProfileView(ActionView):
    queryset = Application.objects.select_related("learner", "cycle")
    form_class = ProfileForm
    template_name = "applications/profile.html"
    done = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.thing, name) for name in ("statement", "predicted_grades", "needs")}

    def act(self, answers: dict[str, Any]) -> None:
        actions.write_profile(application=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("applications:home")


class OwnActionView(OwnChoiceMixin, ChoiceActionView):
    back = "applications:choice"


class SendView(OwnActionView):
    """What will be sent, what stops it and what may hurt it; then the button."""

    verb = "send"
    template_name = "applications/choice_send.html"

    def act(self, answers: dict[str, Any]) -> None:
        self.result = actions.send_choice(choice=self.thing, by=self.request.user)
        self.say(f"Sent. {STATE_WORDS[self.result.status].learner_sentence.format(provider=self.thing.provider.name)}")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Send this choice")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            problems=problems_before_sending(self.thing),
            warnings=warnings_before_sending(self.thing),
            content=snapshot_content(self.thing),
            **kwargs,
        )


class AcceptView(OwnActionView):
    verb = "accept"
    template_name = "applications/choice_accept.html"
    done = _("You have accepted your place. Well done!")

    def act(self, answers: dict[str, Any]) -> None:
        actions.accept_offer(choice=self.thing, by=self.request.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Accept this offer")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        released = choices_released_by(self.thing)
        keepable = [other for other in released if "hold" in CHOICE_FLOW.verbs_from(other.status)]
        can_keep_one = bool(keepable) and can_hold_another(self.thing.application)
        return super().get_context_data(released=released, can_keep_one=can_keep_one, **kwargs)


class HoldView(OwnActionView):
    verb = "hold"
    template_name = "applications/choice_hold.html"
    done = _("This offer is now your back-up.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.hold_offer(choice=self.thing, by=self.request.user)


class TurnDownView(OwnActionView):
    verb = "turn_down"
    template_name = "applications/choice_turn_down.html"
    done = _("You have turned the offer down.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.turn_down_offer(choice=self.thing, by=self.request.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Turn down this offer"), "submit_colour": "warning"}


class WithdrawView(OwnActionView):
    verb = "withdraw"
    form_class = WithdrawForm
    template_name = "applications/choice_withdraw.html"
    done = _("Withdrawn.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.withdraw_choice(choice=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("applications:home")


class ReferralView(OwnActionView):
    """Yes or no to what the provider suggests instead."""

    verb = "take_referral"
    form_class = ReferralForm
    template_name = "applications/choice_referral.html"
    done = _("Your answer is sent.")

    def require_possible(self) -> None:
        super().require_possible()
        if not self.thing.open_referrals:
            raise StaleState("There is no suggestion to answer.")

    def act(self, answers: dict[str, Any]) -> None:
        answer = actions.take_referral if answers["answer"] == "yes" else actions.decline_referral
        answer(choice=self.thing, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(referral=next(iter(self.thing.open_referrals), None), **kwargs)

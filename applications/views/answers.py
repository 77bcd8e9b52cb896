"""The learner's answers, each on a page that first says what it would bring about."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import actions
from applications.forms import AnswerForm, ReferralForm, WithdrawForm
from applications.queries import Consequences, can_hold_another, consequences_of
from applications.views.base import OwnActionView
from applications.workflow import CHOICE_FLOW
from core.errors import StaleState


class AnswerView(OwnActionView):
    """Where the world changes between the page and the press, nothing is done and the page says how it stands now."""

    form_class: Any = AnswerForm

    @cached_property
    def consequences(self) -> Consequences:
        return consequences_of(self.verb, self.thing)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.consequences.seen}

    def form_invalid(self, form: Any) -> HttpResponse:
        # Shown again as it is now, and the next press is about that.
        self.thing = self.get_queryset().get(pk=self.thing.pk)
        self.__dict__.pop("consequences", None)
        self.require_possible()
        form.data = form.data.copy()
        form.data["seen"] = self.consequences.seen
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(consequences=self.consequences, **kwargs)


class AcceptView(AnswerView):
    verb = "accept"
    template_name = "applications/choice_accept.html"
    done = _("You have accepted your place. Well done!")

    def act(self, answers: dict[str, Any]) -> None:
        actions.accept_offer(choice=self.thing, by=self.request.user, seen=answers["seen"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Accept this offer")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        keepable = [other for other in self.consequences.ends if "hold" in CHOICE_FLOW.verbs_from(other.status)]
        can_keep_one = bool(keepable) and can_hold_another(self.thing.application)
        return super().get_context_data(can_keep_one=can_keep_one, **kwargs)


class HoldView(AnswerView):
    verb = "hold"
    template_name = "applications/choice_hold.html"
    done = _("This offer is now your back-up.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.hold_offer(choice=self.thing, by=self.request.user, seen=answers["seen"])


class TurnDownView(AnswerView):
    verb = "turn_down"
    template_name = "applications/choice_turn_down.html"
    done = _("You have turned the offer down.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.turn_down_offer(choice=self.thing, by=self.request.user, seen=answers["seen"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Turn down this offer"), "submit_colour": "warning"}


class WithdrawView(AnswerView):
    verb = "withdraw"
    form_class = WithdrawForm
    template_name = "applications/choice_withdraw.html"
    done = _("Withdrawn.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.withdraw_choice(choice=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("applications:home")


class ReferralView(AnswerView):
    """Yes or no to what the provider suggests instead."""

    verb = "take_referral"
    form_class = ReferralForm
    template_name = "applications/choice_referral.html"
    done = _("Your answer is sent.")

    @property
    def pressed(self) -> str:
        return "decline_referral" if self.request.POST.get("answer") == "no" else self.verb

    def require_possible(self) -> None:
        super().require_possible()
        if not self.thing.open_referrals:
            raise StaleState("There is no suggestion to answer.")

    def act(self, answers: dict[str, Any]) -> None:
        answer = actions.take_referral if answers["answer"] == "yes" else actions.decline_referral
        answer(choice=self.thing, by=self.request.user, seen=answers["seen"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(referral=next(iter(self.thing.open_referrals), None), **kwargs)

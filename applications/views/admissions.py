"""The admissions desk: one choice that arrived, and one page for each answer."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import actions
from applications.actions import Condition
from applications.actions.releases import STAGED_VERBS
from applications.forms import (
    FailConditionsForm,
    OfferForm,
    RefuseForm,
    SuggestForm,
    WithdrawForLearnerForm,
)
from applications.forms.desk import NoteForm
from applications.forms.releases import ask_when
from applications.models import SETTLED, Choice, ConditionState, Release
from applications.policies import DESK_POLICY
from applications.queries import timeline
from applications.queries.conditions import usual_conditions_of
from applications.queries.desk import owner_of
from applications.queries.partners import partners_for
from applications.queries.reserve import reserve_place
from applications.reasons import learner_words
from applications.views.base import ChoiceActionView, LeavesReceiptMixin, buttons_for
from applications.words import DESK_VERB_WORDS, STATE_WORDS, desk_tag
from applications.workflow import CHOICE_FLOW
from core import clock
from core.errors import StaleState
from core.views import SignedInMixin, VisibleDetailView
from providers.queries import add_working_days

ENTRIES_PER_PAGE = 50  # of what has happened, notes too


class ReceivedMixin:
    """Pages of the admissions desk: choices sent to this person's providers, whatever else they may see."""

    receipts_as = ("admissions", "manager")

    def get_queryset(self) -> Any:
        queryset = super().get_queryset().received_by(self.request.user)  # type: ignore[misc]
        return queryset.select_related("snapshot", "placed_with", "handling__assigned_to", "handling__looked_by")


class ReceivedChoiceView(SignedInMixin, LeavesReceiptMixin, ReceivedMixin, VisibleDetailView):
    """What was sent, what has happened, and what can be done now."""

    queryset = Choice.objects.all()
    template_name = "applications/received_choice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choice = self.object
        user = self.request.user
        actions.look_at_choice(choice=choice, by=user)
        tag, colour = desk_tag(choice)
        owner = owner_of(choice)
        events = Paginator(timeline(choice, audience="provider", user=user), ENTRIES_PER_PAGE)
        events = events.get_page(self.request.GET.get("page"))
        staged = choice.staged_decisions.visible_to(user).waiting().select_related("release__provider").first()
        return super().get_context_data(
            tag=tag,
            colour=colour,
            reserve=reserve_place(choice),
            buttons=buttons_for(user, choice, url_names=DESK_URLS, words=DESK_VERB_WORDS),
            content=choice.snapshot.content,
            events=events.object_list,
            page_obj=events,
            owner=owner,
            is_mine=owner == user,
            can_place=DESK_POLICY.can(user, "place", choice) and bool(partners_for(choice)),
            note_form=NoteForm(url=reverse("applications:received-note", args=[choice.reference])),
            staged=staged,
            staged_words=DESK_VERB_WORDS[staged.verb].button if staged else "",
            is_staged_here=staged and Release.objects.visible_to(user).filter(pk=staged.release_id).exists(),
            can_mark=CHOICE_FLOW.targets(choice.status, "accept") or CHOICE_FLOW.targets(choice.status, "confirm"),
            interviews=choice.interviews.select_related("slot__session"),
            **kwargs,
        )


# The desk's page for each verb. Withdrawing and leaving are also the learner's, who has pages of their own for them.
DESK_URLS = {verb: f"applications:choice-{verb.replace('_', '-')}" for verb in CHOICE_FLOW.moves}
DESK_URLS["withdraw"] = "applications:received-withdraw"
DESK_URLS["leave"] = "applications:received-leave"


class DeskActionView(LeavesReceiptMixin, ReceivedMixin, ChoiceActionView):
    """One answer of the desk. ``heading`` is the page's; ``words`` say what will happen."""

    back = "applications:received-choice"
    template_name = "applications/received_action.html"
    heading = ""
    words = ""

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        if self.verb in STAGED_VERBS:
            mine = Release.objects.visible_to(self.request.user).open()
            releases = list(mine.filter(provider__in=self.thing.desk_ids)[:10])
            # What was meant to wait for a release that is closed by now must never be told at once.
            if releases or self.request.POST.get("release"):
                ask_when(form, releases)
        return form

    def form_valid(self, form: Any) -> Any:
        release = form.cleaned_data.pop("release", "")
        if release:
            self.act = partial(self._stage, release)  # type: ignore[method-assign]
            self.done = _("Decided, and not told to anybody before its hour.")
        return super().form_valid(form)

    def _stage(self, release: str, answers: dict[str, Any]) -> None:
        found = Release.objects.visible_to(self.request.user).filter(reference=release).first()
        if found is None:
            raise StaleState("No such release.")
        actions.stage_decision(
            release=found, choice=self.thing, verb=self.verb, by=self.request.user, **self.staged(answers)
        )

    def staged(self, answers: dict[str, Any]) -> dict[str, Any]:
        """What is kept of the form until the release."""
        return answers

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            heading=self.heading, words=self.words, content=self.thing.snapshot.content, **kwargs
        )


class PutOnReserveView(DeskActionView):
    verb = "put_on_reserve"
    heading = _("Put on the reserve list")
    words = _("The learner is told that they may get a place if one comes free. Your time to answer runs on.")
    done = _("The learner is on the reserve list.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.put_on_reserve(choice=self.thing, by=self.request.user)


class LookFirstMixin:
    """On request the page shows first what the learner will read, and nothing is done."""

    template_name = "applications/choice_refuse.html"
    thing: Choice
    verb: str

    def form_valid(self, form: Any) -> Any:
        if form.cleaned_data.pop("look"):
            form.data = form.data.copy()
            del form.data["look"]
            preview = self.preview(form.cleaned_data)
            return self.render_to_response(self.get_context_data(form=form, preview=preview))  # type: ignore[attr-defined]
        return super().form_valid(form)  # type: ignore[misc]

    def preview(self, answers: dict[str, Any]) -> dict[str, Any]:
        """What the learner will read."""
        after = CHOICE_FLOW.target(self.thing.status, self.verb)
        return {
            "sentence": STATE_WORDS[after].learner_sentence.format(provider=self.thing.provider.name),
            "reason": learner_words(answers["reason"]),
            "words": answers["words"],
        }


class ReasonMixin(LookFirstMixin):
    """A no with a reason."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"verb": self.verb}  # type: ignore[misc]


class RefuseView(ReasonMixin, DeskActionView):
    verb = "refuse"
    form_class = RefuseForm
    heading = _("Refuse")
    words = _("The learner is told that there is news, and reads your reason when they sign in.")
    done = _("Refused. The learner is told.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.refuse_choice(choice=self.thing, by=self.request.user, **answers)


class ReferView(LookFirstMixin, DeskActionView):
    verb = "refer"
    form_class = SuggestForm
    heading = _("Suggest another course")
    words = _("The learner says yes or no. Until then the choice stays as it is, and yes changes its courses.")
    done = _("Suggested. The learner is told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"choice": self.thing}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if not context["form"].has_runs:
            context["words"] = gettext("You have no other course to come that you could suggest.")
        return context

    def preview(self, answers: dict[str, Any]) -> dict[str, Any]:
        words = gettext("You chose %(programme)s. %(provider)s suggests:")
        return {
            "sentence": words % {"programme": self.thing.programme, "provider": self.thing.provider.name},
            "courses": [str(run.course) for run in answers["runs"]],
            "words": answers["message"],
        }

    def act(self, answers: dict[str, Any]) -> None:
        actions.refer_choice(choice=self.thing, by=self.request.user, **answers)


class OfferView(DeskActionView):
    verb = "offer"
    form_class = OfferForm
    template_name = "applications/choice_offer.html"
    heading = _("Make an offer")
    words = _("A place is kept for the learner from now until they answer.")
    done = _("The offer is made and the learner is told.")
    submit = _("Make this offer")

    def get_initial(self) -> dict[str, Any]:
        cycle = self.thing.application.cycle
        return {"answer_by_on": add_working_days(clock.today(), cycle.reply_days, area=cycle.area)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"conditions": self.conditions_now(), "submit": self.submit}

    @cached_property
    def usual(self) -> list[Condition]:
        return usual_conditions_of(self.thing)

    def conditions_now(self) -> list[Condition]:
        return self.usual if "usual" in self.request.GET else []

    def act(self, answers: dict[str, Any]) -> None:
        self.answer(
            choice=self.thing,
            by=self.request.user,
            conditions=self.form.conditions,
            answer_by_on=answers["answer_by_on"],
            message=answers["message"],
        )

    def answer(self, **offer: Any) -> None:
        actions.make_offer(**offer)

    def staged(self, answers: dict[str, Any]) -> dict[str, Any]:
        said = {name: answers[name] for name in ("answer_by_on", "message")}
        return said | {"conditions": self.form.conditions}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        full = [each.run for each in self.thing.choice_runs.all() if each.run.places_left == 0]
        is_first = self.thing.standing_offer is None
        return super().get_context_data(full=full if is_first else [], usual=self.usual, **kwargs)


class ChangeOfferView(OfferView):
    verb = "change_offer"
    heading = _("Change the offer")
    words = _("The new offer takes the place of the old one, and the learner is told.")
    done = _("The offer is changed and the learner is told.")
    submit = _("Change the offer")

    def get_initial(self) -> dict[str, Any]:
        offer = self.thing.standing_offer
        return super().get_initial() | {"message": offer.message if offer else ""}

    def conditions_now(self) -> list[Condition]:
        offer = self.thing.standing_offer
        if "usual" in self.request.GET:
            return self.usual
        return [Condition.of(each) for each in offer.conditions.all()] if offer else []

    def answer(self, **offer: Any) -> None:
        actions.change_offer(**offer)


class WithdrawOfferView(ReasonMixin, DeskActionView):
    verb = "withdraw_offer"
    form_class = RefuseForm
    heading = _("Withdraw the offer")
    words = _(
        "The learner loses this place and is told. This cannot be undone here: you would make a new offer by hand."
    )
    done = _("The offer is withdrawn and the learner is told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Withdraw the offer")}

    def act(self, answers: dict[str, Any]) -> None:
        actions.withdraw_offer(choice=self.thing, by=self.request.user, **answers)


class ConfirmView(DeskActionView):
    verb = "confirm"
    heading = _("Confirm the place")
    words = _("All conditions are met. The learner is told that their place is certain.")
    done = _("The place is confirmed and the learner is told.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.confirm_place(choice=self.thing, by=self.request.user)


class FailConditionsView(DeskActionView):
    verb = "fail_conditions"
    form_class = FailConditionsForm
    heading = _("Conditions not met")
    words = _("The learner loses this place and is told. Think of putting them on another course first.")
    done = _("Recorded. The learner is told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        offer = self.thing.standing_offer
        asked = offer.conditions.exclude(state__in=SETTLED) if offer else []
        return super().get_form_kwargs() | {"conditions": [(each.pk, each.text) for each in asked]}

    def get_initial(self) -> dict[str, Any]:
        offer = self.thing.standing_offer
        said = offer.conditions.filter(state=ConditionState.NOT_MET) if offer else []
        return {"not_met": [each.pk for each in said]}

    def act(self, answers: dict[str, Any]) -> None:
        actions.fail_conditions(choice=self.thing, by=self.request.user, **answers)


class EnrolView(DeskActionView):
    verb = "enrol"
    heading = _("Record the start")
    words = _("The learner has started with you.")
    done = _("Recorded: the learner has started.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.enrol(choice=self.thing, by=self.request.user)


class NoShowView(DeskActionView):
    verb = "no_show"
    heading = _("Did not start")
    words = _("The place is free again. The learner's adviser sees that they need help.")
    done = _("Recorded: the learner did not start.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.record_no_show(choice=self.thing, by=self.request.user)


class WithdrawForLearnerView(DeskActionView):
    verb = "withdraw"
    form_class = WithdrawForLearnerForm
    heading = _("Withdraw for the learner")
    words = _("Only when the learner has told you so. They are told that you did it.")
    done = _("Withdrawn. The learner is told.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.withdraw_choice(choice=self.thing, by=self.request.user, **answers)

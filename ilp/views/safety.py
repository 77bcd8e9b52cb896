"""Flagged messages and other words, the words that flag them, quiet hours, and who is called first."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView

from accounts.actions import leave_receipts
from activity.queries import history_of
from core.errors import RuleBroken
from core.views import ActionView, SignedInMixin, VisibleListView
from ilp import actions
from ilp.forms import CloseFlagForm, PhraseForm, RulesForm, SafeguardingForm
from ilp.models import (
    ConcernPhrase,
    Conversation,
    Entry,
    FlagPlace,
    HelpRequest,
    MessageFlag,
    Review,
    SafeguardingContact,
)
from ilp.policies import PHRASE_POLICY, SERVICE_POLICY
from ilp.queries import looked_after_by, rules_of
from ilp.querysets.plan import of_staff
from ilp.views.help_desk import HelpDeskMixin
from ilp.workflow import FLAG_FLOW, FlagState
from providers.models import Organisation, StaffRole
from providers.queries import role_kinds

CALLED = ("coordinator", "tutor", "adviser", "help_desk")


def stands_at(flag: MessageFlag, user: Any) -> str:
    """The address of what it stands in, for whoever may open that; most who are called may, some only the flag."""
    if flag.message is not None:
        conversation = Conversation.objects.visible_to(user).filter(pk=flag.message.conversation_id).first()
        return reverse("ilp:conversation", args=[conversation.reference]) if conversation else ""
    key = int(flag.thing.partition(":")[2])
    if flag.place == FlagPlace.HELP:
        asked = HelpRequest.objects.to_be_answered_by(user).filter(pk=key).first()
        return reverse("ilp:help-request", args=[asked.reference]) if asked else ""
    if flag.thing.startswith("reviewwords:"):
        review = Review.objects.visible_to(user).filter(words=key).first()
        return reverse("ilp:review", args=[review.reference]) if review else ""
    if flag.thing.startswith("entry:"):
        entry = Entry.objects.stood_behind_by(user).filter(pk=key).first()
        return reverse("ilp:entry", args=[entry.reference]) if entry else ""
    if flag.place in (FlagPlace.PLAN, FlagPlace.BESIDE) and of_staff(user).filter(pk=flag.whose.pk).exists():
        return reverse("ilp:desk-plan", args=[flag.whose.reference])
    return ""


class FlagsView(SignedInMixin, VisibleListView):
    """Words somebody must look at, the newest first: those that are open, or all."""

    queryset = MessageFlag.objects.all()
    template_name = "ilp/flags.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint(CALLED):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        self.shows_all = self.request.GET.get("show") == "all"
        found = super().get_queryset()
        return found if self.shows_all else found.open()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_desk = "help_desk" in role_kinds(self.request.user)
        return super().get_context_data(shows_all=self.shows_all, is_desk=is_desk, **kwargs)


class FlagView(ActionView):
    """One flagged message, or what was written elsewhere: what it says, who has taken it on, and what was done."""

    queryset = MessageFlag.objects.all()
    form_class = CloseFlagForm
    template_name = "ilp/flag.html"
    done = gettext_lazy("Saved and closed.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("do") == "take":
            actions.take_flag(flag=self.thing, by=request.user)
            messages.success(request, _("Your colleagues see that you are dealing with it."))
            return redirect("ilp:flag", reference=self.thing.reference)
        return super().post(request, *args, **kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        actions.close_flag(flag=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("ilp:flags")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        flag, user = self.thing, self.request.user
        leave_receipts(learner=flag.whose, by=user, sections=[flag.section or "messages"], roles=CALLED)
        return super().get_context_data(
            stands_at=stands_at(flag, user),
            verbs=FLAG_FLOW.verbs_from(FlagState(flag.state)),
            history=history_of(flag),
            **kwargs,
        )


class PhrasesView(SignedInMixin, ListView):
    """The words that call somebody: added, switched off, switched on again."""

    template_name = "ilp/phrases.html"
    paginate_by = 100

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not PHRASE_POLICY.can(request.user, "add", ConcernPhrase()):
            raise Http404
        self.form = PhraseForm()
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return ConcernPhrase.objects.visible_to(self.request.user).for_list()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if reference := request.POST.get("switch", "").replace("\0", ""):
            phrase = get_object_or_404(self.get_queryset(), reference=reference)
            actions.switch_phrase(phrase=phrase, is_active=request.POST.get("to") == "on", by=request.user)
            return redirect(request.get_full_path())
        self.form = PhraseForm(request.POST)
        if self.form.is_valid():
            try:
                actions.add_phrase(by=request.user, **self.form.cleaned_data)
            except RuleBroken as rule:
                self.form.add_error("words", rule)
            else:
                messages.success(request, _("The words are in the list."))
                return redirect("ilp:phrases")
        return self.get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=self.form, **kwargs)


class RulesView(HelpDeskMixin, FormView):
    """The quiet hours and words of the help desk's area."""

    form_class = RulesForm
    template_name = "ilp/rules.html"

    def get_initial(self) -> dict[str, Any]:
        rules = rules_of(self.area)
        return {name: getattr(rules, name) for name in RulesForm.base_fields}

    def form_valid(self, form: RulesForm) -> HttpResponse:
        try:
            actions.set_rules(area=self.area, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. It holds from now on."))
        return redirect("ilp:rules")


class SafeguardingView(SignedInMixin, ListView):
    """The schools and advice services somebody looks after, and who is called first there."""

    template_name = "ilp/safeguarding.html"
    paginate_by = 50

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint({"coordinator", "help_desk"}):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return looked_after_by(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        named = SafeguardingContact.objects.current().filter(organisation__in=list(context["object_list"]))
        people = {one.organisation_id: one.role.user for one in named.select_related("role__user")}
        return context | {"rows": [(one, people.get(one.pk)) for one in context["object_list"]]}


class NameContactView(ActionView):
    """Who of one organisation is called first."""

    queryset = Organisation.objects
    form_class = SafeguardingForm
    template_name = "ilp/safeguarding_name.html"
    done = gettext_lazy("Saved. It holds for the next message.")

    def require(self, user: Any) -> None:
        SERVICE_POLICY.require(user, "name_contact", self.thing)

    def get_queryset(self) -> Any:
        return looked_after_by(self.request.user)

    def roles(self) -> Any:
        kinds = ("coordinator", "tutor", "adviser")
        roles = StaffRole.objects.current().filter(organisation=self.thing, kind__in=kinds, user__is_active=True)
        return roles.select_related("user").order_by("user__name", "pk")

    def get_form_kwargs(self) -> dict[str, Any]:
        people = [(role.reference, f"{role.user}, {role.get_kind_display()}") for role in self.roles()]
        named = SafeguardingContact.objects.current().filter(organisation=self.thing).select_related("role").first()
        return super().get_form_kwargs() | {
            "people": people,
            "initial": {"role": named.role.reference if named else ""},
        }

    def act(self, answers: dict[str, Any]) -> None:
        role = self.roles().filter(reference=answers["role"]).first() if answers["role"] else None
        actions.name_contact(organisation=self.thing, role=role, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("ilp:safeguarding")

"""Plans as the adults who stand behind them read and answer them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.generic import FormView, ListView

from accounts.actions import leave_receipts, leave_receipts_of_many
from accounts.models import Learner
from core.errors import NotAllowed
from core.forms import ConfirmForm
from core.searching import SearchByNameMixin
from core.views import ActionView, SignedInMixin, VisibleDetailView
from ilp import actions
from ilp.forms import ASKED, PlanFilterForm, TalkForm, ValidateForm, WaitingForm
from ilp.forms.review import PlansFilterForm
from ilp.models import Contribution, Entry, HelpRequest, HelpTopic, Plan
from ilp.policies import ENTRY_POLICY, may_have_plan
from ilp.queries import (
    attach_remarks,
    conversation,
    counted,
    groups_of,
    learners_with_plans,
    parts_of,
    waiting_for,
    with_last_remark,
)
from ilp.queries.year_group import narrowed
from ilp.querysets.plan import of_staff
from ilp.querysets.template import SHARED_AS
from ilp.workflow import ENTRY_FLOW
from prospectus.models import Subject
from providers.queries import role_kinds

READERS = ("tutor", "coordinator", "adviser")


class PlanStaffMixin(SignedInMixin):
    """Tutors, coordinators and advisers, or whoever the page is for; everybody else who is signed in gets 403."""

    request: HttpRequest
    readers: tuple[str, ...] = READERS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if role_kinds(request.user).isdisjoint(self.readers):
            raise NotAllowed("plans are for those who stand behind learners")
        return super().dispatch(request, *args, **kwargs)


class PlansView(PlanStaffMixin, SearchByNameMixin, ListView):
    """Whose plans are open to somebody by their roles, and how they stand."""

    template_name = "ilp/plans.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        self.groups = groups_of(self.request.user)
        self.form = PlansFilterForm(self.asked, **self.groups)
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        learners = learners_with_plans(
            self.request.user,
            words=asked.get("q", ""),
            year_group=asked.get("year_group", ""),
            tutor_group=asked.get("tutor_group", ""),
        )
        self.figure = {name: asked.get(name, "") for name in ("subject", "interest", "help_topic")}
        mine = HelpRequest.objects.visible_to(self.request.user)
        return narrowed(learners, asked=mine, stage=asked.get("stage", ""), **self.figure)

    def figure_words(self) -> str:
        """What the figure counted that somebody comes from."""
        subject = Subject.objects.filter(pk=self.figure["subject"]).first() if self.figure["subject"] else None
        topic = HelpTopic(self.figure["help_topic"]).label if self.figure["help_topic"] else ""
        return ", ".join(filter(None, [str(subject or ""), self.figure["interest"], str(topic)]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            form=self.form, has_figure=any(self.figure.values()), figure_words=self.figure_words(), **kwargs
        )
        shown = [learner.pk for learner in context["object_list"]]
        known = {learner.pk: learner for learner in counted(Learner.objects.filter(pk__in=shown))}
        return context | {"rows": [(learner, known[learner.pk]) for learner in context["object_list"]]}


class DeskPlanView(PlanStaffMixin, VisibleDetailView):
    """One learner's plan, with what this adult can say of each entry."""

    template_name = "ilp/desk_plan.html"

    def get_queryset(self) -> Any:
        return of_staff(self.request.user).select_related("user", "area")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = self.object
        plan = Plan.objects.filter(learner=learner).first()
        entries = Entry.objects.visible_to(self.request.user).in_plan().filter(plan=plan).for_list() if plan else []
        entries = attach_remarks(with_last_remark(entries)) if plan else []
        words = []
        if "coordinator" in role_kinds(self.request.user):
            words = list(Contribution.objects.visible_to(self.request.user).filter(ask__plan=plan).for_list())
        seen = {entry.shown_as for entry in entries} | {SHARED_AS[one.ask.kind] for one in words}
        sections = sorted({"plan", "experiences"} | seen)
        leave_receipts(learner=learner, by=self.request.user, sections=sections, roles=READERS)
        return super().get_context_data(
            learner=learner,
            plan=plan,
            can_start=may_have_plan(learner) if plan is None else True,
            parts=[(part, ASKED[part.kind]) for part in parts_of(entries) if part.entries],
            waiting=sum(entry.state == "awaiting" for entry in entries),
            contributions=words,
            **kwargs,
        )


class EntryView(SignedInMixin, VisibleDetailView):
    """One entry: how it reads, how it came to read so, and what was said of it."""

    queryset = Entry.objects
    template_name = "ilp/entry.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.object
        is_own = entry.plan.learner.user_id == self.request.user.pk
        leave_receipts(learner=entry.plan.learner, by=self.request.user, sections=[entry.shown_as], roles=READERS)
        verbs = [v for v in ENTRY_FLOW.verbs_from(entry.state) if ENTRY_POLICY.can(self.request.user, v, entry)]
        is_staff = not is_own and of_staff(self.request.user).filter(pk=entry.plan.learner_id).exists()
        return super().get_context_data(
            entry=entry,
            asked=ASKED[entry.kind],
            turns=conversation(entry),
            verbs=verbs,
            is_own=is_own,
            is_staff=is_staff,
            layer="base.html" if is_own or not is_staff else "desk.html",
            **kwargs,
        )


class AnswerEntryView(ActionView):
    """What an adult says of one entry."""

    queryset = Entry.objects
    verb = ""

    def require(self, user: Any) -> None:
        ENTRY_POLICY.require(user, self.verb, self.thing)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.thing.revision.number}

    def get_success_url(self) -> str:
        return reverse("ilp:entry", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = self.thing.plan.learner
        leave_receipts(learner=learner, by=self.request.user, sections=[self.thing.shown_as], roles=READERS)
        return super().get_context_data(entry=self.thing, asked=ASKED[self.thing.kind], **kwargs)


class ValidateEntryView(AnswerEntryView):
    template_name = "ilp/entry_validate.html"
    form_class = ValidateForm
    verb = "validate"
    done = _l("Validated.")

    def act(self, answers: dict[str, Any]) -> Entry:
        return actions.validate_entry(entry=self.thing, by=self.request.user, **answers)


class TalkEntryView(AnswerEntryView):
    template_name = "ilp/entry_talk.html"
    form_class = TalkForm
    verb = "talk"
    done = _l("The learner will see that you would like to talk.")

    def act(self, answers: dict[str, Any]) -> Entry:
        return actions.talk_about_entry(entry=self.thing, by=self.request.user, **answers)


class TakeBackView(AnswerEntryView):
    template_name = "ilp/entry_take_back.html"
    form_class = ConfirmForm
    verb = "take_back"
    done = _l("Taken back. It waits to be read again.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Take my validation back")}

    def act(self, _answers: dict[str, Any]) -> Entry:
        return actions.take_back_validation(entry=self.thing, by=self.request.user)


class WaitingView(PlanStaffMixin, FormView):
    """What waits to be read by this adult, a page at a time, answered all at once."""

    template_name = "ilp/entries_waiting.html"
    form_class = WaitingForm
    a_page = 40

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial"), kwargs.pop("prefix")
        return kwargs

    def filters(self) -> dict[str, Any]:
        self.groups = groups_of(self.request.user)
        self.filter_form = PlanFilterForm(self.request.GET, **self.groups)
        asked = self.filter_form.cleaned_data if self.filter_form.is_valid() else {}
        learner = self.request.GET.get("learner", "")
        found = get_object_or_404(Learner.objects.visible_to(self.request.user), reference=learner) if learner else None
        return {
            "year_group": asked.get("year_group", ""),
            "tutor_group": asked.get("tutor_group", ""),
            "learner": found,
        }

    def form_valid(self, form: WaitingForm) -> HttpResponse:
        said = form.cleaned_data["said"]
        entries = Entry.objects.visible_to(self.request.user).for_list()
        known = {each.reference: each for each in entries.filter(reference__in=[one[0] for one in said])}
        answers = [
            actions.Answer(known[reference], number, verb, words)
            for reference, number, verb, words in said
            if reference in known
        ]
        answered = actions.answer_entries(answers=answers, by=self.request.user)
        done = len(answered.done)
        if done:
            words = ngettext("You have answered one entry.", "You have answered %(done)s entries.", done)
            messages.success(self.request, words % {"done": done})
        if missed := len(said) - done:
            words = ngettext(
                "One had been changed or answered since you looked, so nothing was said of it.",
                "%(missed)s had been changed or answered since you looked, so nothing was said of them.",
                missed,
            )
            messages.warning(self.request, words % {"missed": missed})
        return redirect(self.request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = self.filters()
        waiting = waiting_for(self.request.user, **filters)
        entries = list(waiting.for_list()[: self.a_page])
        leave_receipts_of_many(
            looked_at={(entry.plan.learner_id, entry.shown_as) for entry in entries},
            by=self.request.user,
            roles=READERS,
        )
        for entry in entries:
            spot = f"{entry.reference}-{entry.revision.number}"
            entry.typed, entry.typed_words = (self.request.POST.get(f"{box}-{spot}", "") for box in ("entry", "words"))
        return super().get_context_data(
            rows=[(entry, ASKED[entry.kind]) for entry in entries],
            number=waiting.count() if len(entries) == self.a_page else len(entries),
            filter_form=self.filter_form,
            learner=filters["learner"],
            **kwargs,
        )

"""Many applications answered together: picked, read over, confirmed, and what became of each."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.views.generic import FormView, View

from accounts.models import Learner
from accounts.queries import reach_of
from activity.actions import is_held, settle_batch
from activity.kinds import KINDS
from activity.queries import held_batches
from activity.workflow import PickedState
from applications import actions
from applications.forms import InterviewForm, OfferForm, RefuseForm
from applications.forms.desk import AssignForm
from applications.kinds import KIND_OF_VERB
from applications.models import BulkRun, Choice, ChoiceRun
from applications.queries.desk import in_order, worklist
from applications.queries.interviews import TimesForMany, times_for
from applications.together_words import TOGETHER_WORDS, together_words
from applications.views.worklist import DeskMixin
from applications.words import state_tag
from core import clock
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.searching import is_forgotten
from providers.queries import add_working_days

NAMED = 50  # on the page; of more the number is said
TICKED = 500


class PickView(DeskMixin, View):
    """The ticked ones, or all of the list as it is filtered, stand as rows. Nothing has happened to them yet."""

    def post(self, request: HttpRequest) -> HttpResponse:
        said = request.POST
        if said.get("scope") == "all" and is_forgotten(request):
            messages.warning(request, _t("What you searched for is not kept any more. Search again, then choose."))
            return redirect("applications:received")
        if said.get("scope") == "all":
            picked = in_order(worklist(request.user, self.asked, colleagues=self.colleagues))
        else:
            ticked = [one.replace("\0", "") for one in said.getlist("choice")[:TICKED]]
            picked = in_order(worklist(request.user)).filter(reference__in=ticked)
        try:
            run = actions.pick_choices(verb=said.get("verb", ""), choices=picked.only("pk"), by=request.user)
        except RuleBroken as rule:
            messages.warning(request, str(rule.message))
            return redirect(self.address())
        return redirect("applications:received-together", run.reference)


class Door(NamedTuple):
    """How a verb is filled in for many: its form, and what the form says as JSON keeps it."""

    form: type
    kwargs: Callable[["TogetherView"], dict[str, Any]]
    answers: Callable[[Any], dict[str, Any]]


def _offer_answers(form: Any) -> dict[str, Any]:
    said, day = form.cleaned_data, form.cleaned_data["answer_by_on"]
    conditions = [list(each) for each in form.conditions]
    return {
        "conditions": conditions,
        "answer_by_on": day.isoformat(),
        "message": said["message"],
        "with_usual": said["with_usual"],
    }


def _interview_answers(form: Any) -> dict[str, Any]:
    said = form.cleaned_data
    if form.starts_at is None:
        return {}
    return {"starts_at": form.starts_at.isoformat(), "place": said["place"], "note": said["note"]}


DOORS = {
    BulkRun.BY_FILE: Door(ConfirmForm, lambda _view: {"submit": ""}, lambda _form: {}),
    "invite": Door(InterviewForm, lambda view: {"free": view.times.places, "is_for_many": True}, _interview_answers),
    "offer": Door(OfferForm, lambda _view: {"conditions": [], "submit": "", "is_for_many": True}, _offer_answers),
    "put_on_reserve": Door(ConfirmForm, lambda _view: {"submit": ""}, lambda _form: {}),
    "refuse": Door(RefuseForm, lambda _view: {"is_for_many": True}, lambda form: dict(form.cleaned_data)),
    "enrol": Door(ConfirmForm, lambda _view: {"submit": ""}, lambda _form: {}),
    "confirm_met": Door(ConfirmForm, lambda _view: {"submit": ""}, lambda _form: {}),
    "assign": Door(
        AssignForm,
        lambda view: {"colleagues": view.colleagues, "user": view.request.user},
        lambda form: {"to": form.user_id},
    ),
}


class TogetherView(DeskMixin, FormView):
    """Before: who it is about, how many, and who cannot be; the button repeats how many. After: what became of each."""

    template_name = "applications/received_together.html"

    run: Any

    def _load(self) -> BulkRun:
        return get_object_or_404(BulkRun.objects.visible_to(self.request.user), reference=self.kwargs["reference"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.run = self._load()
        if self.run.confirmed_at is not None:
            return render(request, "applications/received_together_done.html", self._outcome())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.run = self._load()
        if self.run.confirmed_at is not None:
            return self._to_outcome()  # pressed twice
        return super().post(request, *args, **kwargs)

    def _to_outcome(self) -> HttpResponse:
        return redirect("applications:received-together", self.run.reference)

    def items(self) -> Any:
        """What of it this person may still see, in the order of the list."""
        mine = Choice.objects.received_by(self.request.user)
        rows = self.run.items.filter(choice__in=mine.values("pk")).order_by("position")
        runs = Prefetch("choice__choice_runs", ChoiceRun.objects.select_related("run__course"))
        return rows.select_related("choice__snapshot", "choice__provider").prefetch_related(runs)

    def possible(self) -> Any:
        return self.items().filter(actions.possible_in(self.run))

    @cached_property
    def times(self) -> TimesForMany:
        """What they find to choose from."""
        return times_for(Choice.objects.filter(pk__in=self.possible().values("choice")))

    def get_form_class(self) -> Any:
        return DOORS[self.run.verb].form

    def get_initial(self) -> dict[str, Any]:
        first = self.possible().select_related("choice__application__cycle__area").first()
        if self.run.verb != "offer" or first is None:
            return {}
        cycle = first.choice.application.cycle
        return {"answer_by_on": add_working_days(clock.today(), cycle.reply_days, area=cycle.area)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | DOORS[self.run.verb].kwargs(self)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        self.number = self.possible().count()
        words = together_words(self.run.verb)
        form.submit = words.heading(self.number) if self.number else ""
        form.submit_colour = words.colour
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        if not self.number:
            form.add_error(None, _t("None of these can be answered so any more. Nothing was done."))
            return self.form_invalid(form)
        answers = DOORS[self.run.verb].answers(form)
        try:
            actions.rehearse_bulk(run=self.run, answers=answers, by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        run = actions.confirm_bulk(run=self.run, answers=answers, by=self.request.user)
        actions.work_off(run=run)
        return self._to_outcome()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        others = self.items().exclude(actions.possible_in(self.run))
        words = together_words(self.run.verb)
        context = super().get_context_data(**kwargs)
        return context | {
            "run": self.run,
            "heading": words.heading(self.number) if self.number else words.option,
            "what": words.what,
            "named": [item.choice for item in self.possible()[:NAMED]],
            "number": self.number,
            "more": max(0, self.number - NAMED),
            "others": [(item.choice, state_tag(item.choice.status, audience="provider")[0]) for item in others[:NAMED]],
            "others_number": others.count(),
            **self._told(),
            "times": self.times if self.run.verb == "invite" and self.number else None,
            "is_short": self.run.verb == "invite" and 0 < self.times.places < self.number + self.times.choosing,
            "decisions": self._decisions(),
            "left_out": (self.run.left_out or [])[:TICKED],
            "left_out_number": len(self.run.left_out or []),
        }

    def _decisions(self) -> list[str]:
        """Of a file: what it decides, and how often."""
        if self.run.verb != BulkRun.BY_FILE:
            return []
        counted = self.possible().order_by().values_list("said__verb").annotate(number=Count("pk"))
        numbers = dict(counted.values_list("said__verb", "number"))
        return [words.heading(numbers[verb]) for verb, words in TOGETHER_WORDS.items() if verb in numbers]

    def _told(self) -> dict[str, Any]:
        """Before the press: how many get an e-mail, who is left out and why, and how one reads."""
        kind = "choice-refused" if self.run.verb == BulkRun.BY_FILE else KIND_OF_VERB.get(self.run.verb)
        if kind is None or not self.number:
            return {}
        learners = Learner.objects.filter(applications__choices__in=self.possible().values("choice")).distinct()
        sample = next(iter(KINDS[kind].samples()))
        return {"reach": reach_of(learners), "sample": sample, "is_held": is_held(self.run.number)}

    def _outcome(self) -> dict[str, Any]:
        items = self.items()
        by_state = {state: items.filter(state=state) for state in PickedState.values}
        numbers = {state: found.count() for state, found in by_state.items()}
        left = Paginator(by_state["left"], NAMED)
        left.count = numbers["left"]  # type: ignore[misc] # as Django's own cached property would be set
        words = together_words(self.run.verb)
        return {
            "run": self.run,
            "left_out": (self.run.left_out or [])[:TICKED],
            "left_out_number": len(self.run.left_out or []),
            "heading": words.done(numbers["done"]),
            "numbers": numbers,
            "all": sum(numbers.values()),
            "page_obj": left.get_page(self.request.GET.get("page")),
            "done": [item.choice for item in by_state["done"][:NAMED]],
            "more": max(0, numbers["done"] - NAMED),
            "is_over": self.run.ended_at is not None,
            "held": next(iter(held_batches(batch=actions.batch_of(self.run))), None) if self.run.ended_at else None,
            "back": reverse("applications:received"),
        }


class TogetherHeldView(DeskMixin, View):
    """The e-mails of many answers go, or never do, says whoever gave the answers."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        run = get_object_or_404(BulkRun.objects.visible_to(request.user), reference=reference)
        number = request.POST.get("number", "")
        shown = int(number) if number.isascii() and number.isdecimal() else 0
        goes = request.POST.get("verb") == "send"
        try:
            settled = settle_batch(batch=actions.batch_of(run), goes=goes, number=shown, by=request.user)
        except RuleBroken as rule:
            messages.warning(request, str(rule.message))
        else:
            words = _t("The e-mails are sent now.") if goes else _t("The e-mails are not sent. The answers stand.")
            messages.success(request, words if settled else _t("That is decided already."))
        return redirect("applications:received-together", run.reference)

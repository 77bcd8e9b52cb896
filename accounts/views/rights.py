"""What people may ask of their own data, and what officers do with everybody's."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView, View

from accounts import actions
from accounts.forms import ErasureReasonForm, MergeForm, OwnErasureForm, RetentionForm, TwoRecordsForm
from accounts.models import DataCopy, Erasure, Learner, RetentionRun
from accounts.policies import ERASURE_POLICY
from accounts.queries import days_of, due_counts, own_learner_of, what_erasure_does
from accounts.workflow import ERASURE_FLOW
from core import personal
from core.errors import RuleBroken
from core.views import ActionView, SignedInMixin, VisibleListView
from providers.queries import role_kinds


class OwnRecordMixin(SignedInMixin):
    """A page for learners about themselves; for others it does not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.learner = own_learner_of(request.user)
        if self.learner is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class OfficerMixin(SignedInMixin):
    """A page for officers; for others it does not exist."""

    kinds = frozenset({"officer"})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if role_kinds(request.user).isdisjoint(self.kinds):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class YourDataView(OwnRecordMixin, TemplateView):
    """What a learner may ask of their data, and what has become of it."""

    template_name = "accounts/your_data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        copies = DataCopy.objects.visible_to(self.request.user).for_list()
        return super().get_context_data(
            copy=copies.first(),
            erasure=Erasure.objects.visible_to(self.request.user).open().filter(learner=self.learner).first(),
            **kwargs,
        )


class AskCopyView(OwnRecordMixin, View):
    """A copy is being made; the page about it says how far it is."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            actions.ask_copy(learner=self.learner, by=request.user)
        except RuleBroken as rule:
            messages.error(request, rule.message)
        return redirect("accounts:your-data")


class FetchCopyView(SignedInMixin, View):
    """The zip file of a copy."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        copy = get_object_or_404(DataCopy.objects.visible_to(request.user).defer("zip"), reference=reference)
        try:
            content = actions.fetch_copy(copy=copy, by=request.user)
        except RuleBroken as rule:
            messages.error(request, rule.message)
            return redirect("accounts:your-data")
        headers = {"Content-Disposition": 'attachment; filename="your-data.zip"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type="application/zip", headers=headers)


class AskOwnErasureView(OwnRecordMixin, FormView):
    """What goes and what stays, before the learner says that they are sure."""

    form_class = OwnErasureForm
    template_name = "accounts/erasure_ask.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            goes=what_erasure_does(), days=Erasure.WAIT_DAYS, holds=personal.holds(self.learner), **kwargs
        )

    def form_valid(self, form: OwnErasureForm) -> HttpResponse:
        try:
            actions.ask_erasure(learner=self.learner, by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        return redirect("accounts:your-data")


class AskErasureView(ActionView):
    """An officer asks that somebody's record be erased, and says why."""

    queryset = Learner.objects.all()
    form_class = ErasureReasonForm
    template_name = "accounts/erasure_ask_for.html"
    done = _("Another officer of your area can agree now.")

    def require(self, user: Any) -> None:
        if "officer" not in role_kinds(user):
            raise Http404

    def act(self, answers: dict[str, Any]) -> Erasure:
        return actions.ask_erasure(learner=self.thing, reason=answers["reason"], by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            goes=what_erasure_does(), days=Erasure.WAIT_DAYS, holds=personal.holds(self.thing), **kwargs
        )

    def get_success_url(self) -> str:
        return reverse("accounts:erasures")


class ErasuresView(OfficerMixin, VisibleListView):
    """Every request of the area, the newest first, with what this officer may do."""

    queryset = Erasure.objects.all()
    template_name = "accounts/erasures.html"
    context_object_name = "erasures"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.request.user
        rows = [
            (
                erasure,
                [verb for verb in ERASURE_FLOW.verbs_from(erasure.state) if ERASURE_POLICY.can(user, verb, erasure)],
            )
            for erasure in context["erasures"]
        ]
        return context | {"rows": rows}


class ErasureVerbView(SignedInMixin, View):
    """One button: agree, or withdraw."""

    http_method_names = ["post"]
    act = staticmethod(actions.withdraw_erasure)
    done = _("Nothing will be erased.")

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        erasure = get_object_or_404(Erasure.objects.visible_to(request.user), reference=reference)
        self.act(erasure=erasure, by=request.user)
        messages.success(request, self.done)
        own = own_learner_of(request.user) is not None
        return redirect("accounts:your-data" if own else "accounts:erasures")


class AgreeErasureView(ErasureVerbView):
    act = staticmethod(actions.agree_erasure)
    done = _("The record will be erased in a week, unless somebody withdraws the request.")


class RetentionView(OfficerMixin, TemplateView):
    """How long things are kept, what would go tonight, and what has gone."""

    template_name = "accounts/retention.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        due = due_counts()
        rules = [(retention, days_of(name), due[name]) for name, retention in personal.RETENTIONS.items()]
        return super().get_context_data(
            rules=rules,
            fixed=personal.TIDYINGS.values(),
            runs=RetentionRun.objects.visible_to(self.request.user)[:20],
            tables=what_erasure_does(),
            **kwargs,
        )


class ChangeRetentionView(OfficerMixin, FormView):
    """Another number of days for one kind of thing."""

    form_class = RetentionForm
    template_name = "accounts/retention_change.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.retention = personal.RETENTIONS.get(kwargs["name"])
        if self.retention is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"days": days_of(self.retention.name)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(retention=self.retention, **kwargs)

    def form_valid(self, form: RetentionForm) -> HttpResponse:
        try:
            actions.change_retention(name=self.retention.name, days=form.cleaned_data["days"], by=self.request.user)
        except RuleBroken as rule:
            form.add_error("days", rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. It holds from tonight."))
        return redirect("accounts:retention")


class MergeLearnersView(OfficerMixin, View):
    """Two references, both records beside each other, one button."""

    kinds = frozenset({"officer", "coordinator"})

    def get(self, request: HttpRequest) -> HttpResponse:
        form = TwoRecordsForm(request.GET if "keep" in request.GET and "other" in request.GET else None)
        found = self.both(form)
        if found is None:
            return render(request, "accounts/learners_merge.html", {"form": form})
        return self.confirm(MergeForm(), *found)

    def post(self, request: HttpRequest) -> HttpResponse:
        found = self.both(TwoRecordsForm(request.GET))
        if found is None:
            raise Http404
        form = MergeForm(request.POST)
        if not form.is_valid():
            return self.confirm(form, *found)
        keep, other = found
        try:
            actions.merge_learners(keep=keep, other=other, by=request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.confirm(form, *found)
        messages.success(request, _("The two records are one now."))
        return redirect("accounts:learners-merge")

    def both(self, form: TwoRecordsForm) -> tuple[Learner, Learner] | None:
        """Both learners as this person may see them; the form says which is not there."""
        if not form.is_bound or not form.is_valid():
            return None
        seen = Learner.objects.visible_to(self.request.user).for_list().select_related("contact")
        learners = {learner.reference: learner for learner in seen.filter(reference__in=form.cleaned_data.values())}
        for name, reference in list(form.cleaned_data.items()):  # a refused answer is taken out of it
            if reference not in learners:
                form.add_error(name, _("You have no learner with this reference. Check it."))
        return None if form.errors else (learners[form.cleaned_data["keep"]], learners[form.cleaned_data["other"]])

    def confirm(self, form: MergeForm, keep: Learner, other: Learner) -> HttpResponse:
        for learner in (keep, other):
            actions.leave_receipts(learner=learner, by=self.request.user, sections=["record"])
        context = {"form": form, "keep": keep, "other": other, "holds": personal.merge_holds(keep, other)}
        return render(self.request, "accounts/learners_merge_confirm.html", context)

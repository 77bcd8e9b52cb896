"""Others who were asked to write in a section, and a plan in easy read."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.generic import FormView, TemplateView

from accounts.actions import leave_receipts
from accounts.models import Supporter
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView
from ilp import actions
from ilp.forms import AskForm, ContributionForm
from ilp.models import Contribution, Entry, SectionAsk
from ilp.policies import ASK_POLICY
from ilp.queries import entry_of
from ilp.queries.easy_read import easy_parts, in_lines
from ilp.querysets.template import SHARED_AS
from ilp.views.plans import OwnPlanMixin
from ilp.views.sections import OwnSectionMixin


class AskSectionView(OwnSectionMixin, FormView):
    """Whom the learner asks to write here: somebody who may see this part of the plan already."""

    template_name = "ilp/section_ask.html"
    form_class = AskForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.found() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.found() or super().post(request, *args, **kwargs)

    def found(self) -> HttpResponse | None:
        if self.plan is None:
            return redirect("ilp:plan")
        self.find()
        asked = SectionAsk.objects.open().filter(plan=self.plan, section_key=self.key)
        held = Supporter.objects.own_of(self.request.user).holding()
        shown: QuerySet = held.filter(sections__contains=[SHARED_AS[self.asked.kind]])
        self.people = list(shown.exclude(pk__in=asked.values("supporter")).order_by("known_as", "pk"))
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": [(one.reference, one.known_as) for one in self.people]}

    def form_valid(self, form: AskForm) -> HttpResponse:
        supporter = next(one for one in self.people if one.reference == form.cleaned_data["supporter"])
        try:
            actions.ask_supporter(plan=self.plan, section=self.section, supporter=supporter, by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Asked. They can write in this part from now on."))
        return redirect("ilp:section-answer", self.key)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(section=self.section, people=self.people, **kwargs)


class EndAskView(ActionView):
    """The learner asks somebody no longer."""

    queryset = SectionAsk.objects
    template_name = "ilp/ask_end.html"
    form_class = ConfirmForm
    done = _l("They write there no more. What they wrote stays.")

    def require(self, user: Any) -> None:
        ASK_POLICY.require(user, "end", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Ask them no longer"), "submit_colour": "warning"}

    def get_success_url(self) -> str:
        return reverse("ilp:section-answer", args=[self.thing.section_key])

    def act(self, _answers: dict[str, Any]) -> SectionAsk:
        return actions.end_ask(ask=self.thing, by=self.request.user)


class WriteContributionView(ActionView):
    """Somebody who was asked writes beside what the learner says in this section."""

    queryset = SectionAsk.objects
    template_name = "ilp/contribution_write.html"
    form_class = ContributionForm
    done = _l("It stands in the plan now, under your name.")

    def require(self, user: Any) -> None:
        ASK_POLICY.require(user, "write", self.thing)

    def get_success_url(self) -> str:
        return reverse("accounts:supported", args=[self.thing.supporter.reference])

    def act(self, answers: dict[str, Any]) -> Contribution:
        return actions.write_contribution(ask=self.thing, by=self.request.user, **answers)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ask = self.thing
        section = SHARED_AS[ask.kind]
        leave_receipts(learner=ask.plan.learner, by=self.request.user, sections=[section], roles=())
        entry = entry_of(ask.plan, ask.section_key)
        is_shown = (
            entry is not None and Entry.objects.visible_to(self.request.user).in_plan().filter(pk=entry.pk).exists()
        )
        return super().get_context_data(ask=ask, entry=entry if is_shown else None, **kwargs)


class EasyReadView(OwnPlanMixin, TemplateView):
    """The learner's own plan with one idea on a line, large, with pictures: to read, and to print."""

    template_name = "ilp/easy_read.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.plan else redirect("ilp:plan")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = Contribution.objects.filter(ask__plan=self.plan).for_list()
        return super().get_context_data(
            name=self.learner.known_as,
            parts=easy_parts(self.learner, self.plan),
            others=[(one, in_lines(one.words)) for one in words],
            **kwargs,
        )

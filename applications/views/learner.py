"""What a learner writes and sends. Where it stands is in ``standing``, what they answer in ``answers``."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import Learner
from applications import actions
from applications.forms import ChoiceForm
from applications.models import Choice
from applications.policies import APPLICATION_POLICY
from applications.views.base import OwnChoiceMixin
from applications.workflow import CHOICE_FLOW
from core.errors import RuleBroken
from core.views import ActionView, SignedInMixin
from prospectus.models import CourseRun


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

"""Conditions on the desk: how each stands, and what is usually asked."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from applications import actions
from applications.forms import MarkConditionsForm, UsualConditionsForm
from applications.models import Choice, UsualCondition
from applications.policies import CONDITION_POLICY, PROVIDER_POLICY
from applications.queries.conditions import Condition
from applications.views.admissions import ReceivedMixin
from applications.views.base import LeavesReceiptMixin
from core.errors import StaleState
from core.views import ActionView, SignedInMixin
from prospectus.models import Course
from providers.models import Organisation

MOST_COURSES = 200


class MarkConditionsView(LeavesReceiptMixin, ReceivedMixin, ActionView):
    """Met, not met, no longer asked for: each condition of the offer that stands."""

    queryset = Choice.objects.all()
    form_class = MarkConditionsForm
    template_name = "applications/conditions_mark.html"
    done = _("Saved.")

    def require(self, user: Any) -> None:
        CONDITION_POLICY.require(user, "mark", self.thing)
        if not self.conditions:
            raise StaleState("No conditions.", back_url=self.get_success_url())

    @cached_property
    def conditions(self) -> list[Any]:
        offer = self.thing.standing_offer
        return list(offer.conditions.select_related("decided_by")) if offer else []

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"conditions": self.conditions}

    def form_valid(self, form: Any) -> Any:
        self.form = form
        return super().form_valid(form)

    def act(self, answers: dict[str, Any]) -> None:
        states = self.form.states()
        for condition in self.conditions:
            actions.mark_condition(
                choice=self.thing, condition=condition, state=states[condition.pk], by=self.request.user
            )

    def get_success_url(self) -> str:
        return reverse("applications:received-choice", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            choice=self.thing, back=self.get_success_url(), content=self.thing.snapshot.content, **kwargs
        )


class UsualConditionsListView(SignedInMixin, TemplateView):
    """What each provider usually asks: of everybody, and of applicants to single courses."""

    template_name = "applications/usual_conditions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        providers = list(Organisation.objects.admitting_through(self.request.user).order_by("name"))
        if not providers:
            raise Http404("Not an admissions desk")
        rows = UsualCondition.objects.filter(provider__in=providers).select_related("course")
        parts = []
        for provider in providers:
            sets: dict[Any, list[str]] = {}
            for row in rows:
                if row.provider_id == provider.pk:
                    sets.setdefault(row.course, []).append(row.text)
            general = sets.pop(None, [])
            others = Course.objects.filter(provider=provider, state="published").exclude(pk__in=[c.pk for c in sets])
            parts.append((provider, general, list(sets.items()), others.order_by("title", "pk")[:MOST_COURSES]))
        return super().get_context_data(parts=parts, **kwargs)


class UsualConditionsView(ActionView):
    """The usual conditions of one course (``?course=``), or of any of the provider's."""

    queryset = Organisation.objects.all()
    form_class = UsualConditionsForm
    template_name = "applications/usual_conditions_set.html"
    done = _("Saved. They are taken with one press when you make an offer.")

    def get_queryset(self) -> Any:
        return Organisation.objects.admitting_through(self.request.user)

    def require(self, user: Any) -> None:
        PROVIDER_POLICY.require(user, "set_usual_conditions", self.thing)

    @cached_property
    def course(self) -> Course | None:
        reference = self.request.GET.get("course", "")
        if not reference:
            return None
        return get_object_or_404(Course, reference=reference, provider=self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = UsualCondition.objects.filter(provider=self.thing, course=self.course)
        return super().get_form_kwargs() | {"conditions": [Condition.of(row) for row in rows]}

    def form_valid(self, form: Any) -> Any:
        self.form = form
        return super().form_valid(form)

    def act(self, answers: dict[str, Any]) -> None:
        actions.set_usual_conditions(
            provider=self.thing, by=self.request.user, conditions=self.form.conditions, course=self.course
        )

    def get_success_url(self) -> str:
        return reverse("applications:usual-conditions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(course=self.course, **kwargs)

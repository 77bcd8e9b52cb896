"""Whose review is due, and planning reviews with one learner or many."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, ListView

from accounts.actions import leave_receipts_of_many
from core.errors import RuleBroken
from core.searching import NamesKeptMixin, SearchByNameMixin, is_forgotten
from core.views import ActionView
from ilp import actions
from ilp.forms.review import PlanReviewForm, PlanReviewsForm, ReviewFilterForm
from ilp.models import Review, Target
from ilp.policies import LEARNER_REVIEW_POLICY
from ilp.queries import groups_of, learners_with_plans
from ilp.queries.reviews import (
    STANDINGS,
    first_planned,
    number_by_standing,
    open_counts,
    to_do_of_adult,
    with_late_actions,
    with_standing,
)
from ilp.querysets.plan import of_staff
from ilp.views.reviews import leave_review_receipt
from ilp.views.validating import READERS, PlanStaffMixin
from providers.queries import role_kinds

MOST_NAMED = 40  # names on the page that asks whether it is meant


class ReviewListMixin(PlanStaffMixin, NamesKeptMixin):
    """The learners whose reviews somebody leads, as the filter says: one way for the list, its counts and "all"."""

    def filtered(self) -> Any:
        self.groups = groups_of(self.request.user)
        self.filter_form = ReviewFilterForm(self.asked, **self.groups)
        asked = self.filter_form.cleaned_data if self.filter_form.is_valid() else {}
        self.found = learners_with_plans(
            self.request.user,
            words=asked.get("q", ""),
            year_group=asked.get("year_group", ""),
            tutor_group=asked.get("tutor_group", ""),
        )
        self.standing = asked.get("standing", "")
        learners = with_standing(self.found)
        return learners.filter(standing=self.standing) if self.standing else learners


class CountedPaginator(Paginator):
    """Of a list whose page says how many there are of each kind anyway: nothing is counted twice."""

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = number

    @property
    def count(self) -> int:  # type: ignore[override]
        return self.number


class DeskReviewsView(ReviewListMixin, SearchByNameMixin, ListView):
    """Whose review is due, overdue or planned, and what this adult has to do."""

    template_name = "ilp/desk_reviews.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        return with_late_actions(self.filtered())

    def get_paginator(self, queryset: Any, per_page: int, *args: Any, **kwargs: Any) -> Paginator:
        self.numbers = numbers = number_by_standing(self.found)
        number = numbers.get(self.standing, 0) if self.standing else sum(numbers.values())
        return CountedPaginator(queryset, per_page, *args, number=number, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        planned = first_planned(learner.pk for learner in context["object_list"])
        to_do = to_do_of_adult(self.request.user)
        named = {(review.learner_id, review.shown_as) for review in to_do.reviews}
        named |= {(action.learner_id, action.review.shown_as) for action in to_do.actions}
        leave_receipts_of_many(looked_at=named, by=self.request.user, roles=READERS)
        numbers = self.numbers
        query = self.request.GET.copy()
        query.pop("page", None)
        query.pop("standing", None)
        return context | {
            "form": self.filter_form,
            "rows": [
                (learner, STANDINGS[learner.standing], planned.get(learner.pk), learner.late)
                for learner in context["object_list"]
            ],
            "numbers": [
                (one, numbers[one.value], f"?{query.urlencode()}&standing={one.value}") for one in STANDINGS.values()
            ],
            "whole_query": self.request.GET.urlencode(),
            "to_do": to_do,
        }


class PlanReviewsView(ReviewListMixin, FormView):
    """Reviews with several learners: first who and how many, then when."""

    template_name = "ilp/reviews_plan.html"
    form_class = PlanReviewsForm
    http_method_names = ["post"]

    def chosen(self) -> list[Any]:
        if self.request.POST.get("all"):
            return list(self.filtered()[: actions.MOST_AT_ONCE + 1])
        wanted = [one for one in self.request.POST.getlist("who") if "\0" not in one]
        learners = of_staff(self.request.user).filter(reference__in=wanted)
        return list(learners.order_by("family_name", "given_name", "pk")[: actions.MOST_AT_ONCE + 1])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("all") and is_forgotten(request):
            messages.warning(request, _("What you searched for is not kept any more. Search again."))
            return redirect("ilp:desk-reviews")
        self.learners = self.chosen()
        if not self.learners:
            messages.warning(request, _("Choose at least one learner."))
            return redirect(reverse("ilp:desk-reviews") + f"?{request.GET.urlencode()}")
        if "kind" not in request.POST and "meant" not in request.POST:
            return self.render_to_response(self.get_context_data(form=self.form_class(**self.about_form())))
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.about_form()

    def about_form(self) -> dict[str, Any]:
        return {"number": len(self.learners), "needs": "coordinator" in role_kinds(self.request.user)}

    def form_valid(self, form: PlanReviewsForm) -> HttpResponse:
        answers = form.cleaned_data | {"minutes": form.cleaned_data["minutes"] or 0}
        try:
            planned = actions.plan_reviews(learners=self.learners, by=self.request.user, **answers)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        if done := len(planned.done):
            words = ngettext("One review is planned.", "%(done)s reviews are planned.", done)
            messages.success(self.request, words % {"done": done})
        if missed := len(planned.passed_over):
            words = ngettext(
                "One learner has a review of this kind planned already.",
                "%(missed)s learners have a review of this kind planned already.",
                missed,
            )
            messages.warning(self.request, words % {"missed": missed})
        return redirect(reverse("ilp:desk-reviews") + f"?{self.request.GET.urlencode()}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            learners=self.learners,
            named=self.learners[:MOST_NAMED],
            more=max(len(self.learners) - MOST_NAMED, 0),
            number=len(self.learners),
            **kwargs,
        )


class LearnerReviewsView(PlanStaffMixin, ListView):
    """Every review of one learner, and what is open, for the adults who look after them."""

    template_name = "ilp/desk_learner_reviews.html"
    paginate_by = 30

    def get_queryset(self) -> Any:
        mine = of_staff(self.request.user).select_related("user")
        self.learner = get_object_or_404(mine, reference=self.kwargs["reference"])
        return Review.objects.visible_to(self.request.user).filter(learner=self.learner).for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        targets = list(Target.objects.visible_to(user).open().filter(learner=self.learner).select_related("review"))
        context = super().get_context_data(
            learner=self.learner, counts=open_counts(self.learner, user=user), targets=targets, **kwargs
        )
        leave_review_receipt(self.learner, user)
        if any(one.is_about_needs for one in (*context["object_list"], *(target.review for target in targets))):
            leave_review_receipt(self.learner, user, needs=True)
        return context


class PlanReviewView(PlanStaffMixin, ActionView):
    """A talk with one learner."""

    template_name = "ilp/review_plan.html"
    form_class = PlanReviewForm

    def get_queryset(self) -> Any:
        return of_staff(self.request.user).select_related("user")

    def require(self, user: Any) -> None:
        LEARNER_REVIEW_POLICY.require(user, "plan", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        needs = LEARNER_REVIEW_POLICY.can(self.request.user, "plan_transition", self.thing)
        return super().get_form_kwargs() | {"needs": needs}

    def act(self, answers: dict[str, Any]) -> Review:
        return actions.plan_review(learner=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("ilp:review", args=[self.result.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_review_receipt(self.thing, self.request.user)
        return super().get_context_data(**kwargs)

"""The editors' queue: new and changed descriptions, read one by one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, FormView, ListView, View

from core.errors import RuleBroken, StaleState
from prospectus.actions.descriptions import check_description, check_descriptions, return_description
from prospectus.forms.review import CommentForm
from prospectus.models import CourseReview
from prospectus.policies import REVIEW_POLICY
from prospectus.queries.descriptions import Asked, listed, next_waiting, queue_of, texts_of
from prospectus.views.health_area import AreaStaffMixin
from prospectus.words import READING_WORDS, REVIEW_WORDS
from prospectus.workflow import REVIEW_FLOW, ReviewState
from providers.models import Area, Organisation

BETWEEN = "="  # a course's reference and the hash of the words that were seen


class DescriptionsView(AreaStaffMixin, ListView):
    """What waits, the oldest first; or what was returned, or is in order."""

    template_name = "prospectus/descriptions.html"
    context_object_name = "reviews"
    paginate_by = 50

    def get_queryset(self) -> Any:
        asked = {name: self.request.GET.get(name, "").replace("\0", "")[:60] for name in Asked._fields}
        state = asked["state"] if asked["state"] in ReviewState.values else ReviewState.WAITING
        self.asked = Asked(**asked | {"state": state})
        return listed(self.request.user, self.asked)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        providers = Organisation.objects.providers().filter(ended_on=None)
        if self.asked.area:
            providers = providers.filter(area__slug=self.asked.area)
        return super().get_context_data(
            asked=self.asked,
            queue=queue_of(self.request.user),
            areas=Area.objects.visible_to(self.request.user),
            providers=providers.order_by("name"),
            states=[(state, REVIEW_WORDS[state].tag) for state in ReviewState],
            is_waiting=self.asked.state == ReviewState.WAITING,
            **kwargs,
        )


class DescriptionsCheckView(AreaStaffMixin, View):
    """Those of the page that were ticked are in order, unless their words have changed since."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pairs = (each.replace("\0", "").partition(BETWEEN) for each in request.POST.getlist("seen"))
        seen = {reference: words_hash for reference, _mark, words_hash in pairs}
        try:
            checked = check_descriptions(seen=seen, by=request.user)
        except RuleBroken as rule:
            messages.error(request, " ".join(rule.messages))
        else:
            self._say(checked, left=len(seen) - checked)
        return redirect("prospectus:descriptions")

    def _say(self, checked: int, *, left: int) -> None:
        if checked:
            messages.success(
                self.request,
                ngettext("%(number)s description is in order.", "%(number)s descriptions are in order.", checked)
                % {"number": checked},
            )
        elif not left:
            messages.info(self.request, _("Tick at least one description."))
        if left:
            stay = ngettext(
                "%(number)s stays as it was: changed, or read by somebody else meanwhile.",
                "%(number)s stay as they were: changed, or read by somebody else meanwhile.",
                left,
            )
            messages.warning(self.request, stay % {"number": left})


class ReadingMixin(AreaStaffMixin):
    """The description of one published course."""

    template_name = "prospectus/description.html"
    thing: CourseReview

    def load(self, reference: str) -> CourseReview:
        reviews = CourseReview.objects.visible_to(self.request.user).for_list().select_related("course__health")
        return get_object_or_404(reviews, course__reference=reference)

    def context(self, review: CourseReview) -> dict[str, Any]:
        verbs = [
            verb for verb in REVIEW_FLOW.verbs_from(review.state) if REVIEW_POLICY.can(self.request.user, verb, review)
        ]
        return {
            "review": review,
            "course": review.course,
            "words": REVIEW_WORDS[ReviewState(review.state)],
            "texts": texts_of(review),
            "can_check": "check" in verbs,
            "can_return": "return" in verbs,
            "check_words": READING_WORDS["check"],
        }

    def go_on(self, review: CourseReview, done: str) -> HttpResponse:
        """To the next that waits, or back to the queue."""
        following = next_waiting(self.request.user, after=review)
        messages.success(
            self.request,
            _("%(done)s Here is the next.") % {"done": done}
            if following
            else _("%(done)s Nothing else waits.") % {"done": done},
        )
        if following is None:
            return redirect("prospectus:descriptions")
        return redirect("prospectus:description", following.course.reference)


class DescriptionView(ReadingMixin, DetailView):
    """The texts as they are, what is new in them, and the two answers."""

    def get_object(self, queryset: Any = None) -> CourseReview:
        return self.load(self.kwargs["reference"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = CommentForm(initial={"words_hash": self.object.words_hash})
        form.action = reverse("prospectus:description-return", args=[self.object.course.reference])
        return super().get_context_data(form=form, **self.context(self.object), **kwargs)


class DescriptionCheckView(ReadingMixin, View):
    """The button "it is in order"."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        review = self.load(kwargs["reference"])
        try:
            check_description(review=review, words_hash=request.POST.get("words_hash", ""), by=request.user)
        except StaleState as stale:
            raise StaleState(stale, back_url=request.path.removesuffix("check/")) from stale
        return self.go_on(review, _("It is in order."))


class DescriptionReturnView(ReadingMixin, FormView):
    """The comment with which a description goes back."""

    form_class = CommentForm

    def get_form(self, form_class: Any = None) -> CommentForm:
        self.thing = self.load(self.kwargs["reference"])
        form = super().get_form(form_class)
        form.initial["words_hash"] = self.thing.words_hash
        return form

    def form_valid(self, form: CommentForm) -> HttpResponse:
        try:
            return_description(review=self.thing, by=self.request.user, **form.cleaned_data)
        except StaleState as stale:
            raise StaleState(stale, back_url=self.request.path.removesuffix("return/")) from stale
        return self.go_on(self.thing, "Returned.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.context(self.thing)

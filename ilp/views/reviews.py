"""Reviews as the learner, the adults who lead them and whoever was let in read and write them."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.generic import ListView, View

from accounts.actions import leave_receipts
from accounts.models import Learner
from accounts.queries import own_learner_of
from core import clock
from core.calendars import calendar_response
from core.errors import RuleBroken
from core.forms import ConfirmForm, plain_lines
from core.views import ActionView, SignedInMixin, VisibleDetailView
from ilp import actions
from ilp.forms import LATER
from ilp.forms.review import AnswerReviewForm, FinishReviewForm, MoveReviewForm, ReasonForm, WordsForm
from ilp.models import PROMPTS, AgreedAction, Review, ReviewDraft, ReviewKind, Target
from ilp.policies import REVIEW_POLICY, looks_after
from ilp.queries.reviews import SHOWN_BESIDE, sides_of, targets_to_carry, to_do_of_learner, with_those_before
from ilp.querysets.review import REVIEWS, TRANSITION
from ilp.views.plans import LONGEST
from ilp.views.validating import READERS
from ilp.workflow import AGREED_ACTION_FLOW, REVIEW_FLOW


def leave_review_receipt(learner: Learner, by: Any, *, needs: bool = False) -> None:
    leave_receipts(learner=learner, by=by, sections=[TRANSITION if needs else REVIEWS], roles=READERS)


def frame_of(user: Any, learner: Learner) -> dict[str, Any]:
    """Whose page it is: the learner's own, a desk's, or that of somebody who was let in."""
    is_own = learner.user_id == user.pk
    is_staff = not is_own and looks_after(user, learner)
    return {"is_own": is_own, "is_staff": is_staff, "layer": "desk.html" if is_staff else "base.html"}


class ReviewMixin:
    """A page of one review: what it shows of it, and a receipt for whoever is not the learner."""

    request: HttpRequest

    def about(self, review: Review) -> dict[str, Any]:
        user = self.request.user
        leave_review_receipt(review.learner, user, needs=review.is_about_needs)
        this, earlier = with_those_before(review, user=user)
        this.learner = review.learner  # what is known of who looks after them is asked once
        return frame_of(user, review.learner) | {
            "review": this,
            "earlier": [(one, sides_of(one)) for one in earlier[:SHOWN_BESIDE]],
            "has_more": len(earlier) > SHOWN_BESIDE,
        }


class ReviewView(ReviewMixin, SignedInMixin, VisibleDetailView):
    """What was said side by side, what was agreed, and the reviews before it."""

    queryset = Review.objects
    template_name = "ilp/review.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        frame = self.about(self.object)
        review = frame["review"]
        can_write = frame["is_own"] or frame["is_staff"]  # each verb's own rule is asked by its page and its action
        verbs = [v for v in REVIEW_FLOW.verbs_from(review.state) if can_write and REVIEW_POLICY.can(user, v, review)]
        may_close = {
            one.pk: can_write and (frame["is_staff"] or one.owner_role_id is None)
            for one in review.agreed_actions.all()
        }
        sides = sides_of(review)
        return super().get_context_data(
            sides=sides,
            has_own=(sides.learner is not None) if frame["is_own"] else any(o.by_id == user.pk for o in sides.adults),
            verbs=verbs,
            to_carry=list(targets_to_carry(review)) if "agree" in verbs else [],
            carried=[change.target for change in review.carried.all()],
            rows=[(one, may_close[one.pk] and bool(AGREED_ACTION_FLOW.targets(one.state, "do"))) for one in
                  review.agreed_actions.all()],
            **(frame | kwargs),
        )  # fmt: skip


class ReviewsView(SignedInMixin, ListView):
    """A learner's own: what comes next, what is agreed, and every review so far."""

    template_name = "ilp/reviews.html"
    paginate_by = 30

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if own_learner_of(request.user) is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return Review.objects.own_of(self.request.user).exclude(state="planned").for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            to_do=to_do_of_learner(self.request.user, most=20),
            targets=Target.objects.own_of(self.request.user).open().for_list(),
            others=AgreedAction.objects.own_of(self.request.user).open().exclude(owner_role=None).for_list(),
            **kwargs,
        )


class OnReviewView(ReviewMixin, ActionView):
    """Something somebody does with a review."""

    queryset = Review.objects
    template_name = "ilp/review_form.html"
    verb = ""
    heading: Any = ""
    intro: Any = ""

    def require(self, user: Any) -> None:
        REVIEW_POLICY.require(user, self.verb, self.thing)

    def get_success_url(self) -> str:
        return reverse("ilp:review", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = self.about(self.thing) | {"heading": self.heading, "intro": self.intro}
        return super().get_context_data(**(about | kwargs))


class WriteWordsView(OnReviewView):
    """One's own words, kept while they are written; beside them the reviews before."""

    template_name = "ilp/review_write.html"
    form_class = WordsForm
    verb = "write"

    @property
    def is_own(self) -> bool:
        return bool(self.thing.learner.user_id == self.request.user.pk)

    @property
    def done(self) -> str:  # type: ignore[override]
        return _("Everybody who reads this review can read it now. You can change it until the review is finished.")

    def get_form_kwargs(self) -> dict[str, Any]:
        prompt = PROMPTS[ReviewKind(self.thing.kind)]
        label = prompt.learner if self.is_own else prompt.adult
        return super().get_form_kwargs() | {"label": label, "submit": _("Show it in the review")}

    def get_initial(self) -> dict[str, Any]:
        drafts = ReviewDraft.objects.visible_to(self.request.user).filter(review=self.thing)
        wanted = self.request.GET.get("draft", "")
        draft = drafts.filter(reference=wanted).first() if wanted and "\0" not in wanted else None
        words = actions.own_words(self.thing, self.request.user)
        first: dict[str, Any] = {"text": words.text, "seen": words.number} if words else {}
        if draft is not None:
            first |= {"text": draft.text, "draft": draft.reference, "seen": draft.seen}
        return first

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if LATER in request.POST:
            try:
                draft = keep_typed_words(request, self.thing)
            except RuleBroken as rule:
                form = self.get_form()
                form.add_error(None, rule)
                return self.form_invalid(form)
            if draft is not None:
                messages.success(request, _("Kept for you alone. You can go on with it from here."))
            return redirect(self.get_success_url())
        return super().post(request, *args, **kwargs)

    def act(self, answers: dict[str, Any]) -> Any:
        return actions.write_words(
            review=self.thing,
            text=answers["text"],
            seen=answers["seen"],
            made_from=answers["draft"],
            by=self.request.user,
        )

    def form_invalid(self, form: WordsForm) -> HttpResponse:
        """Where it was saved on another device meanwhile, both are shown; saving again is meant."""
        newer = None
        if form.has_error(NON_FIELD_ERRORS, "changed_meanwhile"):
            newer = actions.own_words(self.thing, self.request.user)
            form.data = form.data.copy()
            form.data["seen"] = str(newer.number if newer else 0)
        return self.render_to_response(self.get_context_data(form=form, newer=newer))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        drafts = ReviewDraft.objects.visible_to(self.request.user).filter(review=self.thing)
        return super().get_context_data(drafts=drafts.exclude(reference=self.request.GET.get("draft", "")), **kwargs)


class AddWordsView(WriteWordsView):
    """Something besides, after it was finished, with its own date."""

    verb = "add"

    @property
    def done(self) -> str:  # type: ignore[override]
        return _("It stands in the review with today’s date.")

    def get_form_kwargs(self) -> dict[str, Any]:
        words = _("What would you like to add?") if self.is_own else _("What is to be put right or added?")
        return super().get_form_kwargs() | {"label": words, "submit": _("Add it with today’s date")}

    def get_initial(self) -> dict[str, Any]:
        """What stands there already is not begun with: it stays."""
        initial = super().get_initial()
        return initial if "draft" in initial else {}

    def act(self, answers: dict[str, Any]) -> Any:
        return actions.add_words(
            review=self.thing, text=answers["text"], made_from=answers["draft"], by=self.request.user
        )


def keep_typed_words(request: HttpRequest, review: Review) -> ReviewDraft | None:
    """What has been typed so far, as it stands in the box."""
    seen, text = request.POST.get("seen", "0"), plain_lines(request.POST.get("text", "")).replace("\0", "")
    return actions.keep_review_draft(
        review=review,
        reference=request.POST.get("draft", "").replace("\0", "")[:12],
        text=text[: 2 * LONGEST],
        seen=int(seen) if seen.isdecimal() and len(seen) < 5 else 0,
        by=request.user,
    )


class SaveReviewDraftView(SignedInMixin, View):
    """What is being written is kept while it is written; asked by the form itself."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        review = get_object_or_404(Review.objects.visible_to(request.user), reference=reference)
        try:
            draft = keep_typed_words(request, review)
        except RuleBroken as rule:
            return JsonResponse({"words": str(rule.message)}, status=409)
        if draft is None:
            return JsonResponse({"words": _("This has been saved already, maybe on another device.")}, status=409)
        at = date_format(timezone.localtime(draft.saved_at), "H:i")
        return JsonResponse({"words": _("Kept at %(time)s") % {"time": at}}, headers={"Cache-Control": "no-store"})


class FinishReviewView(OnReviewView):
    form_class = FinishReviewForm
    verb = "finish"
    heading = _l("Finish this review")
    intro = _l("From then on it is fixed. What is to be put right is added with its own date.")
    done = _l("Finished. The learner is told that they can read it and say whether they agree.")

    def get_initial(self) -> dict[str, Any]:
        return {"on": min(self.thing.on, clock.today())}

    def act(self, answers: dict[str, Any]) -> Review:
        return actions.finish_review(review=self.thing, by=self.request.user, **answers)


class MoveReviewView(OnReviewView):
    form_class = MoveReviewForm
    verb = "move"
    heading = _l("Move this review")
    intro = _l("The learner is told when the day changes.")
    done = _l("Moved.")

    def get_initial(self) -> dict[str, Any]:
        review = self.thing
        return {"on": review.on, "at_time": review.at_time, "place": review.place, "seen": review.on}

    def act(self, answers: dict[str, Any]) -> Review:
        return actions.move_review(review=self.thing, by=self.request.user, **answers)


class CallOffReviewView(OnReviewView):
    form_class = ReasonForm
    verb = "call_off"
    heading = _l("Call this review off")
    intro = _l("What was written for it stays with it. The learner reads why.")
    done = _l("Called off.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Call it off")}

    def act(self, answers: dict[str, Any]) -> Review:
        return actions.call_off_review(review=self.thing, by=self.request.user, **answers)


class AnswerReviewView(OnReviewView):
    form_class = AnswerReviewForm
    verb = "answer"
    heading = _l("Do you agree with this review?")
    done = _l("It stands beside the review.")

    def act(self, answers: dict[str, Any]) -> Any:
        return actions.answer_review(
            review=self.thing, agrees=answers["agrees"] == "yes", text=answers["text"], by=self.request.user
        )


class CarryTargetsView(OnReviewView):
    """Every open target of before, or the one that is named, stands in this review, too."""

    http_method_names = ["post"]
    form_class = ConfirmForm
    verb = "agree"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": ""}

    def act(self, _answers: dict[str, Any]) -> list[Target]:
        targets = targets_to_carry(self.thing)
        wanted = self.request.POST.get("target", "")
        return actions.carry_targets(
            review=self.thing,
            targets=targets.filter(reference=wanted) if wanted and "\0" not in wanted else targets,
            by=self.request.user,
        )


class ReviewCalendarView(SignedInMixin, View):
    """The day of a planned review for one's own calendar: that there is a review, and where. Not with whom."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        review = get_object_or_404(Review.objects.visible_to(request.user).planned(), reference=reference)
        leave_review_receipt(review.learner, request.user, needs=review.is_about_needs)
        has_time = review.at_time is not None
        return calendar_response(
            name=f"review-{review.reference}",
            summary=_("Review"),
            starts=timezone.make_aware(dt.datetime.combine(review.on, review.at_time)) if has_time else review.on,
            place=review.place,
            url=settings.PORTAL_ADDRESS + reverse("ilp:review", args=[review.reference]),
        )

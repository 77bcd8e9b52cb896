"""The learner's own plan."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.generic import FormView, TemplateView, View

from accounts.queries import own_learner_of
from core import display
from core.errors import RuleBroken
from core.forms import ConfirmForm, plain_lines
from core.views import ActionView, SignedInMixin
from ilp import actions
from ilp.forms import ASKED, LATER, EntryForm, PickCourseForm, ReplyForm
from ilp.models import ANSWERED_KINDS, Booking, Draft, Entry, EntryKind, Plan, Remark, RemarkKind
from ilp.policies import ENTRY_POLICY, may_have_plan
from ilp.queries import answers_of, asked_of, attach_remarks, earlier_answers, listed, parts_of, with_last_remark
from ilp.workflow import EntryState
from prospectus.models import Course
from prospectus.queries.shortlist import shortlist_of

DRAFTED = ("title", "words", "place", "from_on", "until_on", "is_reached")
LONGEST = 4000
WRITTEN_KINDS = frozenset(EntryKind) - ANSWERED_KINDS


class OwnPlanMixin(SignedInMixin):
    """The plan of whoever is signed in, or None where it has not been begun. Somebody without a record: 404."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        learner = own_learner_of(request.user)
        if learner is None:
            raise Http404
        self.learner = learner
        self.plan = Plan.objects.own_of(request.user).for_list().with_bookings().with_asking().with_taken_out().first()
        return super().dispatch(request, *args, **kwargs)


class PlanView(OwnPlanMixin, TemplateView):
    """Everything in the plan, what adults said first; or how to begin one."""

    template_name = "ilp/plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.plan is None:
            return super().get_context_data(can_start=may_have_plan(self.learner), **kwargs)
        entries = attach_remarks(with_last_remark(Entry.objects.in_plan().filter(plan=self.plan).for_list()))
        drafts = list(Draft.objects.visible_to(self.request.user).select_related("entry"))
        own = [entry for entry in entries if entry.kind not in ANSWERED_KINDS]
        return super().get_context_data(
            plan=self.plan,
            parts=[(part, ASKED[part.kind]) for part in parts_of(own, drafts)],
            **self.sections(entries, drafts),
            to_talk=[entry for entry in entries if entry.state == EntryState.TALK],
            changing=[d for d in drafts if d.entry_id is not None and d.kind not in ANSWERED_KINDS],
            has_entries=bool(entries),
            taken_out=self.plan.taken_out,
            **kwargs,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever likes easy read begins there; ``?all=1`` is the whole page."""
        if self.plan is not None and "all" not in request.GET and display.read(request).get("reading") == display.EASY:
            return redirect("ilp:easy-read")
        return super().get(request, *args, **kwargs)

    def sections(self, entries: list[Entry], drafts: list[Draft]) -> dict[str, Any]:
        """What the learner is asked, with how far they are; and what they answered and are asked no longer."""
        if not self.plan.is_asking:
            return {}
        asked, answers = asked_of(self.learner), answers_of(self.plan)
        return {"groups": listed(asked, entries, drafts, answers), "earlier": earlier_answers(asked, answers)}


class StartPlanView(OwnPlanMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        actions.start_plan(learner=self.learner, by=request.user)
        return redirect("ilp:plan")


class TakenOutView(OwnPlanMixin, TemplateView):
    """What was taken out of the plan and can be put back."""

    template_name = "ilp/plan_taken_out.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = Entry.objects.filter(plan=self.plan, state=EntryState.TAKEN_OUT).for_list() if self.plan else []
        return super().get_context_data(entries=entries, **kwargs)


class EntryFormMixin:
    """A form for one entry, whose half-filled state is kept as a draft."""

    request: HttpRequest
    plan: Plan
    kind: str
    entry: Entry | None = None
    course: Course | None = None
    template_name = "ilp/entry_form.html"
    form_class = EntryForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind, "is_new": self.entry is None}  # type: ignore[misc]

    def get_initial(self) -> dict[str, Any]:
        draft = Draft.objects.visible_to(self.request.user).filter(reference=self.request.GET.get("draft", "")).first()
        first: dict[str, Any] = {}
        if self.entry is not None and self.entry.revision is not None:
            revision = self.entry.revision
            first = {name: getattr(revision, name) for name in DRAFTED} | {"seen": revision.number}
        if draft is not None and draft.kind == self.kind and draft.entry_id == (self.entry.pk if self.entry else None):
            first |= EntryForm.typed(draft.answers) | {"draft": draft.reference, "seen": draft.seen}
        return first

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if LATER in request.POST:
            try:
                draft = keep_typed(request, plan=self.plan, kind=self.kind, entry=self.entry, course=self.course)
            except RuleBroken as rule:
                form = self.get_form()  # type: ignore[attr-defined]
                form.add_error(None, rule)
                return self.form_invalid(form)  # type: ignore[attr-defined]
            if draft is not None:
                messages.success(request, _("Kept. You can go on with it from here."))
            return redirect("ilp:plan")
        return super().post(request, *args, **kwargs)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            asked=ASKED[self.kind], kind=self.kind, entry=self.entry, course=self.course, plan=self.plan, **kwargs
        )


def keep_typed(
    request: HttpRequest, *, plan: Plan, kind: str, entry: Entry | None, course: Course | None = None
) -> Draft | None:
    """What has been typed so far, as it stands in the boxes."""
    typed = {
        name: plain_lines(value).replace("\0", "")[:LONGEST]
        for name, value in request.POST.items()
        if name in EntryForm.typed_names()
    }
    if course is not None:
        typed["course"] = course.reference
    if booking := request.POST.get("booking", "")[:12].replace("\0", ""):
        typed["booking"] = booking
    seen = request.POST.get("seen", "0")
    return actions.keep_draft(
        plan=plan,
        reference=request.POST.get("draft", ""),
        kind=kind,
        entry=entry,
        seen=int(seen) if seen.isdecimal() and len(seen) < 5 else 0,
        answers=typed,
        by=request.user,
    )


class AddEntryView(EntryFormMixin, OwnPlanMixin, FormView):
    """One thing more in the plan. Whoever has no plan yet begins one on its page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kind = kwargs["kind"]
        if self.kind not in WRITTEN_KINDS or (self.kind == EntryKind.COURSE) != ("course" in kwargs):
            raise Http404
        if "course" in kwargs:
            self.course = get_object_or_404(Course.objects.visible_to(request.user), reference=kwargs["course"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if booked := self.booked():
            return redirect(reverse("ilp:booking-write-up", args=[booked.reference]) + f"?{request.GET.urlencode()}")
        return super().get(request, *args, **kwargs) if self.plan else redirect("ilp:plan")

    def booked(self) -> Booking | None:
        """What the draft that is gone on with is about, where it was begun from a booking."""
        named = self.request.GET.get("draft", "").replace("\0", "")
        draft = Draft.objects.visible_to(self.request.user).filter(reference=named).first() if named else None
        booking = draft.answers.get("booking", "") if draft else ""
        return Booking.objects.own_of(self.request.user).filter(reference=booking).first() if booking else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.plan else redirect("ilp:plan")

    def form_valid(self, form: EntryForm) -> HttpResponse:
        try:
            actions.add_entry(
                plan=self.plan,
                kind=self.kind,
                course=self.course,
                made_from=form.cleaned_data["draft"],
                by=self.request.user,
                **form.answers(),
            )
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("It is in your plan now. Somebody who helps you will read it."))
        return redirect(reverse("ilp:plan") + f"#{self.kind}")


class PickCourseView(OwnPlanMixin, FormView):
    """Which of the courses on the shortlist goes into the plan."""

    template_name = "ilp/course_pick.html"
    form_class = PickCourseForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kept = [item.course for item in shortlist_of(self.request.user) if item.course.state == "published"]
        self.has_courses = bool(kept)
        courses = [(course.reference, f"{course.title}, {course.provider}") for course in kept]
        return super().get_form_kwargs() | {"courses": courses}

    def form_valid(self, form: PickCourseForm) -> HttpResponse:
        return redirect("ilp:course-add", form.cleaned_data["course"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"has_courses": self.has_courses}


class OwnEntryView(ActionView):
    """Something a learner does with an entry of theirs."""

    queryset = Entry.objects
    verb = ""

    def require(self, user: Any) -> None:
        ENTRY_POLICY.require(user, self.verb, self.thing)

    def get_success_url(self) -> str:
        return reverse("ilp:entry", args=[self.thing.reference])


class ReviseEntryView(EntryFormMixin, OwnEntryView):
    verb = "revise"
    done = _l("Saved. Somebody who helps you will read it.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.thing = get_object_or_404(self.get_queryset(), reference=kwargs["reference"])
            self.entry, self.kind = self.thing, self.thing.kind
            self.plan, self.course = self.thing.plan, self.thing.course
            if self.thing.section_key and ENTRY_POLICY.can(request.user, self.verb, self.thing):
                return redirect("ilp:section-answer", self.thing.section_key)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: EntryForm) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def act(self, answers: dict[str, Any]) -> Entry:
        return actions.revise_entry(
            entry=self.thing,
            seen=answers["seen"],
            made_from=answers["draft"],
            by=self.request.user,
            **self.form.answers(),
        )

    def form_invalid(self, form: EntryForm) -> HttpResponse:
        """Where it was changed on another device meanwhile, both are shown; saving again is meant."""
        newer = None
        if form.has_error(NON_FIELD_ERRORS, "changed_meanwhile"):
            newer = Entry.objects.select_related("revision").get(pk=self.thing.pk).revision
            form.data = form.data.copy()
            form.data["seen"] = str(newer.number)
        return self.render_to_response(self.get_context_data(form=form, newer=newer))


class TakeOutEntryView(OwnEntryView):
    template_name = "ilp/entry_take_out.html"
    form_class = ConfirmForm
    verb = "take_out"
    done = _l("Taken out of your plan. You can put it back.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Take it out of my plan"), "submit_colour": "warning"}

    def act(self, _answers: dict[str, Any]) -> Entry:
        return actions.take_out_entry(entry=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("ilp:plan")


class PutBackEntryView(OwnEntryView):
    template_name = "ilp/entry_put_back.html"
    form_class = ConfirmForm
    verb = "put_back"
    done = _l("It is in your plan again.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Put it back into my plan")}

    def act(self, _answers: dict[str, Any]) -> Entry:
        return actions.put_back_entry(entry=self.thing, by=self.request.user)


class ReplyEntryView(OwnEntryView):
    template_name = "ilp/entry_reply.html"
    form_class = ReplyForm
    verb = "reply"
    done = _l("Your answer is there for them to read.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = Remark.objects.filter(revision__entry=self.thing, kind=RemarkKind.TALK).select_related(
            "by", "role__organisation"
        )
        return super().get_context_data(asked_by=said.order_by("-at", "-pk").first(), **kwargs)

    def act(self, answers: dict[str, Any]) -> Entry:
        return actions.reply_to_entry(entry=self.thing, by=self.request.user, **answers)


class SaveDraftView(OwnPlanMixin, View):
    """What is being written is kept while it is written; asked by the form itself."""

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        if self.plan is None or kind not in WRITTEN_KINDS:
            raise Http404
        entry = Entry.objects.own_of(request.user).filter(reference=request.POST.get("entry", "")).first()
        course = Course.objects.visible_to(request.user).filter(reference=request.POST.get("course", "")).first()
        try:
            draft = keep_typed(request, plan=self.plan, kind=kind, entry=entry, course=course)
        except RuleBroken as rule:
            return JsonResponse({"words": str(rule.message)}, status=409)
        if draft is None:
            return JsonResponse({"words": _("This has been saved already, maybe on another device.")}, status=409)
        at = date_format(timezone.localtime(draft.saved_at), "H:i")
        return JsonResponse({"words": _("Kept at %(time)s") % {"time": at}}, headers={"Cache-Control": "no-store"})


class DropDraftView(SignedInMixin, View):
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        draft = get_object_or_404(
            Draft.objects.visible_to(request.user).select_related("plan__learner"), reference=reference
        )
        actions.drop_draft(draft=draft, by=request.user)
        messages.success(request, _("Thrown away. Your plan is as it was."))
        return redirect("ilp:plan")

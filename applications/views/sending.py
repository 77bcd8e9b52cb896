"""The check before sending, sending one choice or several, a provider's own questions, and one press from the plan."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.actions import leave_receipts
from accounts.models import Learner
from applications import actions, queries
from applications.forms.learner import ApplyForm
from applications.forms.written import LATER, AnswersForm, SendSeveralForm
from applications.models import Choice, FormSection, SectionDraft
from applications.policies import APPLICATION_POLICY
from applications.queries.checking import (
    COURSES,
    QUESTIONS,
    Finding,
    warnings_of_the_courses,
    warnings_of_the_form,
)
from applications.queries.questions import answers_mark
from applications.queries.sending import that_can_be_applied_for
from applications.views.base import ChoiceActionView
from applications.views.written import (
    SECTION_PAGES,
    WRITTEN,
    SectionView,
    keep_typed,
    kept_answer,
    may_see_plan_section,
)
from applications.words import STATE_WORDS
from applications.workflow import CHOICE_FLOW
from core.errors import RuleBroken, StaleState
from core.views import ActionView, SignedInMixin
from prospectus.models import Course, CourseRun


def mending_page(finding: Finding, choice: Choice, *, is_own: bool = True) -> str:
    """The address at which what was found is mended; nothing where it is not in this form."""
    if finding.mended_in == QUESTIONS:
        return reverse("applications:questions-answer", args=[choice.reference])
    if finding.mended_in == COURSES:
        return reverse("applications:choice-edit", args=[choice.reference]) if is_own else ""
    if finding.mended_in in FormSection.values:
        return reverse(SECTION_PAGES[FormSection(finding.mended_in)], args=[choice.application.reference])
    return ""


class WrittenChoiceMixin:
    """Drafts of the learner, for the learner and for an adult who writes for them today."""

    request: Any
    thing: Any

    def get_queryset(self) -> Any:
        return super().get_queryset().written_by(self.request.user)  # type: ignore[misc]

    @property
    def is_own(self) -> bool:
        return bool(self.thing.application.learner.user_id == self.request.user.pk)


class SendView(WrittenChoiceMixin, ChoiceActionView):
    """What will be sent, what stops it and what may hurt it; then the button."""

    verb = "send"
    template_name = "applications/choice_send.html"

    def get_queryset(self) -> Any:
        user, choices = self.request.user, Choice.objects
        if self.request.method != "POST":
            return super().get_queryset()
        return choices.filter(Q(pk__in=choices.written_by(user)) | Q(pk__in=choices.sent_by(user))).for_list()

    def act(self, answers: dict[str, Any]) -> None:
        self.result = actions.send_choice(choice=self.thing, by=self.request.user)
        if self.is_own:
            words = STATE_WORDS[self.result.status].learner_sentence.format(provider=self.thing.provider.name)
            self.say(f"{gettext('Sent.')} {words}")
        else:
            self.say(gettext("Sent for %(learner)s, who is told.") % {"learner": self.thing.application.learner})

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Send this choice")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choice, content = self.thing, queries.snapshot_content(self.thing)
        learner = choice.application.learner
        leave_receipts(learner=learner, by=self.request.user, sections=["application"])
        hidden, hints = 0, queries.warnings(choice)
        if not may_see_plan_section(self.request.user, choice.application):
            hidden, content["plan"] = len(content["plan"]), []
            hints = [one for one in hints if one.mended_in != FormSection.PLAN]
        found = [(one, mending_page(one, choice, is_own=self.is_own)) for one in queries.stops(choice)]
        with_pages = [(one, mending_page(one, choice, is_own=self.is_own)) for one in hints]
        return super().get_context_data(
            problems=found,
            warnings=with_pages,
            content=content,
            hidden_entries=hidden,
            is_own=self.is_own,
            learner=learner,
            goes_through_school=queries.goes_through_school(choice),
            has_questions=bool(queries.questions_for(choice)),
            **kwargs,
        )

    def get_success_url(self) -> str:
        if self.is_own:
            return reverse("applications:choice", args=[self.thing.reference])
        return reverse("applications:profile", args=[self.thing.application.reference])


class SendSeveralView(SectionView):
    """All that is ready in one go, with what became of each."""

    queryset = WRITTEN
    template_name = "applications/choices_send.html"
    form_class = SendSeveralForm
    section = FormSection.ABOUT
    done = ""

    def checked(self) -> list[tuple[Choice, list[Finding], list[Finding]]]:
        drafts = Choice.objects.written_by(self.request.user).that_can("send").filter(application=self.thing)
        choices = list(drafts.for_list().order_by("rank"))
        prefetch_related_objects([self.thing], "grades")
        for choice in choices:
            choice.application = self.thing  # what is the same for all of them is asked once
        of_the_form = warnings_of_the_form(self.thing) if choices else []
        return [(one, queries.stops(one), [*of_the_form, *warnings_of_the_courses(one)]) for one in choices]

    def get_form_kwargs(self) -> dict[str, Any]:
        self.found = self.checked()
        ready = [
            (choice.reference, f"{choice.programme}, {choice.provider}") for choice, bad, _h in self.found if not bad
        ]
        return super().get_form_kwargs() | {"ready": ready}

    def act(self, answers: dict[str, Any]) -> None:
        wanted = set(answers["choices"])
        for choice, _stops, _hints in self.found:
            if choice.reference not in wanted:
                continue
            words = {"course": choice.programme, "provider": choice.provider.name}
            try:
                # Each by itself: what cannot be sent does not hold up the others.
                actions.send_choice(choice=choice, by=self.request.user)
                messages.success(self.request, gettext("%(course)s is sent to %(provider)s.") % words)
            except RuleBroken as rule:
                words["why"] = rule.message
                messages.warning(self.request, gettext("%(course)s is not sent. %(why)s") % words)
            except StaleState:
                messages.warning(self.request, gettext("%(course)s was sent or taken away on another page.") % words)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = [
            (choice, [(one, mending_page(one, choice, is_own=context["is_own"])) for one in bad], hints)
            for choice, bad, hints in self.found
        ]
        return context | {"rows": rows, "is_any_ready": any(not bad for _choice, bad, _hints in self.found)}


class AnswerQuestionsView(WrittenChoiceMixin, ActionView):
    """What this provider asks beside the form."""

    queryset = Choice.objects.all()
    template_name = "applications/questions_answer.html"
    form_class = AnswersForm
    done = _("Your answers are saved.")

    def require(self, user: Any) -> None:
        APPLICATION_POLICY.require(user, "write", self.thing.application)
        if not CHOICE_FLOW.targets(self.thing.status, "send"):
            raise Http404
        self.questions = queries.questions_for(self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"questions": self.questions}

    def get_initial(self) -> dict[str, Any]:
        answers = queries.answers_of_choice(self.thing)
        first: dict[str, Any] = {one.reference: answers.get(one.pk, "") for one in self.questions}
        first["seen"] = answers_mark(answers)
        named = self.request.GET.get("draft", "").replace("\0", "")
        draft = self.drafts().filter(reference=named).first() if named else None
        if draft is not None:
            typed = AnswersForm(questions=self.questions).untyped(draft.answers)
            first |= typed | {"draft": draft.reference, "seen": draft.seen}
        return first

    def drafts(self) -> Any:
        return SectionDraft.objects.visible_to(self.request.user).filter(choice=self.thing)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if LATER in request.POST:
            try:
                self.keep()
                messages.success(request, gettext("Kept. You can go on with it from here."))
            except RuleBroken as rule:
                messages.warning(request, rule.message)
            return redirect(self.get_success_url())
        return super().post(request, *args, **kwargs)

    def keep(self) -> Any:
        form = AnswersForm(questions=self.questions)
        return keep_typed(self.request, self.thing.application, "questions", form, choice=self.thing)

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def act(self, answers: dict[str, Any]) -> None:
        actions.answer_questions(
            choice=self.thing,
            answers=self.form.given(),
            by=self.request.user,
            made_from=answers["draft"],
            seen=answers["seen"],
        )

    def form_invalid(self, form: Any) -> HttpResponse:
        """Where it was answered on another device meanwhile, both are shown; saving again is meant."""
        newer = None
        if form.has_error(NON_FIELD_ERRORS, "changed_meanwhile"):
            said = queries.answers_of_choice(self.thing)
            newer = {
                one.words: queries.answer_words(one, said[one.pk]) if one.pk in said else "" for one in self.questions
            }
            form.data = form.data.copy()
            form.data["seen"] = str(answers_mark(said))
        return self.render_to_response(self.get_context_data(form=form, newer=newer))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = self.thing.application.learner
        leave_receipts(learner=learner, by=self.request.user, sections=["application"])
        named = self.request.GET.get("draft", "").replace("\0", "")
        drafts = [] if self.request.method == "POST" else list(self.drafts().exclude(reference=named))
        return super().get_context_data(
            choice=self.thing, questions=self.questions, drafts=drafts, is_own=self.is_own, learner=learner, **kwargs
        )

    def get_success_url(self) -> str:
        return reverse("applications:choice-send", args=[self.thing.reference])


class QuestionsKeepView(AnswerQuestionsView):
    """What is being typed is kept while it is typed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return kept_answer(self.keep)


class ApplyView(SignedInMixin, View):
    """From the plan: a draft for the course with all that is known filled in, and then the check.

    Where it can be started at several places or on several dates, a page asks which first. Opening it writes nothing.
    """

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        learner, course, runs = self.asked(reference)
        if not runs:
            return self.none_open(course)
        possible = that_can_be_applied_for(runs, learner=learner)
        return self.ask(course, ApplyForm(runs=possible or runs))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        learner, course, runs = self.asked(reference)
        if not runs:
            return self.none_open(course)
        if "run" in request.POST:
            form = ApplyForm(request.POST, runs=runs)
            if not form.is_valid():
                return self.ask(course, form)
            runs = [run for run in runs if run.reference == form.cleaned_data["run"]]
        if len(runs) > 1:
            runs = that_can_be_applied_for(runs, learner=learner) or runs[:1]
        if len(runs) > 1:
            return redirect("applications:apply", course.reference)
        try:
            choice = actions.add_run(learner=learner, run=runs[0], by=request.user)
            actions.fill_from_plan(application=choice.application, by=request.user)
        except RuleBroken as rule:
            messages.warning(request, rule.message)
            return redirect("prospectus:course", course.reference)
        return redirect("applications:choice-send", choice.reference)

    def asked(self, reference: str) -> tuple[Learner, Course, list[CourseRun]]:
        learner = get_object_or_404(Learner.objects.select_related("user"), user=self.request.user)
        course = get_object_or_404(Course.objects.visible_to(self.request.user), reference=reference)
        runs = CourseRun.objects.open_for_applications().filter(course=course).order_by("starts_on", "pk")
        return learner, course, list(runs.select_related("course__provider", "site"))

    def none_open(self, course: Course) -> HttpResponse:
        messages.info(self.request, gettext("This course does not take applications here at the moment."))
        return redirect("prospectus:course", course.reference)

    def ask(self, course: Course, form: ApplyForm) -> HttpResponse:
        return render(self.request, "applications/apply.html", {"course": course, "form": form})

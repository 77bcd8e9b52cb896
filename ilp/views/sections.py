"""The sections a learner is asked to answer, one at a time."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from core.errors import RuleBroken
from ilp import actions
from ilp.forms import LATER, AnswerForm
from ilp.models import Contribution, Draft, Entry, EntryKind, Plan, Question, Section, SectionAsk, TemplateKind
from ilp.policies import SECTION_POLICY, year_of
from ilp.queries import Asked, answers_of, asked_of, attach_remarks, entry_of, is_of_year, with_last_remark
from ilp.views.plans import OwnPlanMixin


class OwnSectionMixin(OwnPlanMixin):
    """One section that is put to whoever is signed in. What is not put to them: 404; without a plan: where it begins.

    A form that was opened before a new version came is answered as it stood on the screen (``asked_in``).
    """

    plan: Plan
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.key = kwargs["key"]
        return super().dispatch(request, *args, **kwargs)

    def find(self) -> None:
        """Sets the section with its questions, where it stands among its kind, and what has been answered."""
        self.all_asked = asked_of(self.learner)
        found = self.opened() or next((one for one in self.all_asked if one.section.key == self.key), None)
        if found is None:
            raise Http404
        self.asked = found
        self.section, self.questions = found.section, found.questions
        self.entry = entry_of(self.plan, self.key)
        self.answers = answers_of(self.plan, besides=self.entry)

    def opened(self) -> Asked | None:
        """The section that was on the screen, where the form says so."""
        reference = self.request.POST.get("asked_in", "")[:12]
        section = Section.objects.filter(reference=reference, key=self.key).for_list().first() if reference else None
        if section is None or not SECTION_POLICY.can(self.request.user, "answer", section):
            return None
        year_group = year_of(self.learner)
        questions: list[Question] = [one for one in section.questions.all() if is_of_year(one, year_group)]
        return Asked(section, TemplateKind(section.version.template.kind), questions)

    def form_of(self, **kwargs: Any) -> AnswerForm:
        return AnswerForm(questions=self.questions, answers=self.answers, **kwargs)

    def keep(self) -> Draft | None:
        """What has been typed so far, as it stands in the boxes. Raises: RuleBroken ``too_many_drafts``."""
        post = self.request.POST
        seen = post.get("seen", "0")
        return actions.keep_draft(
            plan=self.plan,
            reference=post.get("draft", ""),
            kind=EntryKind(self.asked.kind),
            entry=self.entry,
            seen=int(seen) if seen.isdecimal() and len(seen) < 5 else 0,
            answers=self.form_of().typed(post) | {"section": self.key},
            by=self.request.user,
        )


class AnswerSectionView(OwnSectionMixin, FormView):
    """The questions of one section, what was said of the answers, and what others wrote beside them."""

    template_name = "ilp/section_answer.html"
    form_class = AnswerForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.plan is None:
            return redirect("ilp:plan")
        self.find()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.plan is None:
            return redirect("ilp:plan")
        self.find()
        if LATER not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            draft = self.keep()
        except RuleBroken as rule:
            form = self.get_form()
            form.add_error(None, rule)
            return self.form_invalid(form)
        if draft is not None:
            messages.success(request, _("Kept. You can go on with it from here."))
        return redirect("ilp:plan")

    def get_form(self, form_class: Any = None) -> AnswerForm:
        return self.form_of(**self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        number = self.entry.revision.number if self.entry is not None and self.entry.revision is not None else 0
        first: dict[str, Any] = {"seen": number, "asked_in": self.section.reference}
        drafts = Draft.objects.visible_to(self.request.user).filter(answers__section=self.key)
        draft = drafts.filter(reference=self.request.GET.get("draft", "")[:12]).first()
        if draft is not None:
            first |= AnswerForm.untyped(draft.answers) | {"draft": draft.reference, "seen": draft.seen}
        return first

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        try:
            actions.answer_section(
                plan=self.plan,
                section=self.section,
                given=form.given(),
                seen=form.cleaned_data["seen"],
                made_from=form.cleaned_data["draft"],
                by=self.request.user,
            )
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. Somebody who helps you will read it."))
        return redirect(reverse("ilp:plan") + f"#{self.asked.kind}")

    def form_invalid(self, form: AnswerForm) -> HttpResponse:
        """Where it was answered on another device meanwhile, both are shown; saving again is meant."""
        newer = None
        if form.has_error(NON_FIELD_ERRORS, "changed_meanwhile"):
            newer = Entry.objects.select_related("revision").get(plan=self.plan, pk=self.entry.pk).revision
            form.data = form.data.copy()
            form.data["seen"] = str(newer.number)
        return self.render_to_response(self.get_context_data(form=form, newer=newer))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        siblings = [one.section for one in self.all_asked if one.kind == self.asked.kind]
        at = next((place for place, one in enumerate(siblings) if one.key == self.key), None)
        said = None
        if self.entry is not None:
            said = attach_remarks(with_last_remark(Entry.objects.filter(pk=self.entry.pk)))[0].said
        asks = SectionAsk.objects.open().filter(plan=self.plan, section_key=self.key).for_list()
        words = Contribution.objects.filter(ask__plan=self.plan, ask__section_key=self.key).for_list()
        return super().get_context_data(
            section=self.section,
            kind=self.asked.kind,
            entry=self.entry,
            said=said,
            place=at + 1 if at is not None else None,
            places=len(siblings),
            following=siblings[at + 1] if at is not None and at + 1 < len(siblings) else None,
            asks=asks,
            contributions=words,
            **kwargs,
        )


class KeepSectionView(OwnSectionMixin, View):
    """What is being written is kept while it is written; asked by the form itself."""

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        if self.plan is None:
            raise Http404
        self.find()
        try:
            draft = self.keep()
        except RuleBroken as rule:
            return JsonResponse({"words": str(rule.message)}, status=409)
        if draft is None:
            return JsonResponse({"words": _("This has been saved already, maybe on another device.")}, status=409)
        at = date_format(timezone.localtime(draft.saved_at), "H:i")
        return JsonResponse({"words": _("Kept at %(time)s") % {"time": at}}, headers={"Cache-Control": "no-store"})
